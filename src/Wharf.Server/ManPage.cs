using Wharf.Server.Settings;

namespace Wharf.Server;

/// <summary>The page wharfd(8), made of the arguments and of the table of settings.</summary>
internal static class ManPage
{
    /// <summary>The argument that asks for it; ./build publish does.</summary>
    public const string Option = "--man";

    private static readonly (string Name, string Meaning)[] Signals =
    [
        ("SIGHUP", "Reads certificates anew; nothing else changes."),
        ("SIGTERM, SIGINT", "No new sessions; idle ones end, and running transfers may finish for drain.grace. The second one ends everything at once."),
    ];

    private static readonly (string Name, string Meaning)[] ExitCodes =
    [
        ("0", "It was told to end, and did."),
        ("1", "A port could not be had; later it may be."),
        ("2", "Arguments or settings cannot be used."),
    ];

    /// <summary>Writes it.</summary>
    /// <param name="date">Today.</param>
    public static string Write(DateTimeOffset date)
    {
        var page = new Roff("wharfd", 8, "serves files over FTP, FTPS and SFTP", CommandLine.Version, date);
        page.Section("SYNOPSIS");
        page.Lines(["wharfd [--root DIR] [--listen URL]... [--user NAME:PASSWORD]... [OPTION]...", $"wharfd {SftpServerProgram.Word} [OPTION]..."]);
        page.Section("DESCRIPTION");
        page.Paragraph("wharfd serves a folder to some users. For each listener it writes \"listening URL\" to standard output once it accepts, and then \"ready\". The log goes to standard error.");
        page.Paragraph("With neither --user nor --listen it serves ./files on loopback to one user with a random password, and prints commands to try.");
        page.Section("OPTIONS");
        foreach (var option in CommandLine.Options)
        {
            page.Item(option.HelpName is { } value ? $"{option.Name} {value}" : option.Name, option.Description ?? "");
        }

        page.Section("BELOW ANOTHER SSHD");
        page.Paragraph($"wharfd {SftpServerProgram.Word}: {SftpServerProgram.Summary}");
        Table(page, SftpServerProgram.Arguments);
        page.Section("SETTINGS");
        page.Paragraph("Each is given as --set NAME=VALUE. Switches are on or off, times 300s or 5m, sizes 64KiB or 1GiB.");
        foreach (var row in SettingTable.Rows)
        {
            page.Item(row.Name, $"{row.Meaning} Possible: {row.Possible}. Default: {(row.Default.Length == 0 ? "none" : row.Default)}.");
        }

        page.Section("SIGNALS");
        Table(page, Signals);
        page.Section("EXIT STATUS");
        Table(page, ExitCodes);
        page.Section("EXAMPLES");
        page.Lines(
        [
            "wharfd --root /srv/files --data /var/lib/wharf --listen ftp://0.0.0.0:21 --user anna:@/etc/wharf/anna",
            "wharfd --root /srv/files --listen sftp://0.0.0.0:2222 --user anna --authorized-keys anna:/etc/wharf/anna.keys",
        ]);
        page.Section("SEE ALSO");
        page.Paragraph("wharf(1), sshd_config(5)");
        return page.ToString();
    }

    private static void Table(Roff page, IEnumerable<(string Name, string Meaning)> rows)
    {
        foreach (var (name, meaning) in rows)
        {
            page.Item(name, meaning);
        }
    }
}
