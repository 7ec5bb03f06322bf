using System.Buffers.Text;
using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>
/// The line for people in a NAME reply, as OpenSSH's server writes it: mode, links, owner, group, bytes, time, name. Owner and
/// group are numbers: names of accounts of this machine are nobody's business. Times are UTC.
/// </summary>
internal static class LongName
{
    /// <summary>Most bytes before the name.</summary>
    public const int MaxBytes = 128;

    private const int HalfYearDays = 182;

    /// <summary>Writes the line; returns its length.</summary>
    /// <param name="into">At least <see cref="MaxBytes"/> and the name's own.</param>
    /// <param name="entry">What to tell.</param>
    /// <param name="name">Its name as it stands on the wire.</param>
    /// <param name="now">A time further away than half a year shows its year, any other its hour.</param>
    public static int Write(Span<byte> into, Entry entry, ReadOnlySpan<byte> name, DateTime now)
    {
        UnixMode.Write(into, entry);
        int at = 10;
        into[at++] = (byte)' ';
        at += Right(into[at..], entry.Links, 3);
        into[at++] = (byte)' ';
        at += Left(into[at..], entry.Owner, 8);
        into[at++] = (byte)' ';
        at += Left(into[at..], entry.Group, 8);
        into[at++] = (byte)' ';
        at += Right(into[at..], entry.Length, 8);
        into[at++] = (byte)' ';

        var time = entry.Modified;
        "JanFebMarAprMayJunJulAugSepOctNovDec"u8.Slice((time.Month - 1) * 3, 3).CopyTo(into[at..]);
        at += 3;
        into[at++] = (byte)' ';
        at += Right(into[at..], time.Day, 2);
        into[at++] = (byte)' ';
        if (time <= now && (now - time).Days < HalfYearDays)
        {
            Digits(into[at..], time.Hour);
            into[at + 2] = (byte)':';
            Digits(into[(at + 3)..], time.Minute);
            at += 5;
        }
        else
        {
            at += Right(into[at..], time.Year, 5);
        }

        into[at++] = (byte)' ';
        name.CopyTo(into[at..]);
        return at + name.Length;
    }

    private static void Digits(Span<byte> into, int value)
    {
        into[0] = (byte)('0' + (value / 10));
        into[1] = (byte)('0' + (value % 10));
    }

    private static int Left(Span<byte> into, long value, int width)
    {
        Utf8Formatter.TryFormat(value, into, out int length);
        while (length < width)
        {
            into[length++] = (byte)' ';
        }

        return length;
    }

    private static int Right(Span<byte> into, long value, int width)
    {
        Utf8Formatter.TryFormat(value, into, out int length);
        int spaces = width - length;
        if (spaces <= 0)
        {
            return length;
        }

        into[..length].CopyTo(into[spaces..]);
        into[..spaces].Fill((byte)' ');
        return width;
    }
}
