using System.Net;
using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>One direction of a connection with something between; the rest of it is the inner one's. It owns nothing.</summary>
internal abstract class HalfConnection(IConnection inner) : IConnection
{
    public IPEndPoint Local => inner.Local;

    public IPEndPoint Remote => inner.Remote;

    public bool PeerHasFinished => inner.PeerHasFinished;

    public virtual ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public virtual ValueTask FinishAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
