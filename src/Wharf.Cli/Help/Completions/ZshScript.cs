using System.Text;
using Wharf.Cli.Shell;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help.Completions;

/// <summary>Completion for zsh: a function for a directory of fpath.</summary>
internal static class ZshScript
{
    public static string Write(IEnumerable<Verb> verbs)
    {
        Verb[] all = [.. verbs];
        var text = new StringBuilder();
        text.Append(
            """
            #compdef wharf
            # Completion of wharf for zsh; "wharf completion zsh" writes it.

            _wharf_urls() { compadd "$@" -S '' - SCHEMES }

            # A URL, as far as it is the same for everyone, or a file.
            _wharf_places() { _alternative 'urls:URL:_wharf_urls' 'files:file:_files' }

            _wharf_verbs() {
              local -a verbs
              verbs=(

            """.Replace("SCHEMES", string.Join(' ', ProgramVerbs.Schemes), StringComparison.Ordinal));
        foreach (var verb in all)
        {
            text.Append("    ").Append(Quoted($"{verb.Name}:{verb.Summary}")).Append('\n');
        }

        text.Append(
            """
              )
              _describe -t verbs verb verbs
              _wharf_urls
            }

            _wharf() {
              local curcontext=$curcontext state line
              typeset -A opt_args
              _arguments -C -s \

            """);
        Options(text, CompletedOption.Of(all.First(static verb => verb is ShellVerb)));
        text.Append(
            """
                '1: :_wharf_verbs' \
                '*:: :->words' && return
              [[ $state = words ]] || return
              case $words[1] in

            """);
        foreach (var verb in all)
        {
            text.Append("  ").Append(verb.Name).Append(")\n    _arguments -s -S \\\n");
            Options(text, CompletedOption.Of(verb));
            text.Append("    ").Append(Quoted(Positional(verb))).Append(" ;;\n");
        }

        text.Append(
            """
              *) _wharf_places ;;
              esac
            }

            _wharf "$@"

            """);
        return text.ToString();
    }

    private static void Options(StringBuilder text, IEnumerable<CompletedOption> options)
    {
        foreach (var option in options)
        {
            // A value may stand behind a letter at once or as the next word, and behind a name with a sign or as the next word.
            bool hasValue = option.Option.ValueName is not null;
            string[] spellings = [.. option.Spellings.Select(spelling => hasValue ? spelling + (spelling.StartsWith("--", StringComparison.Ordinal) ? "=" : "+") : spelling)];
            string action = option.Option switch
            {
                { ValueName: null } => "",
                { Choices.Count: > 0 } few => $":{Plain(few.ValueName)}:({string.Join(' ', few.Choices)})",
                { Completes: Completion.Here } file => $":{Plain(file.ValueName)}:_files",
                { Completes: Completion.There } place => $":{Plain(place.ValueName)}:_wharf_places",
                var any => $":{Plain(any.ValueName)}: ",
            };
            string excluded = option.Option.Repeats ? "*" : $"({string.Join(' ', option.Spellings)})";
            text.Append("    ").Append(Quoted(excluded))
                .Append(spellings.Length == 1 ? spellings[0] : $"{{{string.Join(',', spellings)}}}")
                .Append(Quoted($"[{Plain(option.Option.Meaning)}]{action}")).Append(" \\\n");
        }
    }

    private static string Positional(Verb verb) =>
        verb.Parameters.FirstOrDefault(static parameter => parameter.Choices.Count > 0) is { } few ? $"*:{few.Name}:({string.Join(' ', few.Choices)})"
        : verb.Parameters.All(static parameter => parameter.Completes == Completion.Nothing) ? "*: : "
        : "*:URL or file:_wharf_places";

    /// <summary>Brackets and colons end what is explained.</summary>
    private static string Plain(string? text) => (text ?? "")
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
