using Wharf.Files;

namespace Wharf.Ftp.Listings;

/// <summary>
/// LIST as "ls -l" writes it in the C locale, which is what parsers expect: <c>-rw-r--r--   1 1000     1000         1234 Jan  2
/// 03:04 name</c>. Times are UTC. A time within the last half year shows its hour, any other its year. Owner and group are
/// numbers: names of the machine's accounts are none of the client's business.
/// </summary>
/// <param name="now">What the half year counts from, UTC.</param>
internal sealed class UnixLine(DateTime now) : LineFormat
{
    /// <summary>Half of a mean Gregorian year, as ls has it.</summary>
    private static readonly TimeSpan HalfYear = TimeSpan.FromSeconds(31_556_952 / 2);

    private readonly byte[] _time = new byte[12];
    private long _minute = -1;

    /// <summary>Some parsers drop the first line, since ls and its first imitators began with a total: so there is one to drop.</summary>
    public override ReadOnlySpan<byte> Head => "total 0"u8;

    public override bool ShowsTargets => true;

    public override bool Write(LineBuffer into, Entry entry, string prefix, string name, string? target)
    {
        Span<byte> mode = stackalloc byte[10];
        Permissions(entry, mode);
        into.Write(mode);
        into.Right(Math.Max(entry.Links, 0), 4);
        into.Write((byte)' ');
        into.Left(Math.Max(entry.Owner, 0), 8);
        into.Write((byte)' ');
        into.Left(Math.Max(entry.Group, 0), 8);
        into.Right(Math.Max(entry.Length, 0), 13);
        into.Write((byte)' ');
        into.Write(Time(entry.Modified));
        into.Write((byte)' ');
        if (!into.Name(prefix) || !into.Name(name))
        {
            return false;
        }

        if (target is not null)
        {
            into.Write(" -> "u8);
            return into.Name(target);
        }

        return true;
    }

    private static void Permissions(Entry entry, Span<byte> into)
    {
        into[0] = entry.Kind switch
        {
            EntryKind.Directory => (byte)'d',
            EntryKind.Link => (byte)'l',
            EntryKind.Fifo => (byte)'p',
            EntryKind.Socket => (byte)'s',
            EntryKind.CharacterDevice => (byte)'c',
            EntryKind.BlockDevice => (byte)'b',
            _ => (byte)'-',
        };
        var letters = "rwxrwxrwx"u8;
        for (int i = 0; i < letters.Length; i++)
        {
            into[i + 1] = (entry.Mode & (0b1_0000_0000 >> i)) != 0 ? letters[i] : (byte)'-';
        }

        Special(entry.Mode, 0b1000_0000_0000, ref into[3], (byte)'s', (byte)'S');
        Special(entry.Mode, 0b0100_0000_0000, ref into[6], (byte)'s', (byte)'S');
        Special(entry.Mode, 0b0010_0000_0000, ref into[9], (byte)'t', (byte)'T');

        static void Special(int mode, int bit, ref byte place, byte with, byte without)
        {
            if ((mode & bit) != 0)
            {
                place = place == 'x' ? with : without;
            }
        }
    }

    private ReadOnlySpan<byte> Time(DateTime modified)
    {
        long minute = modified.Ticks / TimeSpan.TicksPerMinute;
        if (minute == _minute)
        {
            return _time;
        }

        _minute = minute;
        "JanFebMarAprMayJunJulAugSepOctNovDec"u8.Slice((modified.Month - 1) * 3, 3).CopyTo(_time);
        _time[3] = (byte)' ';
        _time[4] = modified.Day < 10 ? (byte)' ' : (byte)('0' + (modified.Day / 10));
        _time[5] = (byte)('0' + (modified.Day % 10));
        _time[6] = (byte)' ';
        if (modified <= now && now - modified < HalfYear)
        {
            Two(_time.AsSpan(7), modified.Hour);
            _time[9] = (byte)':';
            Two(_time.AsSpan(10), modified.Minute);
        }
        else
        {
            _time[7] = (byte)' ';
            Two(_time.AsSpan(8), modified.Year / 100);
            Two(_time.AsSpan(10), modified.Year % 100);
        }

        return _time;

        static void Two(Span<byte> into, int value)
        {
            into[0] = (byte)('0' + (value / 10));
            into[1] = (byte)('0' + (value % 10));
        }
    }
}
