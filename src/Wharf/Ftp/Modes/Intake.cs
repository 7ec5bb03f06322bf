using System.Buffers;
using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>Received bytes that wait to be understood. It does not own the connection; disposing returns its buffer.</summary>
internal sealed class Intake(IConnection connection) : IDisposable
{
    /// <summary>Bytes received at a time; the socket seldom has more at once.</summary>
    private const int BufferBytes = 128 * 1024;

    private byte[]? _buffer;
    private int _from;
    private int _to;

    /// <summary>What is here; valid until the next fill.</summary>
    public ReadOnlySpan<byte> Span => _buffer.AsSpan(_from, _to - _from);

    /// <summary>As <see cref="Span"/>, to be kept across an await.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(_from, _to - _from);

    /// <summary>Bytes that are here.</summary>
    public int Count => _to - _from;

    /// <summary>Uses bytes up.</summary>
    public void Take(int count) => _from += count;

    /// <summary>The next byte; there must be one.</summary>
    public byte TakeByte() => _buffer![_from++];

    /// <summary>Waits for more bytes behind those that are here; false when the peer has ended its direction.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        if (_from > 0)
        {
            Span.CopyTo(_buffer);
            _to -= _from;
            _from = 0;
        }

        int count = await connection.ReceiveAsync(_buffer.AsMemory(_to), cancel).ConfigureAwait(false);
        _to += count;
        return count > 0;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _from = _to = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
