using System.CommandLine;
using System.CommandLine.Parsing;
using Wharf.Files;

namespace Wharf.Cli.Syntax;

/// <summary>
/// The words behind a verb, sorted into arguments and options. Options stand anywhere: "-l", "-la", "-n4", "-n 4", "--long", "--name=value",
/// "--name value"; "--" ends them, and "-" alone is an argument.
/// </summary>
internal sealed class Words
{
    private readonly List<string> _arguments = [];
    private readonly Dictionary<Option, List<object>> _values = [];

    private Words()
    {
    }

    /// <summary>What is no option, in its order.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>Sorts words.</summary>
    /// <param name="words">Behind the verb.</param>
    /// <param name="options">All there are.</param>
    /// <exception cref="UsageException">An option is unknown, or its value none.</exception>
    public static Words Parse(IReadOnlyList<string> words, IReadOnlyList<Option> options)
    {
        // Behind "--" nothing is an option; the parser below would still give it to one that wants a value.
        string[] before = [.. words.TakeWhile(static word => word != "--").Select(word => IsOneDashName(word, options) ? "-" + word : word)];
        if (options.FirstOrDefault(option => option.ValueName is null && before.Any(word => word.StartsWith(option.Name + "=", StringComparison.Ordinal))) is { } bare)
        {
            // The parser would take what stands behind the sign for an argument.
            throw new UsageException($"{bare.Name} takes no value.");
        }

        var arguments = new System.CommandLine.Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var rows = new Dictionary<Option, System.CommandLine.Option<string[]>>();
        foreach (var option in options)
        {
            // A letter means the option that stands first: a verb's own before those that all verbs have.
            rows[option] = Row(option, options.TakeWhile(other => other != option));
        }

        var grammar = new Command("words") { arguments };
        foreach (var row in rows.Values)
        {
            grammar.Options.Add(row);
        }

        // A file whose name begins with @ is a file, not a list of further words.
        var result = grammar.Parse(before, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var sorted = new Words();
        foreach (var token in result.GetResult(arguments)?.Tokens ?? [])
        {
            // What begins like an option and is none would be an argument to the parser.
            sorted._arguments.Add(token.Value is ['-', _, ..] ? throw Unknown(token.Value, options) : token.Value);
        }

        foreach (var (option, row) in rows)
        {
            if (result.GetResult(row) is { Implicit: false } given)
            {
                sorted._values[option] = option.ValueName is null ? [true] : Values(option, given);
            }
        }

        sorted._arguments.AddRange(words.Skip(before.Length + 1));
        return sorted;
    }

    /// <summary>These words, and the options of others that are not among them.</summary>
    public Words Over(Words others)
    {
        var both = new Words();
        both._arguments.AddRange(_arguments);
        foreach (var (option, values) in others._values.Concat(_values))
        {
            both._values[option] = values;
        }

        return both;
    }

    /// <summary>Whether the option was given.</summary>
    public bool Has(Option option) => _values.ContainsKey(option);

    /// <summary>The option's value, the last one given; the fallback where none was.</summary>
    public T Get<T>(Option<T> option, T fallback)
        where T : notnull => _values.TryGetValue(option, out var values) ? (T)values[^1] : fallback;

    /// <summary>The option's value; null where none was given.</summary>
    public string? Get(Option<string> option) => _values.TryGetValue(option, out var values) ? (string)values[^1] : null;

    /// <summary>All values of an option that repeats.</summary>
    public IReadOnlyList<T> All<T>(Option<T> option)
        where T : notnull => _values.TryGetValue(option, out var values) ? [.. values.Cast<T>()] : [];

    /// <summary>Checks the number of arguments.</summary>
    /// <exception cref="UsageException">There are too few or too many; the message shows the usage.</exception>
    public void CheckCount(IReadOnlyList<Parameter> parameters, string usage)
    {
        int least = parameters.Sum(parameter => parameter.Least);
        long most = parameters.Sum(parameter => (long)parameter.Most);
        if (_arguments.Count < least)
        {
            // Named is the first one that found nothing: they are filled from the left.
            int left = _arguments.Count;
            var missing = parameters.First(parameter => parameter.Least > 0 && (left -= parameter.Least) < 0);
            throw new UsageException($"{missing.Name} is missing; usage: {usage}");
        }

        if (_arguments.Count > most)
        {
            throw new UsageException($"'{FileNames.ForDisplay(_arguments[(int)most])}' is one argument too many; usage: {usage}");
        }
    }

    /// <summary>"-name", as find(1) has it: the name of an option, and not all of its characters are letters of options.</summary>
    private static bool IsOneDashName(string word, IReadOnlyList<Option> options) =>
        word.Length > 2 && word[0] == '-' && options.Any(option => option.Name.AsSpan(1).SequenceEqual(word))
        && !word.AsSpan(1).ToArray().All(letter => options.Any(option => option.Letters.Contains(letter, StringComparison.Ordinal)));

    private static System.CommandLine.Option<string[]> Row(Option option, IEnumerable<Option> before) =>
        new System.CommandLine.Option<string[]>(
            option.Name, [.. option.Letters.Where(letter => !before.Any(other => other.Letters.Contains(letter, StringComparison.Ordinal))).Select(static letter => "-" + letter)])
        {
            // Given twice is no error: the last one counts, or all do.
            Arity = option.ValueName is null ? ArgumentArity.Zero : ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };

    private static List<object> Values(Option option, OptionResult given) =>
        given.Tokens.Count < given.IdentifierTokenCount
            ? throw new UsageException($"{option.Name} is given without a value: possible is {option.Name} {option.ValueName}.")
            : [.. given.Tokens.Select(token => option.Read(token.Value))];

    private static UsageException Unknown(string name, IReadOnlyList<Option> options) =>
        new($"There is no option {FileNames.ForDisplay(name)} here"
            + (NearestName.IfNear(name, options.Select(option => option.Name)) is { } near ? $"; did you mean {near}?" : "."));
}
