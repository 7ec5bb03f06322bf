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
        var sorted = new Words();
        var rest = new Queue<string>(words);
        while (rest.TryDequeue(out string? word))
        {
            if (word == "--")
            {
                sorted._arguments.AddRange(rest);
                break;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                sorted.TakeLong(word, rest, options);
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                sorted.TakeLetters(word, rest, options);
            }
            else
            {
                sorted._arguments.Add(word);
            }
        }

        return sorted;
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

    private void TakeLong(string word, Queue<string> rest, IReadOnlyList<Option> options)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word : word[..equals];
        var option = options.FirstOrDefault(option => option.Name == name) ?? throw Unknown(name, options);
        if (option.ValueName is null)
        {
            Add(option, equals < 0 ? true : option.Read(word[(equals + 1)..]));
            return;
        }

        Add(option, option.Read(equals >= 0 ? word[(equals + 1)..] : ValueOf(option, rest)));
    }

    private void TakeLetters(string word, Queue<string> rest, IReadOnlyList<Option> options)
    {
        for (int i = 1; i < word.Length; i++)
        {
            var option = options.FirstOrDefault(option => option.Letters.Contains(word[i], StringComparison.Ordinal)) ?? throw Unknown("-" + word[i], options);
            if (option.ValueName is not null)
            {
                Add(option, option.Read(i + 1 < word.Length ? word[(i + 1)..] : ValueOf(option, rest)));
                return;
            }

            Add(option, true);
        }
    }

    private void Add(Option option, object value)
    {
        if (!_values.TryGetValue(option, out var values))
        {
            _values[option] = values = [];
        }

        values.Add(value);
    }

    private static string ValueOf(Option option, Queue<string> rest) =>
        rest.TryDequeue(out string? value) ? value : throw new UsageException($"{option.Name} is given without a value: possible is {option.Name} {option.ValueName}.");

    private static UsageException Unknown(string name, IReadOnlyList<Option> options) =>
        new($"There is no option {FileNames.ForDisplay(name)} here"
            + (NearestName.To(name, options.Select(option => option.Name)) is { } near ? $"; did you mean {near}?" : "."));
}
