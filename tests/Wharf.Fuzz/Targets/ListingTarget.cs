using Wharf.Files;
using Wharf.Ftp.Listings.Parsing;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// A listing as a client reads it: the first byte says which command it answers and what SYST said, the rest are its lines. No line
/// throws, and what comes out can be an entry of a directory.
/// </summary>
internal sealed class ListingTarget() : FuzzTarget("listing")
{
    private static readonly string[] Systems = ["", "UNIX Type: L8", "Windows_NT", "VMS V7.1", "MVS is the operating system", "OS/400", "OS/2", "NETWARE", "MACOS", "NONSTOP"];

    public override IReadOnlyList<string> Words =>
    [
        "-rw-r--r-- 1 u g 5 Jan  2 03:04 ", "drwxr-xr-x", " -> ", "\n", "\r\n", "../", "/", "\0", "Feb 29 00:00 ", "2026-01-02 03:04:05.678 +0100 ", "Dec 31  9999 ",
        "01-02-26  03:04AM       <DIR>          ", "<JUNCTION>", "type=file;", "modify=20260102030405.678;", "type=OS.unix=slink:", "size=", "unix.mode=", "; ",
        "A.TXT;1", "2-JAN-2026 03:04:05.67 ", "[A,B] ", "(RWED,RWED,RE,)", "Volume Unit Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\n", " Name VV.MM Created Changed\n",
        "*FILE", "*MEM", "DIR", "[RWCEAFMS]", "+r,s5,\t", "folder", "255,10 \"nunu\"", "1,234,567", "\u00ed\u00b2\u0080", "9223372036854775807", "0001-01-01 00:00 ", "9998-12-31 23:59:60 ",
    ];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        int first = input.Length > 0 ? input[0] : 0;
        var context = new ListingContext((ListingKind)(first % 3), new DateTime(first % 5 == 0 ? 1 : 2026, 3, 10, 12, 0, 0, DateTimeKind.Utc))
        {
            System = Systems[first % Systems.Length],
            Offset = TimeSpan.FromHours((first % 29) - 14),
            Directory = first % 2 == 0 ? "" : "/pub",
        };
        var parser = new ListingParser(context);
        string[] lines = FileNames.Decode(input.AsSpan(Math.Min(input.Length, 1))).Split('\n');
        int entries = 0;
        foreach (string line in lines)
        {
            if (parser.Parse(line) is { } entry)
            {
                entries++;
                Check(entry);
            }

            if (ListingParser.ParseMlst(line, "asked for") is { } one)
            {
                Require(one.Name == "asked for", "MLST is about what was asked for.");
                Check(one);
            }
        }

        while (parser.End() is { } last)
        {
            entries++;
            Check(last);
        }

        Require(entries <= lines.Length, "There are no more entries than lines.");
        return Task.CompletedTask;
    }

    private static void Check(Entry entry)
    {
        Require(entry.Name is not ("" or "." or "..") && !entry.Name.Contains('/') && !entry.Name.Contains('\0'), "A name is one name.");
        Require(VirtualPath.Root.Append(entry.Name).Name == entry.Name, "A name can be part of a path.");
        Require(entry.Length >= 0 && entry.Mode is >= 0 and <= 0xFFF && entry.Owner >= 0 && entry.Group >= 0 && entry.Links >= 0, "Numbers are in their range.");
        Require(entry.Modified.Kind == DateTimeKind.Utc && entry.ModifiedPrecision >= TimeSpan.Zero, "A time is UTC and has a precision.");
        Require(entry.ModifiedPrecision > TimeSpan.Zero || !entry.Known.HasFlag(EntryFacts.Modified), "No listing is exact.");
        Require(entry.RawLine is not null, "An entry knows its line.");
    }
}
