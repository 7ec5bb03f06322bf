using System.Globalization;
using System.Text;
using Wharf.Files;

namespace Wharf.Cli.Terminals;

/// <summary>How many cells of a terminal text takes: 2 for what East Asian typography makes wide and for emoji, 0 for marks.</summary>
internal static class DisplayWidth
{
    private const int Wide = 2;

    /// <summary>Unicode 14, EastAsianWidth.txt: W and F; unassigned code points between two ranges belong to them.</summary>
    private static readonly (int First, int Last)[] WideRanges =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3),
        (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2648, 0x2653), (0x267F, 0x267F), (0x2693, 0x2693), (0x26A1, 0x26A1),
        (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA),
        (0x26F2, 0x26F3), (0x26F5, 0x26F5), (0x26FA, 0x26FA), (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B),
        (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x2E80, 0x303E),
        (0x3041, 0x3247), (0x3250, 0x4DBF), (0x4E00, 0xA4C6), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAD9),
        (0xFE10, 0xFE19), (0xFE30, 0xFE6B), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x18D08), (0x1AFF0, 0x1B2FB),
        (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F320),
        (0x1F32D, 0x1F335), (0x1F337, 0x1F37C), (0x1F37E, 0x1F393), (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3),
        (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E), (0x1F440, 0x1F440), (0x1F442, 0x1F4FC),
        (0x1F4FF, 0x1F53D), (0x1F54B, 0x1F54E), (0x1F550, 0x1F567), (0x1F57A, 0x1F57A), (0x1F595, 0x1F596),
        (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2),
        (0x1F6D5, 0x1F6DF), (0x1F6EB, 0x1F6EC), (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7F0), (0x1F90C, 0x1F93A),
        (0x1F93C, 0x1F945), (0x1F947, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
    ];

    /// <summary>Cells of one character; 0 for a control character, which nobody should write.</summary>
    public static int Of(Rune rune)
    {
        int value = rune.Value;
        if (value < 0x300)
        {
            // The soft hyphen is a mark by its category, and a hyphen on every terminal.
            return value is < 0x20 or (>= 0x7F and < 0xA0) ? 0 : 1;
        }

        // Vowels and final consonants of Hangul stand in the cell of the syllable they belong to.
        return value is >= 0x1160 and <= 0x11FF || IsMark(Rune.GetUnicodeCategory(rune)) ? 0 : IsWide(value) ? Wide : 1;
    }

    /// <summary>Cells of text as it is; escapes of colours count nothing.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        int cells = 0;
        while (!text.IsEmpty)
        {
            int escape = EscapeLength(text);
            if (escape > 0)
            {
                text = text[escape..];
                continue;
            }

            // A lone surrogate is drawn as one sign of replacement.
            cells += Rune.DecodeFromUtf16(text, out var rune, out int used) == System.Buffers.OperationStatus.Done ? Of(rune) : 1;
            text = text[used..];
        }

        return cells;
    }

    /// <summary>Cells of a name as <see cref="FileNames.ForDisplay"/> shows it.</summary>
    public static int OfName(string name) => Of(FileNames.ForDisplay(name));

    /// <summary>Characters of the control sequence (ECMA-48 section 5.4) this text begins with; 0 if none.</summary>
    public static int EscapeLength(ReadOnlySpan<char> text)
    {
        if (text is not ['\e', '[', ..])
        {
            return 0;
        }

        int end = text[2..].IndexOfAnyInRange('@', '~');
        return end < 0 ? 0 : end + 3;
    }

    private static bool IsMark(UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    private static bool IsWide(int value)
    {
        int low = 0, high = WideRanges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (value < WideRanges[middle].First)
            {
                high = middle - 1;
            }
            else if (value > WideRanges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }
}
