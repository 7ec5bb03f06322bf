using System.Buffers;
using System.Buffers.Text;
using Wharf.Files;

namespace Wharf.Ftp.Listings;

/// <summary>
/// Where listing lines are written: one rented array that grows, numbers and names straight as bytes. What it holds is sent and
/// then cleared, so that a million lines cost one buffer.
/// </summary>
internal sealed class LineBuffer : IDisposable
{
    /// <summary>Room for a piece and one more line: the longest path, thrice (UTF-8), and its facts.</summary>
    private const int FirstCapacity = 80 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstCapacity);

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What is written; valid until <see cref="Clear"/> or the next write.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets what was written beyond that length.</summary>
    public void Cut(int length) => Length = length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    public void Write(byte b)
    {
        Room(1)[0] = b;
        Length++;
    }

    /// <summary>A name as its bytes (<see cref="FileNames"/>). False where no bytes stand for it; nothing is written then.</summary>
    public bool Name(string name)
    {
        var room = Room(FileNames.MaxByteCount(name.Length));
        try
        {
            Length += FileNames.Encode(name, room);
            return true;
        }
        catch (FileException)
        {
            return false;
        }
    }

    /// <summary>A number of 0 or more, padded on the left with spaces.</summary>
    public void Right(long value, int width)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out int count);
        for (int i = count; i < width; i++)
        {
            Write((byte)' ');
        }

        Write(digits[..count]);
    }

    /// <summary>A number of 0 or more, padded on the right with spaces.</summary>
    public void Left(long value, int width)
    {
        int before = Length;
        Right(value, 0);
        while (Length - before < width)
        {
            Write((byte)' ');
        }
    }

    /// <summary>A number as exactly so many decimal digits; higher ones are dropped.</summary>
    public void Digits(int value, int count)
    {
        var room = Room(count)[..count];
        for (int i = count - 1; i >= 0; i--)
        {
            room[i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        Length += count;
    }

    /// <summary>A number in hexadecimal, without leading zeros.</summary>
    public void Hex(ulong value)
    {
        Span<byte> digits = stackalloc byte[16];
        _ = Utf8Formatter.TryFormat(value, digits, out int count, 'x');
        Write(digits[..count]);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + count));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }
}
