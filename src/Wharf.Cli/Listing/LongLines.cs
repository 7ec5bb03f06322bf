using System.Globalization;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Listing;

/// <summary>Entries as "ls -l" shows them: mode, links, owner, group, size, time, name; what the server does not tell is "?".</summary>
/// <param name="clock">What lies more than half a year back, or ahead, has its year in the place of its time.</param>
/// <param name="human">Whether sizes are 1.5K rather than 1536.</param>
/// <param name="numeric">Whether owners are numbers.</param>
internal sealed class LongLines(TimeProvider clock, bool human, bool numeric)
{
    private static readonly TimeSpan HalfYear = TimeSpan.FromDays(182);

    private readonly List<(RemoteEntry Entry, string[] Cells)> _rows = [];
    private readonly int[] _widths = new int[4];

    /// <summary>Takes an entry up.</summary>
    public void Add(RemoteEntry entry)
    {
        bool known = entry.Details.Known.HasFlag(EntryFacts.Owner);
        string[] cells =
        [
            entry.Details.Known.HasFlag(EntryFacts.Mode) ? entry.Details.Links.ToString(CultureInfo.InvariantCulture) : "?",
            FileNames.ForDisplay((numeric && known ? entry.Details.Owner.ToString(CultureInfo.InvariantCulture) : entry.Owner) ?? "?"),
            FileNames.ForDisplay((numeric && known ? entry.Details.Group.ToString(CultureInfo.InvariantCulture) : entry.Group) ?? "?"),
            entry.Length is not { } length ? "?" : human ? Sizes.Human(length) : length.ToString(CultureInfo.InvariantCulture),
        ];
        for (int i = 0; i < cells.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], cells[i].Length);
        }

        _rows.Add((entry, cells));
    }

    /// <summary>The lines but for the names, each with its entry.</summary>
    public IEnumerable<(RemoteEntry Entry, string Facts)> Lines()
    {
        foreach (var (entry, cells) in _rows)
        {
            yield return (entry,
                $"{Mode(entry)} {cells[0].PadLeft(_widths[0])} {cells[1].PadRight(_widths[1])} {cells[2].PadRight(_widths[2])} {cells[3].PadLeft(_widths[3])} {Time(entry)}");
        }
    }

    /// <summary>"drwxr-xr-x"; the nine behind the kind are "?" where the server does not tell.</summary>
    public static string Mode(RemoteEntry entry)
    {
        char kind = entry.Kind switch
        {
            EntryKind.File => '-',
            EntryKind.Directory => 'd',
            EntryKind.Link => 'l',
            EntryKind.Fifo => 'p',
            EntryKind.Socket => 's',
            EntryKind.CharacterDevice => 'c',
            EntryKind.BlockDevice => 'b',
            _ => '?',
        };
        return kind + (entry.Mode is { } mode ? Bits(mode) : "?????????");
    }

    /// <summary>"rwxr-xr-x", with s, S, t and T.</summary>
    public static string Bits(int mode) => string.Create(9, mode, static (text, mode) =>
    {
        const string Letters = "rwxrwxrwx";
        for (int i = 0; i < 9; i++)
        {
            text[i] = (mode & (0x100 >> i)) != 0 ? Letters[i] : '-';
        }

        Special(text, 2, mode & 0x800, 's');
        Special(text, 5, mode & 0x400, 's');
        Special(text, 8, mode & 0x200, 't');
    });

    private static void Special(Span<char> text, int at, int bit, char letter)
    {
        if (bit != 0)
        {
            text[at] = text[at] == 'x' ? letter : char.ToUpperInvariant(letter);
        }
    }

    private string Time(RemoteEntry entry)
    {
        if (entry.Modified is not { } modified)
        {
            return "           ?";
        }

        var local = TimeZoneInfo.ConvertTime(modified, clock.LocalTimeZone);
        var age = clock.GetUtcNow() - modified;
        bool recent = age < HalfYear && age > -TimeSpan.FromDays(1) && entry.ModifiedPrecision < TimeSpan.FromDays(1);
        string day = local.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2);
        return local.ToString("MMM ", CultureInfo.InvariantCulture) + day + local.ToString(recent ? " HH:mm" : "  yyyy", CultureInfo.InvariantCulture);
    }
}
