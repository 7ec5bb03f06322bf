using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// Guardian of NonStop (Tandem): "NAME    101    16354  2-Jan-26 03:04:05 255,10 "nunu"": name, file code, end of file, date, time,
/// owner as group and user, security. The file code may have a letter behind it (an open or broken file). An edit file (code 101)
/// is sent as text of another length than its end of file says.
/// </summary>
internal sealed class NonStop(ListingContext context) : ListingFormat
{
    private const int EditFile = 101;

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        Span<Range> words = stackalloc Range[8];
        words = words[..((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries)];
        if (words.Length < 3)
        {
            return LineMeaning.NotThis;
        }

        if (line.AsSpan(words[0]) is "File" && line.AsSpan(words[1]) is "Code")
        {
            return LineMeaning.Nothing;
        }

        var code = line.AsSpan(words[1]).TrimEnd("OoLlPpCc+?*");
        if (words.Length < 6 || !ListedNumber.Read(code, 0, 99_999, out int number) || !ListedNumber.Read(line.AsSpan(words[2]), out long length)
            || NamedDate.Read(line.AsSpan(words[3])) is not { } date || ClockTime.Read(line.AsSpan(words[4])) is not { } time
            || Owner(line, words[5..]) is not { } owner)
        {
            return LineMeaning.NotThis;
        }

        var listed = new ListedEntry
        {
            Kind = EntryKind.File,
            Length = number == EditFile ? null : length,
            Modified = date.At(context, time),
            Group = owner.Group,
            Owner = owner.User,
        };
        return listed.Finish(line, line.AsSpan(words[0]), context, out entry);
    }

    /// <summary>"255,10" and "255, 10".</summary>
    private static (string Group, string User)? Owner(string line, ReadOnlySpan<Range> words)
    {
        string text = line[words[0]];
        if (text.EndsWith(',') && words.Length > 1)
        {
            text += line[words[1]];
        }

        int comma = text.IndexOf(',', StringComparison.Ordinal);
        return comma > 0 && ListedNumber.Read(text.AsSpan(0, comma), out _) && ListedNumber.Read(text.AsSpan(comma + 1), out _)
            ? (text[..comma], text[(comma + 1)..])
            : null;
    }
}
