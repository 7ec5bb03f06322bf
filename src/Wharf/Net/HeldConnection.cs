using System.Net;

namespace Wharf.Net;

/// <summary>
/// A connection with bytes put back that were read too far: what came behind the end of a file over a data connection that stays
/// open, or in clear behind the end of TLS. They are received first. It owns the connection.
/// </summary>
internal sealed class HeldConnection(IConnection inner, byte[] unread) : IConnection
{
    private int _used;

    public IPEndPoint Local => inner.Local;

    public IPEndPoint Remote => inner.Remote;

    public bool PeerHasFinished => _used == unread.Length && inner.PeerHasFinished;

    public long UnacknowledgedBytes => inner.UnacknowledgedBytes;

    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_used == unread.Length)
        {
            return inner.ReceiveAsync(into, cancellationToken);
        }

        int count = Math.Min(into.Length, unread.Length - _used);
        unread.AsSpan(_used, count).CopyTo(into.Span);
        _used += count;
        return new(count);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => inner.SendAsync(bytes, cancellationToken);

    public ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken) => inner.SendAsync(pieces, cancellationToken);

    public ValueTask FinishAsync(CancellationToken cancellationToken) => inner.FinishAsync(cancellationToken);

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>A connection with bytes put back before what it would receive next; wrappers that are used up go.</summary>
    public static IConnection With(IConnection connection, ReadOnlyMemory<byte> unread)
    {
        while (connection is HeldConnection { IsUsedUp: true } held)
        {
            connection = held.Inner;
        }

        return unread.IsEmpty ? connection : new HeldConnection(connection, unread.ToArray());
    }

    /// <summary>The connection below.</summary>
    public IConnection Inner => inner;

    private bool IsUsedUp => _used == unread.Length;
}
