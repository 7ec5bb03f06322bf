using System.Text;
using Wharf.Cli.Shell;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help.Completions;

/// <summary>Completion for bash, from 3.2 on, with or without the package bash-completion.</summary>
internal static class BashScript
{
    public static string Write(IEnumerable<Verb> verbs)
    {
        Verb[] all = [.. verbs];

        // Where no verb stands, a URL may follow, and that is the shell.
        CompletedOption[] first = [.. CompletedOption.Of(all.First(static verb => verb is ShellVerb))];
        var text = new StringBuilder();
        text.Append(
            """
            # Completion of wharf for bash; "wharf completion bash" writes it.

            _wharf_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }

            _wharf_files() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -f -- "$cur"))
                compopt -o filenames 2>/dev/null
            }

            # A URL, as far as it is the same for everyone, or a file.
            _wharf_places() {
                _wharf_files
                if [ -n "$cur" ]; then
                    local url
                    for url in SCHEMES; do
                        case $url in "$cur"*) COMPREPLY+=("$url"); compopt -o nospace +o filenames 2>/dev/null ;; esac
                    done
                fi
            }

            _wharf() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= options= word i skip=
                COMPREPLY=()
                # bash makes three words of --name=value, and of a URL.
                if [ "$cur" = "=" ]; then
                    cur=
                elif [ "$prev" = "=" ]; then
                    prev=${COMP_WORDS[COMP_CWORD-2]}
                fi
                if [ "$cur" = ":" ] || [ "$prev" = ":" ]; then
                    return
                fi
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    if [ -n "$skip" ]; then
                        [ "$word" = "=" ] || skip=
                        continue
                    fi
                    case $word in
                        VALUED) skip=1 ;;
                        -*) ;;
                        *) verb=$word; break ;;
                    esac
                done
                if [ "${COMP_WORDS[i+1]-}" = ":" ] && [ -n "$verb" ]; then
                    verb=shell
                fi
                case $verb in

            """
            .Replace("SCHEMES", string.Join(' ', ProgramVerbs.Schemes), StringComparison.Ordinal)
            .Replace("VALUED", string.Join('|', first.Where(static option => option.Option.ValueName is not null).SelectMany(static option => option.Spellings)), StringComparison.Ordinal));
        Case(text, "''", first, $"_wharf_words '{string.Join(' ', all.Select(static verb => verb.Name).Concat(ProgramVerbs.Schemes))}'");
        foreach (var verb in all)
        {
            Case(text, verb.Name, CompletedOption.Of(verb), Positional(verb));
        }

        text.Append(
            """
                esac
                if [ "${cur:0:1}" = "-" ]; then
                    _wharf_words "$options"
                fi
            }

            complete -F _wharf wharf

            """);
        return text.ToString();
    }

    private static void Case(StringBuilder text, string name, IEnumerable<CompletedOption> options, string positional)
    {
        CompletedOption[] all = [.. options];
        text.Append("        ").Append(name).Append(")\n            case $prev in\n");
        foreach (var option in all.Where(static option => option.Option.ValueName is not null))
        {
            string action = option.Option switch
            {
                { Choices.Count: > 0 } few => $"_wharf_words '{string.Join(' ', few.Choices)}'; ",
                { Completes: Completion.Here } => "_wharf_files; ",
                { Completes: Completion.There } => "_wharf_places; ",
                _ => "",
            };
            text.Append("                ").AppendJoin('|', option.Spellings).Append(") ").Append(action).Append("return ;;\n");
        }

        text.Append("            esac\n            ").Append(positional).Append("\n            options='").AppendJoin(' ', all.Select(static option => option.Option.Name))
            .Append("' ;;\n");
    }

    private static string Positional(Verb verb) =>
        verb.Parameters.FirstOrDefault(static parameter => parameter.Choices.Count > 0) is { } few ? $"_wharf_words '{string.Join(' ', few.Choices)}'"
        : verb.Parameters.All(static parameter => parameter.Completes == Completion.Nothing) ? ":"
        : "_wharf_places";
}
