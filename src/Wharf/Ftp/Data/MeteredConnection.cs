using System.Net;
using Wharf.Net;

namespace Wharf.Ftp.Data;

/// <summary>
/// A data connection whose bytes are counted as they go, so that a stalled transfer can be told from a slow one. Sends go in
/// pieces for that reason. It owns nothing.
/// </summary>
internal sealed class MeteredConnection(IConnection inner, ByteMeter meter) : IConnection
{
    /// <summary>Bytes per piece: at 1 KiB/s one piece still moves within <see cref="FtpLimits.DataStall"/>.</summary>
    private const int PieceBytes = 64 * 1024;

    public IPEndPoint Local => inner.Local;

    public IPEndPoint Remote => inner.Remote;

    public bool PeerHasFinished => inner.PeerHasFinished;

    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        int count = await inner.ReceiveAsync(into, cancellationToken).ConfigureAwait(false);
        meter.Add(count);
        return count;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, PieceBytes)];
            await inner.SendAsync(piece, cancellationToken).ConfigureAwait(false);
            meter.Add(piece.Length);
            bytes = bytes[piece.Length..];
        }
    }

    public ValueTask FinishAsync(CancellationToken cancellationToken) => inner.FinishAsync(cancellationToken);

    public void Abort() => inner.Abort();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
