using System.Text;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp.Commands;
using Wharf.Tests.Support;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// Lines of commands, one after the other, against a server in memory: each gets exactly one final reply of proper form, and
/// none is a fault of ours.
/// </summary>
internal sealed class CommandTarget(string name, bool login) : FuzzTarget(name)
{
    /// <summary>Most commands of one input.</summary>
    private const int MostCommands = 12;

    public override IReadOnlyList<string> Words { get; } =
    [
        .. CommandTable.Rows.Select(row => "\n" + row.Verb + " "),
        .. SiteTable.Rows.Select(row => "\nSITE " + row.Name + " "),
        "\nEPSV\nRETR f", "\nEPSV\nLIST ", "\nEPSV\nMLSD ", "\nEPSV\nNLST ", "\nPASV\nSTOR ", "\nEPSV\nAPPE ", "\nEPSV\nSTOU", "\nUSER a\nPASS right\n",
        "\nMODE B\n", "\nMODE C\n", "\nMODE Z\n", "\nSTRU R\n", "\nTYPE E\n", "\nTYPE I\n", "\nTYPE A\n", "\nOPTS MLST ", "\nOPTS HASH SHA-1", "\nOPTS MARK 1\n",
        "f", "/d/inner", "../..", "*", "?", "[a-", "-laRtSr1 ", "\"", "20260102030405 ", "UNIX.mode=0777;", "modify=20200101000000; ", " R ", "\u00ff\u00ff", "\u00fe", "\r\0",
    ];

    public override int MostBytes => 6000;

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var clock = new ManualClock();
        var files = new Memory(clock, capacityBytes: 1 << 20);
        await PutAsync(files, "/f", "content\nof f\r\n", cancel);
        await files.MakeDirectoryAsync(VirtualPath.Parse("/d"), null, cancel);
        await PutAsync(files, "/d/inner", "x", cancel);
        await files.MakeLinkAsync(VirtualPath.Parse("/loop"), "loop", LinkKind.Symbolic, cancel);
        await using var session = await FuzzSession.StartAsync(files, clock, cancel);
        if (login)
        {
            await session.SayAsync("USER a"u8.ToArray());
            var (code, _) = await session.SayAsync("PASS right"u8.ToArray());
            Require(code == 230, "The login works.");
        }

        int commands = 0;
        foreach (byte[] line in Lines(input))
        {
            if (session.IsOver || ++commands > MostCommands)
            {
                return;
            }

            await session.SayAsync(line);
        }

        if (!session.IsOver)
        {
            var (code, _) = await session.SayAsync("NOOP"u8.ToArray());
            Require(code is 200 or 421 or 0, "Exactly one final reply came for each command: NOOP's is 200.");
        }
    }

    /// <summary>Lines as they may stand between two line ends: one command each, so that replies can be counted.</summary>
    private static IEnumerable<byte[]> Lines(byte[] input)
    {
        foreach (string line in Encoding.Latin1.GetString(input).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Undoubled, 0xFF is Telnet and may swallow the line's end; ControlLineTarget does that.
            string one = line.Replace("\u00ff", "\u00ff\u00ff", StringComparison.Ordinal).TrimEnd('\r');
            yield return Encoding.Latin1.GetBytes(one.Length > 3000 ? one[..3000] : one);
        }
    }

    private static async Task PutAsync(Memory files, string path, string text, CancellationToken cancel)
    {
        await using var file = await files.OpenAsync(VirtualPath.Parse(path), new OpenMode(FileAccess.Write, FileCreation.Truncate), cancel);
        await file.WriteAsync(0, new(Encoding.Latin1.GetBytes(text)), cancel);
    }
}

/// <summary>A file of that name in MLSD, NLST and MLST: one line of facts, one space, and the name's own bytes; or no line at all, where it holds a LF.</summary>
internal sealed class FactsTarget() : FuzzTarget("facts")
{
    public override int MostBytes => VirtualPath.MaxNameBytes;

    public override IReadOnlyList<string> Words => [" ", ";", "type=dir;", "\r\n", "\n", "\r", "\u00ff", "=", "..", "\u00c3\u00a4"];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var clock = new ManualClock();
        var files = new Memory(clock);
        string name = FileNames.Decode(input);
        try
        {
            await files.MakeDirectoryAsync(VirtualPath.Parse("/d"), null, cancel);
            await using var file = await files.OpenAsync(VirtualPath.Parse("/d").Append(name), new OpenMode(FileAccess.Write, FileCreation.CreateNew), cancel);
            await file.WriteAsync(0, new("12345"u8.ToArray()), cancel);
        }
        catch (FileException refused) when (refused.Error is FileError.BadName or FileError.NameTooLong)
        {
            return;
        }

        await using var session = await FuzzSession.StartAsync(files, clock, cancel);
        await session.SayAsync("USER a"u8.ToArray());
        await session.SayAsync("PASS right"u8.ToArray());
        await session.SayAsync("EPSV"u8.ToArray());
        var (code, bytes) = await session.SayAsync("MLSD d"u8.ToArray());
        Require(code == 226, "MLSD ends well.");
        string[] lines = [.. Encoding.Latin1.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("type=file", StringComparison.OrdinalIgnoreCase))];
        if (input.Contains((byte)'\n'))
        {
            Require(lines.Length == 0, "A name with LF is left out.");
            return;
        }

        // A name may hold CR: the split above is by CRLF, which no name without LF holds.
        Require(lines.Length == 1, "One file is one line.");
        int space = lines[0].IndexOf(' ', StringComparison.Ordinal);
        Require(space > 0 && lines[0][space - 1] == ';', "Facts end with a semicolon, then comes one space.");
        string wire = lines[0][(space + 1)..];
        Require(wire == Encoding.Latin1.GetString(input), "The name is its own bytes.");
        Require(lines[0][..space].Split(';', StringSplitOptions.RemoveEmptyEntries).All(fact => fact.IndexOf('=', StringComparison.Ordinal) > 0), "Facts are name=value.");
        Require(lines[0].Contains("size=5;", StringComparison.OrdinalIgnoreCase), "The size is right.");
    }
}
