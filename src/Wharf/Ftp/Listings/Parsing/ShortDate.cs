namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// A date of three numbers: "01-02-26", "01/02/2026", "02.01.26", "2026-01-02". Month first, as the systems that write them have
/// it from the United States; the day where dots part them or the first number can be no month.
/// </summary>
internal readonly record struct ShortDate(int Year, int Month, int Day)
{
    /// <summary>Reads a word; null where it is no date.</summary>
    public static ShortDate? Read(ReadOnlySpan<char> word)
    {
        Span<Range> parts = stackalloc Range[4];
        int mark = word.Length is < 6 or > 10 ? -1 : word.IndexOfAny("-/.");
        if (mark <= 0 || word.Split(parts, word[mark]) != 3
            || !ListedNumber.Read(word[parts[0]], 0, 9998, out int first) || !ListedNumber.Read(word[parts[1]], 1, 31, out int second)
            || !ListedNumber.Read(word[parts[2]], 0, 9998, out int third))
        {
            return null;
        }

        var date = word[parts[0]].Length == 4 || first > 31 ? new ShortDate(first, second, third)
            : word[mark] == '.' || first > 12 ? new ShortDate(third, second, first)
            : new ShortDate(third, first, second);
        return date.Month is < 1 or > 12 || date.Day is < 1 or > 31 ? null : date with { Year = ListedTime.Century(date.Year) };
    }

    /// <summary>With a time in the server's zone; null where the calendar has no such day.</summary>
    public ListedTime? At(ListingContext context, ClockTime? time) => ListedTime.Local(context, Year, Month, Day, time);
}
