using System.Globalization;
using System.Text;
using Wharf.Files;
using Wharf.Ftp.Listings.Parsing;
using Wharf.Tests.House;

namespace Wharf.Tests.Ftp.Listings;

/// <summary>
/// Corpus/*.txt: listings and what must be read in them. "# " begins a comment; "@ TITLE | setting=value ..." begins a listing
/// (now, kind, offset, system, directory); "> " a line of the server, with \xNN for a byte and \\ for a backslash; "= " what it
/// gives: an entry with all that is known of it, or one of "nothing", "refused", "unread"; "$ " what the end of the listing gives.
/// </summary>
internal sealed record ListingCase(string File, string Title, ListingContext Context, IReadOnlyList<string> Written)
{
    private const string Folder = "tests/Wharf.Tests/Ftp/Listings/Corpus";

    /// <summary>Every listing of every file.</summary>
    public static IEnumerable<ListingCase> All() =>
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, Folder), "*.txt").Order(StringComparer.Ordinal)
        from found in Read(Path.GetFileName(file), System.IO.File.ReadAllLines(file))
        select found;

    /// <summary>Writes into every file what the parser gives: to be read line by line before it is kept.</summary>
    public static void Approve()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Repository.Root, Folder), "*.txt"))
        {
            string[] lines = System.IO.File.ReadAllLines(path);
            int first = Array.FindIndex(lines, line => line.StartsWith('@'));
            var heads = lines.Where(line => line.StartsWith('@'));
            var bodies = Read(Path.GetFileName(path), lines).Select(found => string.Join('\n', found.Parsed()));
            System.IO.File.WriteAllText(
                path, string.Concat(lines[..first].Select(line => line + "\n")) + string.Join('\n', heads.Zip(bodies, (head, body) => $"{head}\n{body}\n")));
        }
    }

    /// <summary>Lines of servers in it.</summary>
    public int Lines => Written.Count(line => line.StartsWith("> ", StringComparison.Ordinal));

    /// <summary>What is written, with what the parser gives in the place of what is expected.</summary>
    public IEnumerable<string> Parsed()
    {
        var parser = new ListingParser(Context);
        foreach (string line in Written)
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                long refused = parser.Refused, unread = parser.Unread;
                var entry = parser.Parse(Unescape(line[2..]));
                yield return line;
                yield return "= " + (entry is not null ? Describe(entry) : parser.Refused > refused ? "refused" : parser.Unread > unread ? "unread" : "nothing");
            }
            else if (line.StartsWith('#'))
            {
                yield return line;
            }
        }

        while (parser.End() is { } left)
        {
            yield return "$ " + Describe(left);
        }
    }

    private static IEnumerable<ListingCase> Read(string file, string[] lines)
    {
        int first = Array.FindIndex(lines, line => line.StartsWith('@'));
        while (first >= 0 && first < lines.Length)
        {
            int next = Array.FindIndex(lines, first + 1, line => line.StartsWith('@'));
            next = next < 0 ? lines.Length : next;
            string[] head = lines[first][1..].Split('|', 2);
            yield return new ListingCase(
                file, head[0].Trim(), ContextOf(head.Length > 1 ? head[1] : ""), [.. lines[(first + 1)..next].Where(line => line.Length > 0)]);
            first = next;
        }
    }

    private static ListingContext ContextOf(string settings)
    {
        var context = new ListingContext(ListingKind.Lines, new DateTime(2026, 3, 10, 12, 0, 0, DateTimeKind.Utc));
        foreach (string setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string value = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
            context = setting[..^(value.Length + 1)] switch
            {
                "now" => context with { Now = DateTime.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) },
                "kind" => context with { Kind = Enum.Parse<ListingKind>(value, ignoreCase: true) },
                "offset" => context with { Offset = TimeSpan.Parse(value.TrimStart('+'), CultureInfo.InvariantCulture) },
                "system" => context with { System = value },
                "directory" => context with { Directory = value },
                _ => throw new InvalidDataException(setting),
            };
        }

        return context;
    }

    private static string Unescape(string line)
    {
        using var bytes = new MemoryStream();
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\' && line[i + 1] == 'x')
            {
                bytes.WriteByte(Convert.ToByte(line.Substring(i + 2, 2), 16));
                i += 3;
            }
            else
            {
                i += line[i] == '\\' ? 1 : 0;
                int length = char.IsHighSurrogate(line[i]) ? 2 : 1;
                bytes.Write(Encoding.UTF8.GetBytes(line.Substring(i, length)));
                i += length - 1;
            }
        }

        return FileNames.Decode(bytes.ToArray());
    }

    /// <summary>All that is known of an entry, in one form.</summary>
    public static string Describe(Entry entry)
    {
        var text = new StringBuilder($"{entry.Kind.ToString().ToLowerInvariant()} \"{FileNames.ForDisplay(entry.Name)}\"");
        Add("length", entry.Known.HasFlag(EntryFacts.Length) ? entry.Length.ToString(CultureInfo.InvariantCulture) : null);
        Add("time", entry.Known.HasFlag(EntryFacts.Modified) ? $"{Time(entry.Modified)}/{Precision(entry.ModifiedPrecision)}" : null);
        Add("created", entry.Created is { } created ? Time(created) : null);
        Add("used", entry.Accessed is { } accessed ? Time(accessed) : null);
        Add("mode", entry.Known.HasFlag(EntryFacts.Mode) ? Convert.ToString(entry.Mode, 8) : null);
        Add("ids", entry.Known.HasFlag(EntryFacts.Owner) ? $"{entry.Owner}:{entry.Group}" : null);
        Add("owner", entry.OwnerName);
        Add("group", entry.GroupName);
        Add("links", entry.Links == 1 ? null : $"{entry.Links}");
        Add("text", entry.LinkText);
        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.Append(' ').Append(name).Append('=').Append(value.Contains(' ', StringComparison.Ordinal) ? $"\"{FileNames.ForDisplay(value)}\"" : FileNames.ForDisplay(value));
            }
        }
    }

    private static string Time(DateTime time) => time.ToString(
        time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : time.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-ddTHH:mm" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
        CultureInfo.InvariantCulture);

    private static string Precision(TimeSpan precision) =>
        precision == TimeSpan.FromDays(1) ? "day" : precision == TimeSpan.FromMinutes(1) ? "minute" : precision == TimeSpan.FromSeconds(1) ? "second"
            : precision.ToString("c", CultureInfo.InvariantCulture);
}
