using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help.Completions;

/// <summary>An option as a verb knows it.</summary>
/// <param name="Option">It.</param>
/// <param name="Letters">Those that mean it: a verb's own letters take the place of the same ones that all verbs have.</param>
internal sealed record CompletedOption(Option Option, string Letters)
{
    /// <summary>Everything that it may be written as: "--long", "-l".</summary>
    public IEnumerable<string> Spellings => Letters.Select(static letter => $"-{letter}").Prepend(Option.Name);

    /// <summary>All options of a verb, its own first.</summary>
    public static IEnumerable<CompletedOption> Of(Verb verb)
    {
        string own = ProgramVerbs.LettersOf(verb);
        return verb.Options.Select(static option => new CompletedOption(option, option.Letters)).Concat(Common(own));
    }

    /// <summary>The options that all verbs have.</summary>
    /// <param name="taken">Letters that mean something else.</param>
    public static IEnumerable<CompletedOption> Common(string taken) =>
        from heading in ProgramVerbs.CommonOptions
        from option in heading.Options
        select new CompletedOption(option, string.Concat(option.Letters.Where(letter => !taken.Contains(letter, StringComparison.Ordinal))));
}
