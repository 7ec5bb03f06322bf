using System.Text;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help;

/// <summary>What --help says, made of the verbs' own declarations.</summary>
internal static class HelpText
{
    private const int Width = 80;

    /// <summary>The program: one screen of 24 lines.</summary>
    public static string OfProgram(IEnumerable<Verb> verbs)
    {
        var text = new StringBuilder();
        text.Append("usage: wharf VERB [OPTION]... URL...    wharf help VERB explains a verb\n");
        text.Append("       wharf [OPTION]... URL            opens an interactive shell\n\n");

        // Two columns: half of the verbs, and the other half beside it. The line at the end names those that are not about files.
        const int NameWidth = 7;
        string[] rows = [.. verbs.Where(static verb => verb.Name.Length < NameWidth && verb is not HelpVerb).Select(verb => $"{verb.Name.PadRight(NameWidth)}{verb.Summary}")];
        int half = (rows.Length + 1) / 2;
        for (int i = 0; i < half; i++)
        {
            string right = i + half < rows.Length ? rows[i + half] : "";
            text.Append($"  {rows[i].PadRight(Width / 2 - 2)}{right}".TrimEnd()).Append('\n');
        }

        text.Append("\nURLs: sftp://USER@HOST/PATH, ftp:// (TLS where offered), ftpes://, ftps://.\n");
        text.Append("Below the login's directory: sftp://HOST/~/PATH, ftp://HOST/PATH.\n");
        text.Append("Passwords: asked for, or WHARF_PASSWORD, --password-fd N, ~/.netrc.\n");
        text.Append("--json writes objects; -q is quiet; -v shows the dialogue; --version.\n");
        text.Append("Also: wharf completion bash|zsh|fish; the manual is wharf(1).\n");
        return text.ToString();
    }

    /// <summary>One verb.</summary>
    /// <param name="verb">Which.</param>
    /// <param name="inShell">Whether as a command of the shell, which is connected already.</param>
    public static string OfVerb(Verb verb, bool inShell = false)
    {
        var text = new StringBuilder();
        text.Append(inShell ? "usage: " : "usage: wharf ").Append(verb.Usage).Append('\n');
        Wrap(text, $"{char.ToUpperInvariant(verb.Summary[0])}{verb.Summary[1..]}. {verb.Details}".TrimEnd(), indent: 0);
        text.Append('\n');
        foreach (var parameter in verb.Parameters)
        {
            Row(text, parameter.Name, parameter.Meaning);
        }

        foreach (var option in verb.Options)
        {
            Row(text, Heading(option), option.Meaning);
        }

        // A letter of the verb's own takes the place of one that all have.
        string own = ProgramVerbs.LettersOf(verb);

        // In the shell the connection is there already.
        foreach (var (title, options) in ProgramVerbs.CommonOptions.Where(common => !inShell || common.Options != Connections.ConnectionOptions.All))
        {
            text.Append('\n').Append(title).Append(":\n");
            foreach (var option in options)
            {
                Row(text, Heading(option, own), option.Meaning);
            }
        }

        const string Program = "wharf ";
        text.Append("\nExamples:\n");
        foreach (var example in verb.Examples)
        {
            Row(text, inShell && example.Line.StartsWith(Program, StringComparison.Ordinal) ? example.Line[Program.Length..] : example.Line, example.Meaning);
        }

        return text.ToString();
    }

    /// <summary>An option with its letters and its value: "-l, --long", "--jobs N".</summary>
    /// <param name="option">Which.</param>
    /// <param name="taken">Letters that mean something else here.</param>
    public static string Heading(Option option, string taken = "")
    {
        string letters = string.Concat(option.Letters.Except(taken).Select(letter => $"-{letter}, "));
        return letters + option.Name + (option.ValueName is { } value ? " " + value : "");
    }

    private static void Row(StringBuilder text, string heading, string meaning)
    {
        const int MeaningColumn = 24;
        text.Append("  ").Append(heading);
        if (heading.Length + 2 + 2 > MeaningColumn)
        {
            text.Append('\n').Append(' ', MeaningColumn);
        }
        else
        {
            text.Append(' ', MeaningColumn - heading.Length - 2);
        }

        Wrap(text, meaning, MeaningColumn);
    }

    /// <summary>Writes words from where the line is, and goes on below at the indent.</summary>
    private static void Wrap(StringBuilder text, string words, int indent)
    {
        int column = indent;
        foreach (string word in words.Split(' '))
        {
            if (column > indent && column + 1 + word.Length >= Width)
            {
                text.Append('\n').Append(' ', indent);
                column = indent;
            }
            else if (column > indent)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }
}
