using System.Globalization;

namespace Wharf.Ftp.Commands;

/// <summary>Numbers in arguments: decimal digits alone, no sign, no spaces, below 2^63.</summary>
internal static class Number
{
    public static long? Parse(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
