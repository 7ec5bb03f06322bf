using System.Globalization;

namespace Wharf.Ftp.Commands;

/// <summary>Numbers in arguments: decimal digits alone, no sign, no spaces, below 2^63.</summary>
internal static class Number
{
    public static long? Parse(ReadOnlySpan<char> text) =>
        // TryParse overlooks NULs at the end.
        !text.ContainsAnyExceptInRange('0', '9') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
