using System.Buffers;

namespace Wharf.Net.Tls.Portable;

/// <summary>
/// A connection as SslStream wants it. Hands out no byte behind the record it is in (RFC 8446 section 5.1: five bytes of
/// header, the last two the length), so that nothing of what follows close_notify is lost in SslStream's own buffer.
/// </summary>
internal sealed class ConnectionStream(IConnection connection) : Stream
{
    /// <summary>Bytes asked of the connection at once: about two records.</summary>
    private const int BufferBytes = 32 * 1024;

    private const int HeaderBytes = 5;

    private byte[]? _held;
    private int _start;
    private int _end;
    private int _headerSeen;
    private int _bodyLeft;

    /// <summary>Whether the connection itself has come to its end: had close_notify been there, SslStream would not have read on.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What the connection failed with, to be told from what SslStream finds fault with.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether bytes wait here.</summary>
    public bool HoldsBytes => _start < _end;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The bytes behind the last record that was handed out.</summary>
    public byte[] TakeRest()
    {
        byte[] rest = _held.AsSpan(_start, _end - _start).ToArray();
        Release();
        return rest;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!HoldsBytes && !HasEnded)
        {
            try
            {
                await ReceiveAsync(buffer.IsEmpty, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Failure = failure;
                throw;
            }
        }

        return HoldsBytes ? Take(buffer.Span) : 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await connection.SendAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Failure = failure;
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The connection is its owner's.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Release();
        }

        base.Dispose(disposing);
    }

    private async ValueTask ReceiveAsync(bool onlyWaits, CancellationToken cancel)
    {
        // Rented when there is something: a silent connection holds no buffer.
        await connection.ReceiveAsync(Memory<byte>.Empty, cancel).ConfigureAwait(false);
        if (onlyWaits)
        {
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        int count = 0;
        try
        {
            count = await connection.ReceiveAsync(buffer, cancel).ConfigureAwait(false);
            HasEnded = count == 0;
        }
        finally
        {
            if (count == 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        if (count > 0)
        {
            (_held, _start, _end) = (buffer, 0, count);
        }
    }

    private int Take(Span<byte> into)
    {
        var held = _held.AsSpan(_start, _end - _start);
        int count = 0;
        bool recordEnds = false;
        while (count < into.Length && count < held.Length && !recordEnds)
        {
            if (_headerSeen < HeaderBytes)
            {
                byte next = held[count];
                into[count++] = next;
                _bodyLeft = (_bodyLeft << 8 | next) & 0xFFFF;
                recordEnds = ++_headerSeen == HeaderBytes && _bodyLeft == 0;
            }
            else
            {
                int part = Math.Min(_bodyLeft, Math.Min(into.Length, held.Length) - count);
                held.Slice(count, part).CopyTo(into[count..]);
                count += part;
                _bodyLeft -= part;
                recordEnds = _bodyLeft == 0;
            }
        }

        if (recordEnds)
        {
            _headerSeen = 0;
        }

        _start += count;
        if (!HoldsBytes)
        {
            Release();
        }

        return count;
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _held, null) is { } buffer)
        {
            (_start, _end) = (0, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
