using System.Globalization;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>Numbers in listings.</summary>
internal static class ListedNumber
{
    /// <summary>Digits alone that fit; nothing else is a number.</summary>
    public static bool Read(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>As <see cref="Read(ReadOnlySpan{char}, out long)"/>, between two bounds.</summary>
    public static bool Read(ReadOnlySpan<char> text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;

    /// <summary>A size in bytes, also with marks between thousands: "1,234,567". Those must part groups of three.</summary>
    public static bool ReadGrouped(ReadOnlySpan<char> text, out long number)
    {
        if (text.IndexOfAny(',', '.') < 0)
        {
            return Read(text, out number);
        }

        number = 0;
        char mark = text[text.IndexOfAny(',', '.')];
        if (text.Length > 32)
        {
            return false;
        }

        bool first = true;
        foreach (var range in text.Split(mark))
        {
            var group = text[range];
            if ((first ? group.Length is 0 or > 3 : group.Length != 3) || !Read(group, out long part) || number > long.MaxValue / 1000 - 1)
            {
                return false;
            }

            number = (number * 1000) + part;
            first = false;
        }

        return true;
    }

    /// <summary>Permission bits in octal; the file type that some servers leave above them goes. Null where it is no such number.</summary>
    public static int? Octal(ReadOnlySpan<char> value)
    {
        if (value.Length is 0 or > 8 || value.ContainsAnyExceptInRange('0', '7'))
        {
            return null;
        }

        int mode = 0;
        foreach (char digit in value)
        {
            mode = (mode << 3) | (digit - '0');
        }

        return mode & 0xFFF;
    }
}
