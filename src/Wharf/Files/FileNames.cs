using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Wharf.Files;

/// <summary>
/// Names between the wire (bytes) and the program (strings), without loss. UTF-8 is UTF-8 (RFC 2640 section 3.1); a byte
/// that is not part of valid UTF-8 becomes the lone surrogate U+DC80 plus (byte minus 0x80), and goes back to that byte.
/// So every name of a Linux disk has exactly one string, and every such string exactly one name.
/// </summary>
public static class FileNames
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';

    /// <summary>The string for these bytes; never fails and never loses a byte.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out int used) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte bad in bytes[..used])
                {
                    text.Append((char)(FirstEscape + (bad - 0x80)));
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }

    /// <summary>Most bytes <see cref="Encode(ReadOnlySpan{char}, Span{byte})"/> can write for so many characters.</summary>
    public static int MaxByteCount(int charCount) => checked(charCount * 3);

    /// <summary>Writes the bytes of a name; returns their count.</summary>
    /// <param name="name">The text, with escapes as <see cref="Decode"/> makes them.</param>
    /// <param name="into">At least <see cref="MaxByteCount"/> bytes.</param>
    /// <exception cref="FileException"><see cref="FileError.BadName"/>: a surrogate that stands for no byte.</exception>
    public static int Encode(ReadOnlySpan<char> name, Span<byte> into)
    {
        int written = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(name, into[written..], out int read, out int wrote, replaceInvalidSequences: false);
            written += wrote;
            if (status == OperationStatus.Done)
            {
                return written;
            }

            char bad = name[read];
            if (status != OperationStatus.InvalidData || bad is < FirstEscape or > LastEscape)
            {
                throw new FileException(FileError.BadName, name.ToString());
            }

            into[written++] = (byte)(bad - FirstEscape + 0x80);
            name = name[(read + 1)..];
        }
    }

    /// <summary>The bytes of a name, in an array of their own.</summary>
    /// <exception cref="FileException"><see cref="FileError.BadName"/>: a surrogate that stands for no byte.</exception>
    public static byte[] Encode(ReadOnlySpan<char> name)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(MaxByteCount(name.Length) + 1);
        try
        {
            return rented.AsSpan(0, Encode(name, rented)).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Whether a name is text and no more: no escaped byte, no other lone surrogate.</summary>
    public static bool IsText(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Like the name, but fit for a log or a screen: control characters and escaped bytes as \xNN.</summary>
    public static string ForDisplay(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        StringBuilder? text = null;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            bool plain = !char.IsControl(c) && c is not ('\u2028' or '\u2029') && c is < FirstEscape or > LastEscape;
            if (!plain && text is null)
            {
                text = new StringBuilder(name, 0, i, name.Length + 16);
            }

            if (text is not null)
            {
                _ = plain ? text.Append(c)
                    : c is >= FirstEscape and <= LastEscape ? text.Append(FormattableString.Invariant($"\\x{c - FirstEscape + 0x80:X2}"))
                    : text.Append(FormattableString.Invariant($"\\x{(int)c:X2}"));
            }
        }

        return text?.ToString() ?? name;
    }
}
