using System.Buffers;
using Wharf.Files;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Client;

/// <summary>The lines of a listing as they come over a data connection. LF ends one; a CR before it is not taken away here.</summary>
internal sealed class LineReader(ModeReader wire) : IDisposable
{
    /// <summary>Longest line, bytes; what is longer is cut into lines that nobody will understand.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _partial = new();
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
    private int _from;
    private int _to;
    private bool _ended;

    /// <summary>Bytes that came.</summary>
    public long Received { get; private set; }

    /// <summary>Whether the data ended without a byte.</summary>
    public bool IsEmpty => _ended && Received == 0;

    /// <summary>The next line of what is here; null where more must be received.</summary>
    public string? Take()
    {
        var here = _buffer.AsSpan(_from, _to - _from);
        int end = here.IndexOf((byte)'\n');
        if (end < 0 && _partial.WrittenCount + here.Length < LongestLine)
        {
            _partial.Write(here);
            _from = _to;
            if (!_ended || _partial.WrittenCount == 0)
            {
                return null;
            }
        }
        else
        {
            end = end < 0 ? here.Length : end;
            _partial.Write(here[..end]);
            _from += Math.Min(end + 1, here.Length);
        }

        string line = FileNames.Decode(_partial.WrittenSpan);
        _partial.ResetWrittenCount();
        return line;
    }

    /// <summary>Receives more; false behind the end, when <see cref="Take"/> has said null once more.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_ended)
        {
            return false;
        }

        var read = await wire.ReadAsync(_buffer, cancel).ConfigureAwait(false);
        (_from, _to, _ended) = (0, read.Count, read.EndOfFile);
        Received += read.Count;
        return true;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
