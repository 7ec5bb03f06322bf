using System.Buffers;
using System.Text.Unicode;
using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>
/// Names of versions 4 to 6, which are UTF-8 (draft-ietf-secsh-filexfer-05 section 6.2). A byte of a name on the disk that is
/// not UTF-8 goes out as U+DC80 plus (byte minus 0x80), in the three bytes UTF-8 would have for it, and that form is taken
/// back. So every name can be told and asked for. Bytes from a client that are neither are taken as they are.
/// </summary>
internal static class Utf8Names
{
    private const byte First = 0xED;
    private const byte Second = 0xB2;
    private const int FormBytes = 3;

    /// <summary>The name these bytes mean.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return FileNames.Decode(bytes);
        }

        // Back to the bytes of the disk first: a form that spells a valid sequence must not become a second string for one name.
        byte[] raw = ArrayPool<byte>.Shared.Rent(bytes.Length);
        int length = 0;
        for (int at = 0; at < bytes.Length;)
        {
            if (IsForm(bytes[at..]))
            {
                raw[length++] = (byte)(0x80 + ((bytes[at + 1] - Second) << 6) + (bytes[at + 2] - 0x80));
                at += FormBytes;
            }
            else
            {
                raw[length++] = bytes[at++];
            }
        }

        string name = FileNames.Decode(raw.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(raw);
        return name;
    }

    /// <summary>Writes a name; returns its length.</summary>
    /// <param name="name">The text, with escapes as <see cref="FileNames.Decode"/> makes them.</param>
    /// <param name="into">At least <see cref="FileNames.MaxByteCount"/> bytes.</param>
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

            int escaped = name[read] - '\uDC80';
            if (status != OperationStatus.InvalidData || escaped is < 0 or > 0x7F)
            {
                throw new FileException(FileError.BadName, name.ToString());
            }

            into[written++] = First;
            into[written++] = (byte)(Second + (escaped >> 6));
            into[written++] = (byte)(0x80 + (escaped & 0x3F));
            name = name[(read + 1)..];
        }
    }

    private static bool IsForm(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= FormBytes && bytes[0] == First && bytes[1] is (Second or Second + 1) && bytes[2] is >= 0x80 and <= 0xBF;
}
