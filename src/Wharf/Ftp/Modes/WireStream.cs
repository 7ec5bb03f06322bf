using System.Buffers.Binary;
using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>
/// The connection as the stream that the framework's zlib wants, gathering and lending larger pieces than it asks for. It
/// does not own the connection.
/// </summary>
internal sealed class WireStream(IConnection connection) : Stream
{
    private readonly Intake _in = new(connection);
    private readonly Outlet _out = new(connection);
    private bool _abandoned;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes that came over the wire.</summary>
    public long Received { get; private set; }

    /// <summary>The last four of them, in the order of RFC 1950.</summary>
    public uint LastFour { get; private set; }

    /// <summary>From now on nothing is sent any more.</summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Whether anything comes that has not been read yet; waits for the end of the connection.</summary>
    public async ValueTask<bool> ReadRestAsync(CancellationToken cancel) =>
        _in.Count > 0 || await _in.FillAsync(cancel).ConfigureAwait(false);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_in.Count == 0 && !await _in.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _in.Count);
        _in.Span[..count].CopyTo(buffer.Span);
        _in.Take(count);
        Received += count;
        Remember(buffer.Span[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty && !_abandoned)
        {
            await _out.MakeRoomAsync(1, cancellationToken).ConfigureAwait(false);
            var piece = buffer[..Math.Min(buffer.Length, _out.Room)];
            _out.Add(piece.Span);
            buffer = buffer[piece.Length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_abandoned)
        {
            await _out.SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Only ever called when a stream that was given up is disposed.</summary>
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!_abandoned)
        {
            throw new NotSupportedException();
        }
    }

    public override void Flush()
    {
        if (!_abandoned)
        {
            throw new NotSupportedException();
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _in.Dispose();
            _out.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 4)
        {
            LastFour = BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]);
            return;
        }

        foreach (byte b in bytes)
        {
            LastFour = (LastFour << 8) | b;
        }
    }
}
