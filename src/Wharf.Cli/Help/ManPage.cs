using System.Globalization;
using Wharf.Cli.Shell.Commands;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help;

/// <summary>The page wharf(1), made of the verbs' own declarations and the shell's table of commands.</summary>
internal static class ManPage
{
    private static readonly (string Name, string Meaning)[] Urls =
    [
        ("sftp://USER@HOST:PORT/PATH", "SFTP. The path is whole; sftp://HOST/~/PATH begins at the home directory. The host may be one of ~/.ssh/config."),
        ("ftp://USER@HOST:PORT/PATH", "FTP, inside TLS where the server offers it. The path begins where the login does; ftp://HOST/%2FPATH is whole."),
        ("ftpes://...", "FTP that must go inside TLS (AUTH TLS)."),
        ("ftps://...", "FTP inside TLS from the first byte."),
        ("file:///PATH, PATH", "Files of this machine, wherever a verb takes either end."),
    ];

    private static readonly (string Name, string Meaning)[] Variables =
    [
        ("WHARF_PASSWORD", "The password; --password-env names another variable."),
        ("NO_COLOR", "Where it is not empty, nothing is coloured."),
        ("COLUMNS", "How wide listings in columns are."),
        ("EDITOR, VISUAL", "What edit opens files with."),
        ("SSH_AUTH_SOCK", "The agent whose keys log in over SFTP."),
    ];

    private static readonly (string Name, string Meaning)[] Files =
    [
        ("~/.netrc", "Logins and passwords by host, if nobody else can read it."),
        ("~/.ssh/config", "What it says of a host holds for sftp:// too: its keys, ports, other hosts on the way."),
        ("~/.ssh/known_hosts", "Host keys that are believed."),
        ("~/.config/wharf", "Bookmarks and history of the shell, and certificates that were accepted."),
    ];

    /// <summary>Writes it.</summary>
    /// <param name="around">What the verbs are made with.</param>
    /// <param name="shell">What the shell's commands are made with; none is run.</param>
    /// <param name="date">Today.</param>
    public static string Write(Surroundings around, Shell.Shell shell, DateTimeOffset date)
    {
        var page = new Roff("wharf", 1, "moves files over SFTP, FTP and FTPS", WharfProgram.Version, date);
        page.Section("SYNOPSIS");
        page.Lines(["wharf VERB [OPTION]... URL...", "wharf [OPTION]... URL", "wharf help VERB"]);
        page.Section("DESCRIPTION");
        page.Paragraph("wharf lists, copies and changes files at servers. A verb says what is done; a URL without a verb opens an interactive shell at that server.");
        page.Paragraph("Options stand anywhere, and -- ends them. Patterns (*, ?, []) in a URL's path are expanded at the server: quote them. A target with a slash at its end is a directory that is copied into; - is standard input or output.");
        page.Paragraph("What a verb is asked for goes to standard output, as text or with --json as one JSON object a line; progress and notices go to standard error.");
        Table(page, "URLS", Urls);
        page.Section("VERBS");
        foreach (var verb in ProgramVerbs.All(around))
        {
            OfVerb(page, verb);
        }

        foreach (var (title, options) in ProgramVerbs.CommonOptions)
        {
            page.Section($"{title.ToUpperInvariant()} OPTIONS");
            page.Paragraph("Of every verb.");
            Options(page, options, taken: "");
        }

        OfShell(page, shell);
        Table(page, "EXIT STATUS", ExitCodeTable.Rows.Select(static row => (((int)row.Code).ToString(CultureInfo.InvariantCulture), row.Meaning)));
        Table(page, "ENVIRONMENT", Variables);
        Table(page, "FILES", Files);
        page.Section("SEE ALSO");
        page.Paragraph("wharfd(8), sftp(1), ssh_config(5)");
        return page.ToString();
    }

    private static void OfVerb(Roff page, Verb verb)
    {
        page.Part($"wharf {verb.Usage}");
        page.Paragraph($"{char.ToUpperInvariant(verb.Summary[0])}{verb.Summary[1..]}. {verb.Details}");
        foreach (var parameter in verb.Parameters)
        {
            page.Item(parameter.Name, parameter.Meaning);
        }

        Options(page, verb.Options, taken: "");
        int width = verb.Examples.Max(static example => example.Line.Length);
        page.Lines(verb.Examples.Select(example => $"{example.Line.PadRight(width)}  # {example.Meaning}"));
    }

    private static void Options(Roff page, IReadOnlyList<Option> options, string taken)
    {
        foreach (var option in options)
        {
            page.Item(HelpText.Heading(option, taken), option.Meaning);
        }
    }

    private static void OfShell(Roff page, Shell.Shell shell)
    {
        page.Section("THE SHELL");
        page.Paragraph("wharf URL opens it. Its commands have the names they have in sftp, ftp and lftp; help COMMAND says what one takes. Behind a command & runs it beside the others, ; && and || join commands, ! runs a command of this machine, and what begins with # is a comment.");
        foreach (var topic in Enum.GetValues<Topic>())
        {
            page.Part(topic.ToString());
            foreach (var row in CommandTable.Rows.Where(row => row.Topic == topic))
            {
                string summary = row.Make(shell).Summary;
                string implied = row.Implied.Length > 0 ? $" ({row.Implied.Aggregate(static (words, word) => $"{words} {word}")})" : "";
                page.Item(string.Join(", ", row.Names), $"{char.ToUpperInvariant(summary[0])}{summary[1..]}{implied}.");
            }
        }

        page.Part("Batches");
        page.Paragraph("wharf -b FILE URL runs a file's commands, and stops at the first that fails. A command behind - may fail, and one behind @ is not echoed. wharf -c COMMANDS URL runs commands of the command line.");
    }

    private static void Table(Roff page, string title, IEnumerable<(string Name, string Meaning)> rows)
    {
        page.Section(title);
        foreach (var (name, meaning) in rows)
        {
            page.Item(name, meaning.EndsWith('.') ? meaning : $"{char.ToUpperInvariant(meaning[0])}{meaning[1..]}.");
        }
    }
}
