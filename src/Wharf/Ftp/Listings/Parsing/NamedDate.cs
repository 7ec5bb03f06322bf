namespace Wharf.Ftp.Listings.Parsing;

/// <summary>A date in one word with the month's name: "2-JAN-2026", "02-Jan-26".</summary>
internal readonly record struct NamedDate(int Year, int Month, int Day)
{
    /// <summary>Reads a word; null where it is no date.</summary>
    public static NamedDate? Read(ReadOnlySpan<char> word)
    {
        Span<Range> parts = stackalloc Range[4];
        return word.Length is >= 8 and <= 12 && word.Split(parts, '-') == 3
            && ListedNumber.Read(word[parts[0]], 1, 31, out int day) && Months.Find(word[parts[1]]) is > 0 and var month
            && word[parts[2]].Length is 2 or 4 && ListedNumber.Read(word[parts[2]], 0, 9998, out int year)
            ? new NamedDate(ListedTime.Century(year), month, day)
            : null;
    }

    /// <summary>With a time in the server's zone; null where the calendar has no such day.</summary>
    public ListedTime? At(ListingContext context, ClockTime? time) => ListedTime.Local(context, Year, Month, Day, time);
}
