using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Wharf.Net;

/// <summary>A TCP connection. Holds no buffer of its own, so that thousands may be silent at little cost.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>Most unread bytes that closing reads away; a peer that has more waiting gets a reset.</summary>
    private const int DrainBytes = 64 * 1024;

    /// <summary>Set in <see cref="_uses"/> once the socket shall be closed.</summary>
    private const int Closing = 1 << 30;

    private readonly Socket _socket;
    private readonly Pump? _pump;

    /// <summary>
    /// How many callers are in a raw system call with our descriptor, and <see cref="Closing"/>. The descriptor is closed by
    /// the last to leave, so that its number is never given to another file while one of them still uses it.
    /// </summary>
    private int _uses;
    private bool _aborted;

    /// <summary>Takes over a connected socket. Throws <see cref="SocketException"/> where the peer is gone already.</summary>
    /// <param name="socket">Owned from now on, also when this throws.</param>
    /// <param name="options">What is set on it.</param>
    /// <param name="pump">Carries its transfers; null where the system has no kernel path.</param>
    /// <param name="waits">By which it was connected; null where nothing was waited for yet.</param>
    public TcpConnection(Socket socket, TcpOptions options, Pump? pump, SocketWaits? waits = null)
    {
        _socket = socket;
        _pump = pump;
        Local = Unmapped((IPEndPoint)socket.LocalEndPoint!);
        Remote = Unmapped((IPEndPoint)socket.RemoteEndPoint!);
        socket.NoDelay = true;
        if (options.KeepAlive)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        }

        if (options.UrgentInline)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.OutOfBandInline, true);
        }

        if (options.LendsSockets && LinuxSockets.AreHere && pump is not null)
        {
            _waits = waits ?? SocketWatch.Shared?.Add((int)socket.SafeHandle.DangerousGetHandle());
        }
    }

    /// <inheritdoc/>
    public IPEndPoint Local { get; }

    /// <inheritdoc/>
    public IPEndPoint Remote { get; }

    /// <inheritdoc/>
    public bool PeerHasFinished
    {
        get
        {
            if (!TryUse())
            {
                return true;
            }

            try
            {
                // Poll says "readable" for data, for the end and for an error; only data makes Available positive.
                return _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;
            }
            catch (SocketException)
            {
                return true;
            }
            finally
            {
                EndUse();
            }
        }
    }

    /// <inheritdoc/>
    public long UnacknowledgedBytes
    {
        get
        {
            if (!LinuxSockets.AreHere || !TryUse())
            {
                return 0;
            }

            try
            {
                return LinuxSockets.Unacknowledged((int)_socket.SafeHandle.DangerousGetHandle());
            }
            finally
            {
                EndUse();
            }
        }
    }

    /// <summary>IPv4-mapped addresses as IPv4; what is known of a client must not depend on how we listen.</summary>
    public static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) => LinuxSockets.AreHere && _waits is { } waits
        ? ReceiveAsync(waits, into, cancellationToken)
        : ReceiveByRuntimeAsync(into, cancellationToken);

    private async ValueTask<int> ReceiveByRuntimeAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(into, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            throw Broken(failed);
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => LinuxSockets.AreHere && _waits is { } waits
        ? SendAsync(waits, [bytes], cancellationToken)
        : SendByRuntimeAsync(bytes, cancellationToken);

    private async ValueTask SendByRuntimeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
            }
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            throw Broken(failed);
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return LinuxSockets.AreHere && _waits is { } waits ? SendAsync(waits, pieces, cancellationToken)
            : pieces.Count == 1 ? SendByRuntimeAsync(pieces[0], cancellationToken)
            : SendByRuntimeAsync(pieces, cancellationToken);
    }

    private async ValueTask SendByRuntimeAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {

        var segments = new ArraySegment<byte>[pieces.Count];
        for (int i = 0; i < segments.Length; i++)
        {
            if (!MemoryMarshal.TryGetArray(pieces[i], out segments[i]))
            {
                segments[i] = pieces[i].ToArray();
            }
        }

        // This call cannot be cancelled; to be aborted is what a cancelled send comes to anyway.
        using var registration = cancellationToken.UnsafeRegister(static state => ((TcpConnection)state!).Abort(), this);
        try
        {
            await _socket.SendAsync(segments, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Broken(failed);
        }
    }

    /// <inheritdoc/>
    public ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            throw Broken(failed);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Abort() => Close(abort: true);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close(abort: false);
        return ValueTask.CompletedTask;
    }

    /// <summary>The descriptor, which stays open until <see cref="EndBorrow"/>; false where it is closed or closing.</summary>
    internal bool TryBorrow(out int socket)
    {
        bool borrowed = TryUse();
        socket = borrowed ? (int)_socket.SafeHandle.DangerousGetHandle() : -1;
        return borrowed;
    }

    /// <summary>From now on no call on the descriptor waits.</summary>
    internal void StopBlocking() => _socket.Blocking = false;

    /// <summary>Ends what <see cref="TryBorrow"/> began.</summary>
    internal void EndBorrow() => EndUse();

    private bool IsClosing => (Volatile.Read(ref _uses) & Closing) != 0;

    private bool TryUse()
    {
        while (true)
        {
            int uses = Volatile.Read(ref _uses);
            if ((uses & Closing) != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _uses, uses + 1, uses) == uses)
            {
                return true;
            }
        }
    }

    private void EndUse()
    {
        if (Interlocked.Decrement(ref _uses) == Closing)
        {
            CloseSocket();
        }
    }

    private void Close(bool abort)
    {
        if (abort)
        {
            Volatile.Write(ref _aborted, true);
        }

        if (LinuxSockets.AreHere)
        {
            // First: once it is marked, the last user may close the descriptor, which must not be waited for any more then.
            _waits?.Close();
        }

        int before = Interlocked.Or(ref _uses, Closing);
        if (LinuxSockets.AreHere)
        {
            // Once more, for waits that WaitByWatch made possible meanwhile.
            _waits?.Close();
        }

        if (before == 0)
        {
            CloseSocket();
        }
        else if ((before & Closing) == 0 && LinuxSockets.AreHere)
        {
            // The last user closes it; let it be soon.
            Volatile.Read(ref _sending)?.Stop();
            Volatile.Read(ref _receiving)?.Stop();
            Volatile.Read(ref _pumped)?.Stop();
        }
    }

    private void CloseSocket()
    {
        if (Volatile.Read(ref _aborted))
        {
            // A time-out of zero is SO_LINGER 0: RST, and what was not sent is thrown away.
            _socket.Close(0);
            return;
        }

        DrainWaiting();
        _socket.Dispose();
    }

    /// <summary>
    /// Reads away what waits unread, since closing a socket with unread bytes sends a reset, and a reset can overtake what
    /// we sent last (RFC 1122 section 4.2.2.13). What arrives later still does that; who must be sure says
    /// <see cref="LastWords.CloseAsync(IConnection, TimeSpan, TimeProvider)"/>.
    /// </summary>
    private void DrainWaiting()
    {
        Span<byte> away = stackalloc byte[4096];
        try
        {
            for (int drained = 0; drained < DrainBytes && _socket.Available > 0;)
            {
                drained += _socket.Receive(away);
            }
        }
        catch (SocketException)
        {
            // Reset by the peer: nothing is left to protect.
        }
    }

    private IOException Broken(Exception cause) => new(
        cause is ObjectDisposedException || Volatile.Read(ref _aborted) ? "The connection was closed here." : $"The connection broke: {cause.Message}",
        cause);
}
