namespace Wharf.Ftp.Listings.Parsing;

/// <summary>A time of a listing.</summary>
/// <param name="Utc">Its beginning, UTC.</param>
/// <param name="Precision">How long it is: a minute, a day.</param>
internal readonly record struct ListedTime(DateTime Utc, TimeSpan Precision)
{
    /// <summary>A time may lie so far ahead before it counts as last year's: clocks differ, and so do zones.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>A date and perhaps a time in the server's zone; null where the calendar has no such.</summary>
    public static ListedTime? Local(ListingContext context, int year, int month, int day, ClockTime? time)
    {
        if (year is < 1 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return null;
        }

        var at = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) + (time?.OfDay ?? TimeSpan.Zero);
        return InZone(at, time?.Precision ?? TimeSpan.FromDays(1), context.Offset);
    }

    /// <summary>A date without a year: the last such day that is not more than a day ahead (ls shows the year of all older ones).</summary>
    public static ListedTime? Recent(ListingContext context, int month, int day, ClockTime time)
    {
        // A leap day may be eight years back.
        for (int year = Math.Min(context.Now.Year + 1, 9998), tries = 0; tries < 10; year--, tries++)
        {
            if (Local(context, year, month, day, time) is { } at && (at.Utc < context.Now || at.Utc - context.Now <= Ahead))
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>A time that is so far ahead of UTC.</summary>
    private static ListedTime? InZone(DateTime at, TimeSpan precision, TimeSpan offset)
    {
        long ticks = at.Ticks - offset.Ticks;
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? null : new(new DateTime(ticks, DateTimeKind.Utc), precision);
    }

    /// <summary>RFC 3659 section 2.3: YYYYMMDDHHMMSS, perhaps a fraction of a second; UTC.</summary>
    public static ListedTime? Fact(ReadOnlySpan<char> text)
    {
        if (text.Length > 14 && text.StartsWith("191") && char.IsAsciiDigit(text[14]))
        {
            // "19126": servers that print the years since 1900 behind "19".
            text = string.Concat("20", text[3..]);
        }

        if (text.Length < 14
            || !ListedNumber.Read(text[..4], 1, 9998, out int year) || !ListedNumber.Read(text[4..6], 1, 12, out int month)
            || !ListedNumber.Read(text[6..8], 1, 31, out int day) || day > DateTime.DaysInMonth(year, month)
            || ClockTime.Of(text[8..10], text[10..12], text[12..14], text.Length > 14 ? text[14..] : default) is not { } time)
        {
            return null;
        }

        return new(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) + time.OfDay, time.Precision);
    }

    /// <summary>Seconds since 1970.</summary>
    public static ListedTime? Unix(ReadOnlySpan<char> text) => ListedNumber.Read(text, out long seconds) && seconds < 253_402_300_800 - 1
        ? new(DateTime.UnixEpoch.AddSeconds(seconds), TimeSpan.FromSeconds(1))
        : null;

    /// <summary>Two digits of a year: 70 to 99 are the last century's.</summary>
    public static int Century(int year) => year >= 100 ? year : year + (year < 70 ? 2000 : 1900);
}

/// <summary>A time of day.</summary>
/// <param name="OfDay">Since midnight.</param>
/// <param name="Precision">How exact.</param>
internal readonly record struct ClockTime(TimeSpan OfDay, TimeSpan Precision)
{
    /// <summary>"03:04", "3:04:05", "03:04:05.678", each perhaps with AM, PM, a or p behind it.</summary>
    public static ClockTime? Read(ReadOnlySpan<char> text)
    {
        int half = -1;
        if (text.Length > 2 && text[^1] is 'M' or 'm')
        {
            text = text[..^1];
        }

        if (text.Length > 1 && text[^1] is 'A' or 'a' or 'P' or 'p')
        {
            half = text[^1] is 'A' or 'a' ? 0 : 12;
            text = text[..^1];
        }

        int colon = text.IndexOf(':');
        if (colon is not (1 or 2))
        {
            return null;
        }

        var minute = text[(colon + 1)..];
        int second = minute.IndexOf(':');
        var rest = second < 0 ? default : minute[(second + 1)..];
        if ((second < 0 ? minute.Length : second) != 2 || (second >= 0 && rest.Length < 2)
            || Of(text[..colon], minute[..2], second < 0 ? default : rest[..2], second < 0 || rest.Length == 2 ? default : rest[2..]) is not { } time)
        {
            return null;
        }

        if (half < 0)
        {
            return time;
        }

        return time.OfDay.Hours is 0 or > 12 ? null : time with { OfDay = time.OfDay + TimeSpan.FromHours(half - (time.OfDay.Hours == 12 ? 12 : 0)) };
    }

    /// <summary>Its parts; a leap second counts as the one before it.</summary>
    public static ClockTime? Of(ReadOnlySpan<char> hour, ReadOnlySpan<char> minute, ReadOnlySpan<char> second, ReadOnlySpan<char> fraction)
    {
        int seconds = 0;
        if (!ListedNumber.Read(hour, 0, 23, out int hours) || !ListedNumber.Read(minute, 0, 59, out int minutes)
            || (!second.IsEmpty && !ListedNumber.Read(second, 0, 60, out seconds)))
        {
            return null;
        }

        var precision = second.IsEmpty ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1);
        long ticks = 0;
        if (!fraction.IsEmpty)
        {
            if (fraction.Length < 2 || fraction[0] is not ('.' or ',') || fraction[1..].IndexOfAnyExceptInRange('0', '9') >= 0)
            {
                return null;
            }

            long unit = TimeSpan.TicksPerSecond;
            foreach (char digit in fraction[1..])
            {
                if (unit == 1)
                {
                    break;
                }

                unit /= 10;
                ticks += unit * (digit - '0');
            }

            precision = TimeSpan.FromTicks(unit);
        }

        return new(new TimeSpan(hours, minutes, Math.Min(seconds, 59)) + TimeSpan.FromTicks(ticks), precision);
    }
}
