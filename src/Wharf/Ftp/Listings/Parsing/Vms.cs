using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// OpenVMS: "NAME.TXT;3   4/6   2-JAN-2026 03:04:05.12  [GROUP,OWNER]  (RWED,RWED,RE,)". A long name stands in a line of its own
/// and the rest in the next. A version goes, since without it the name means the newest, and VMS lists that first: older
/// ones behind it are left out. NAME.DIR is the directory NAME. Sizes are blocks, which is not how many bytes are sent.
/// </summary>
internal sealed class Vms(ListingContext context) : ListingFormat
{
    private const int MostWords = 12;

    private readonly Queue<Entry> _ready = [];
    private string? _pending;
    private string? _last;

    public override LineMeaning Read(string line, out Entry? entry)
    {
        var meaning = Take(line);
        entry = meaning == LineMeaning.NotThis ? null : Next();
        return meaning;
    }

    public override Entry? End()
    {
        Release();
        return Next();
    }

    private Entry? Next() => _ready.TryDequeue(out var entry) ? entry : null;

    private LineMeaning Take(string line)
    {
        Span<Range> words = stackalloc Range[MostWords];
        words = words[..((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries)];
        if (line[0] is ' ' or '\t')
        {
            if (_pending is not { } first)
            {
                return LineMeaning.NotThis;
            }

            _pending = null;
            return Finish(first + "\n" + line, first, Attributes(line, words));
        }

        if (line.StartsWith("Directory ", StringComparison.Ordinal) && words.Length == 2 && line[^1] == ']')
        {
            Release();
            return LineMeaning.Nothing;
        }

        if ((line.StartsWith("Total of ", StringComparison.Ordinal) || line.StartsWith("Grand total of ", StringComparison.OrdinalIgnoreCase))
            && line.Contains(" file", StringComparison.Ordinal))
        {
            Release();
            return LineMeaning.Nothing;
        }

        string name = line[words[0]];
        int semicolon = name.LastIndexOf(';');
        if (semicolon <= 0 || name.AsSpan(semicolon + 1).ContainsAnyExceptInRange('0', '9') || name.Length == semicolon + 1)
        {
            return LineMeaning.NotThis;
        }

        Release();
        if (words.Length == 1)
        {
            _pending = name;
            return LineMeaning.Entry;
        }

        return Finish(line, name, Attributes(line, words[1..]));
    }

    /// <summary>A name behind which no attributes came.</summary>
    private void Release()
    {
        if (_pending is { } alone)
        {
            _pending = null;
            _ = Finish(alone, alone, default);
        }
    }

    private LineMeaning Finish(string line, string name, ListedEntry listed)
    {
        name = name[..name.LastIndexOf(';')];
        if (name == _last)
        {
            return LineMeaning.Nothing;
        }

        _last = name;
        listed.Kind = EntryKind.File;
        if (name.EndsWith(".DIR", StringComparison.OrdinalIgnoreCase))
        {
            listed.Kind = EntryKind.Directory;
            name = name[..^4];
        }

        // A file without a type has a dot at its end; both forms name it.
        var meaning = listed.Finish(line, name, context, out var entry);
        if (entry is not null)
        {
            _ready.Enqueue(entry);
        }

        return meaning;
    }

    /// <summary>Whatever of time, owner and protection can be found; a message about a missing right has none.</summary>
    private ListedEntry Attributes(string line, ReadOnlySpan<Range> words)
    {
        var listed = default(ListedEntry);
        for (int i = 0; i < words.Length; i++)
        {
            var word = line.AsSpan(words[i]);
            if (listed.Modified is null && NamedDate.Read(word) is { } date)
            {
                listed.Modified = date.At(context, i + 1 < words.Length ? ClockTime.Read(line.AsSpan(words[i + 1])) : null);
            }
            else if (word[0] == '[' && word[^1] == ']' && listed.Owner is null)
            {
                int comma = word.IndexOf(',');
                listed.Group = comma > 1 ? word[1..comma].ToString() : null;
                listed.Owner = word[(comma < 0 ? 1 : comma + 1)..^1].ToString();
            }
            else if (word[0] == '(' && word[^1] == ')')
            {
                listed.Mode = Protection(word[1..^1]);
            }
        }

        return listed;
    }

    /// <summary>System, owner, group and world, each with R, W, E, D; as DEC C maps them, W or D is to write and E to execute.</summary>
    private static int? Protection(ReadOnlySpan<char> text)
    {
        Span<Range> classes = stackalloc Range[5];
        if (text.Split(classes, ',') != 4)
        {
            return null;
        }

        int mode = 0;
        foreach (var range in classes[1..4])
        {
            var rights = text[range];
            mode = (mode << 3) | (rights.Contains('R') ? 4 : 0) | (rights.ContainsAny('W', 'D') ? 2 : 0) | (rights.Contains('E') ? 1 : 0);
        }

        return mode;
    }
}
