using System.Text;
using Wharf.Cli.Shell;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help.Completions;

/// <summary>Completion for fish.</summary>
internal static class FishScript
{
    public static string Write(IEnumerable<Verb> verbs)
    {
        Verb[] all = [.. verbs];
        var text = new StringBuilder();
        text.Append("# Completion of wharf for fish; \"wharf completion fish\" writes it.\n\n");
        foreach (var verb in all)
        {
            text.Append($"complete -c wharf -n __fish_use_subcommand -f -a {verb.Name} -d {Quoted(verb.Summary)}\n");
        }

        text.Append($"complete -c wharf -f -a {Quoted(string.Join(' ', ProgramVerbs.Schemes))}\n\n");
        foreach (var option in CompletedOption.Common(taken: ""))
        {
            Option(text, option, "");
        }

        foreach (var verb in all)
        {
            // Where no verb stands, a URL may follow, and that is the shell.
            string condition = $" -n {Quoted((verb is ShellVerb ? "__fish_use_subcommand; or " : "") + "__fish_seen_subcommand_from " + verb.Name)}";
            text.Append('\n');
            if (verb.Parameters.FirstOrDefault(static parameter => parameter.Choices.Count > 0) is { } few)
            {
                text.Append($"complete -c wharf{condition} -f -a {Quoted(string.Join(' ', few.Choices))}\n");
            }

            foreach (var option in CompletedOption.Of(verb).Take(verb.Options.Count))
            {
                Option(text, option, condition);
            }
        }

        return text.ToString();
    }

    private static void Option(StringBuilder text, CompletedOption option, string condition)
    {
        text.Append("complete -c wharf").Append(condition);
        foreach (string spelling in option.Spellings)
        {
            text.Append(spelling.StartsWith("--", StringComparison.Ordinal) ? $" -l {spelling[2..]}" : $" -s {spelling[1..]}");
        }

        text.Append(option.Option switch
        {
            { ValueName: null } => "",
            { Choices.Count: > 0 } few => $" -x -a {Quoted(string.Join(' ', few.Choices))}",
            { Completes: Completion.Here or Completion.There } => " -r -F",
            _ => " -x",
        });
        text.Append($" -d {Quoted(option.Option.Meaning)}\n");
    }

    /// <summary>Between single quotes a backslash protects itself and the quote.</summary>
    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
