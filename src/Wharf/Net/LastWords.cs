using System.Buffers;

namespace Wharf.Net;

/// <summary>Ends a connection so that what was sent last arrives.</summary>
public static class LastWords
{
    private const int MostBytes = 1 << 20;

    /// <summary>
    /// Ends our direction, reads away what the peer still sends until it ends its own, for a bounded time and up to 1 MiB, and
    /// disposes the connection. Without this a command that crosses our last reply makes the kernel send a reset, and the peer
    /// may lose the reply (RFC 1122 section 4.2.2.13).
    /// </summary>
    /// <param name="connection">Disposed at the end.</param>
    /// <param name="patience">Longest wait for the peer.</param>
    /// <param name="clock">Measures it.</param>
    public static ValueTask CloseAsync(this IConnection connection, TimeSpan patience, TimeProvider clock) =>
        CloseAsync(connection, patience, MostBytes, clock);

    /// <summary>As <see cref="CloseAsync(IConnection, TimeSpan, TimeProvider)"/>, up to another number of bytes.</summary>
    internal static async ValueTask CloseAsync(this IConnection connection, TimeSpan patience, long mostBytes, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(connection);
        try
        {
            using var patienceEnds = new CancellationTokenSource(patience, clock);
            await connection.FinishAsync(patienceEnds.Token).ConfigureAwait(false);
            await ReadAwayAsync(connection, mostBytes, patienceEnds.Token).ConfigureAwait(false);
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // The peer is gone or does not leave; either way we have waited as long as is polite.
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="CloseAsync(IConnection, TimeSpan, TimeProvider)"/>, for a connection whose direction we have ended already.</summary>
    internal static async ValueTask DrainAsync(this IConnection connection, TimeSpan patience, TimeProvider clock)
    {
        try
        {
            using var patienceEnds = new CancellationTokenSource(patience, clock);
            await ReadAwayAsync(connection, MostBytes, patienceEnds.Token).ConfigureAwait(false);
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // As above.
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask ReadAwayAsync(IConnection connection, long mostBytes, CancellationToken cancel)
    {
        byte[] away = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            for (long drained = 0; drained < mostBytes;)
            {
                int count = await connection.ReceiveAsync(away, cancel).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                drained += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(away);
        }
    }
}
