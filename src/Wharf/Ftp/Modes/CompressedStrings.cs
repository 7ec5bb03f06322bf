using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wharf.Ftp.Modes;

/// <summary>The three kinds of strings of RFC 959 section 3.4.3.</summary>
internal static class CompressedStrings
{
    /// <summary>A byte string of no bytes: the escape.</summary>
    public const byte Escape = 0;

    /// <summary>The two high bits of a replicated byte; the byte itself follows.</summary>
    public const byte Replicated = 0x80;

    /// <summary>The two high bits of a filler string.</summary>
    public const byte FillerString = 0xC0;

    /// <summary>Longest byte string.</summary>
    public const int LongestString = 127;

    /// <summary>Longest run of one byte.</summary>
    public const int LongestRun = 63;

    /// <summary>Bytes encoded at a time.</summary>
    public const int PieceBytes = 32 * 1024;

    /// <summary>A run of filler takes one byte and may cost another for the byte string behind it: it pays from 3 bytes on.</summary>
    private const int ShortestFiller = 3;

    /// <summary>A run of another byte takes two, and the same: it pays from 4 on.</summary>
    private const int ShortestRun = 4;

    /// <summary>Most bytes that <see cref="Encode"/> makes of so many: one more for each 127, and one for the last.</summary>
    public static int MostBytes(int count) => count + (count / LongestString) + 2;

    /// <summary>Encodes bytes; returns the length of the result. No byte string of it is empty.</summary>
    /// <param name="bytes">The data.</param>
    /// <param name="filler">The type's filler.</param>
    /// <param name="into">At least <see cref="MostBytes"/> of it.</param>
    public static int Encode(ReadOnlySpan<byte> bytes, byte filler, Span<byte> into)
    {
        int length = 0;
        int searched = 0;
        while (searched < bytes.Length)
        {
            int start = FindThree(bytes, searched);
            if (start < 0)
            {
                break;
            }

            byte value = bytes[start];
            int end = bytes[start..].IndexOfAnyExcept(value) is >= 0 and var run ? start + run : bytes.Length;
            if (end - start < (value == filler ? ShortestFiller : ShortestRun))
            {
                searched = end;
                continue;
            }

            length += Plain(bytes[..start], into[length..]);
            length += Run(end - start, value, filler, into[length..]);
            bytes = bytes[end..];
            searched = 0;
        }

        return length + Plain(bytes, into[length..]);
    }

    private static int Plain(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        int length = 0;
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, LongestString);
            into[length] = (byte)count;
            bytes[..count].CopyTo(into[(length + 1)..]);
            length += count + 1;
            bytes = bytes[count..];
        }

        return length;
    }

    private static int Run(int count, byte value, byte filler, Span<byte> into)
    {
        int length = 0;
        while (count > 0)
        {
            int piece = Math.Min(count, LongestRun);
            if (value == filler)
            {
                into[length++] = (byte)(FillerString | piece);
            }
            else
            {
                into[length++] = (byte)(Replicated | piece);
                into[length++] = value;
            }

            count -= piece;
        }

        return length;
    }

    /// <summary>Where, from an index on, three equal bytes begin; -1 for nowhere.</summary>
    private static int FindThree(ReadOnlySpan<byte> bytes, int from)
    {
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        int i = from;
        for (; i <= bytes.Length - Vector256<byte>.Count - 2; i += Vector256<byte>.Count)
        {
            var here = Vector256.LoadUnsafe(ref first, (nuint)i);
            var second = Vector256.LoadUnsafe(ref first, (nuint)i + 1);
            var third = Vector256.LoadUnsafe(ref first, (nuint)i + 2);
            uint equal = (Vector256.Equals(here, second) & Vector256.Equals(second, third)).ExtractMostSignificantBits();
            if (equal != 0)
            {
                return i + BitOperations.TrailingZeroCount(equal);
            }
        }

        for (; i < bytes.Length - 2; i++)
        {
            if (bytes[i] == bytes[i + 1] && bytes[i] == bytes[i + 2])
            {
                return i;
            }
        }

        return -1;
    }
}
