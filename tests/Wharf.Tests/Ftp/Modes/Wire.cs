using System.Net;
using Wharf.Net;

namespace Wharf.Tests.Ftp.Modes;

/// <summary>Takes exactly as many bytes from a connection as a test asks for, so that what belongs to the next file stays there.</summary>
internal sealed class Wire(IConnection connection, CancellationToken cancel)
{
    public async Task<byte[]> BytesAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int got = await connection.ReceiveAsync(bytes.AsMemory(have), cancel);
            have += got > 0 ? got : throw new EndOfStreamException($"The connection ended after {have} of {count} bytes.");
        }

        return bytes;
    }

    public async Task<byte> ByteAsync() => (await BytesAsync(1))[0];
}

/// <summary>A connection without a peer: gives out bytes in pieces of a fixed size, and keeps what is sent.</summary>
internal sealed class ByteConnection(byte[] incoming, int piece) : IConnection
{
    private readonly MemoryStream _sent = new();
    private int _given;

    public IPEndPoint Local { get; } = new(IPAddress.Loopback, 1);

    public IPEndPoint Remote { get; } = new(IPAddress.Loopback, 2);

    public bool PeerHasFinished => _given == incoming.Length;

    public byte[] Sent => _sent.ToArray();

    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        int count = Math.Min(Math.Min(piece, into.Length), incoming.Length - _given);
        incoming.AsMemory(_given, count).CopyTo(into);
        _given += count;
        return new(count);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _sent.Write(bytes.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask FinishAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Abort()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
