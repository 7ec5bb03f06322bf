using System.Globalization;
using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>A line of MLST or MLSD as a client reads it, RFC 3659 section 7.2: facts, one space, the name to the end of the line.</summary>
internal static class FactLine
{
    /// <summary>The entry; null where the line is none, or is the directory itself or its parent.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="name">What the entry is called; null takes the line's own.</param>
    public static Entry? Parse(string line, string? name)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            return null;
        }

        string type = "";
        long length = 0, owner = 0, group = 0;
        int mode = 0;
        DateTime? modified = null, created = null;
        TimeSpan precision = TimeSpan.Zero;
        string? ownerName = null, groupName = null, target = null;
        var known = EntryFacts.None;
        foreach (var range in line.AsSpan(0, space).Split(';'))
        {
            var fact = line.AsSpan(0, space)[range];
            int equals = fact.IndexOf('=');
            if (equals <= 0)
            {
                continue;
            }

            var value = fact[(equals + 1)..];
            switch (fact[..equals].ToString().ToUpperInvariant())
            {
                case "TYPE":
                    type = value.ToString();
                    break;
                case "SIZE" or "SIZD" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out length):
                    known |= EntryFacts.Length;
                    break;
                case "MODIFY":
                    (modified, precision) = FactTime.Parse(value);
                    break;
                case "CREATE":
                    (created, _) = FactTime.Parse(value);
                    break;
                case "UNIX.MODE" when Octal(value) is { } bits:
                    mode = bits;
                    known |= EntryFacts.Mode;
                    break;
                case "UNIX.OWNER" or "UNIX.UID":
                    ownerName = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out owner) ? ownerName : value.ToString();
                    known |= ownerName is null ? EntryFacts.Owner : EntryFacts.None;
                    break;
                case "UNIX.GROUP" or "UNIX.GID":
                    groupName = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out group) ? groupName : value.ToString();
                    break;
                default:
                    break;
            }
        }

        if (type.Equals("cdir", StringComparison.OrdinalIgnoreCase) && name is null || type.Equals("pdir", StringComparison.OrdinalIgnoreCase) && name is null)
        {
            return null;
        }

        var kind = Kind(type);
        if (kind == EntryKind.Link && type.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
        {
            // ProFTPD and Pure-FTPd: "OS.unix=slink:target".
            target = type[(colon + 1)..];
        }

        return new Entry
        {
            Name = name ?? line[(space + 1)..],
            Kind = kind,
            Length = length,
            Modified = modified ?? DateTime.UnixEpoch,
            ModifiedPrecision = precision,
            Created = created,
            Mode = mode,
            Owner = owner,
            Group = group,
            OwnerName = ownerName,
            GroupName = groupName,
            LinkText = target,
            Known = modified is null ? known : known | EntryFacts.Modified,
        };
    }

    /// <summary>RFC 3659 section 7.5.1, and the OS.unix types servers have in common.</summary>
    private static EntryKind Kind(string type)
    {
        int colon = type.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? type : type[..colon]).ToUpperInvariant() switch
        {
            "FILE" => EntryKind.File,
            "DIR" or "CDIR" or "PDIR" => EntryKind.Directory,
            "OS.UNIX=SYMLINK" or "OS.UNIX=SLINK" => EntryKind.Link,
            "OS.UNIX=FIFO" or "OS.UNIX=PIPE" => EntryKind.Fifo,
            "OS.UNIX=SOCKET" => EntryKind.Socket,
            "OS.UNIX=CHR" => EntryKind.CharacterDevice,
            "OS.UNIX=BLK" => EntryKind.BlockDevice,
            _ => EntryKind.Unknown,
        };
    }

    private static int? Octal(ReadOnlySpan<char> text)
    {
        int mode = 0;
        foreach (char c in text)
        {
            if (c is < '0' or > '7' || mode > 0xFFFF)
            {
                return null;
            }

            mode = (mode << 3) | (c - '0');
        }

        return text.IsEmpty ? null : mode & 0xFFF;
    }
}

/// <summary>A time of MDTM and of facts, RFC 3659 section 2.3: YYYYMMDDHHMMSS and a fraction, UTC.</summary>
internal static class FactTime
{
    /// <summary>The time and how exact it is; null for what is none.</summary>
    public static (DateTime? Time, TimeSpan Precision) Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length >= 15 && text.StartsWith("191"))
        {
            // "19100" for 2000: servers that print tm_year behind "19".
            return Parse(string.Concat("20", text[3..]));
        }

        if (text.Length < 14 || !DateTime.TryParseExact(
            text[..14], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return (null, default);
        }

        long ticks = 0, unit = TimeSpan.TicksPerSecond;
        if (text.Length > 15 && text[14] == '.')
        {
            foreach (char digit in text[15..])
            {
                if (!char.IsAsciiDigit(digit) || unit < 10)
                {
                    break;
                }

                unit /= 10;
                ticks += (digit - '0') * unit;
            }
        }

        return (time.AddTicks(ticks), TimeSpan.FromTicks(unit));
    }

    /// <summary>As commands take it: whole seconds, UTC.</summary>
    public static string Format(DateTime time) => time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
}
