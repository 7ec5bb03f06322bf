using System.Net;

namespace Wharf.Net.Tls;

/// <summary>A connection that goes on in clear after TLS, with bytes that were read together with the last record.</summary>
internal sealed class ClearConnection(IConnection connection, ReadOnlyMemory<byte> first) : IConnection
{
    private ReadOnlyMemory<byte> _first = first;

    public IPEndPoint Local => connection.Local;

    public IPEndPoint Remote => connection.Remote;

    public bool PeerHasFinished => _first.IsEmpty && connection.PeerHasFinished;

    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_first.IsEmpty)
        {
            return connection.ReceiveAsync(into, cancellationToken);
        }

        int count = Math.Min(into.Length, _first.Length);
        _first[..count].CopyTo(into);
        _first = _first[count..];
        return ValueTask.FromResult(count);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => connection.SendAsync(bytes, cancellationToken);

    public ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken) => connection.SendAsync(pieces, cancellationToken);

    public ValueTask FinishAsync(CancellationToken cancellationToken) => connection.FinishAsync(cancellationToken);

    public void Abort() => connection.Abort();

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
