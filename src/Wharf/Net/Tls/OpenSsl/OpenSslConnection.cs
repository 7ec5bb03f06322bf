using System.Buffers;
using System.Net;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>
/// TLS by libssl over any connection. libssl never waits here: what it wants to receive is received first, what it sealed is sent
/// behind. While nothing goes it holds no buffer, neither ours nor its own.
/// </summary>
internal sealed partial class OpenSslConnection : ITlsConnection
{
    /// <summary>Plain bytes sealed before they are sent: 16 full records in one system call (performance.md section 4).</summary>
    private const int SealBytes = 256 * 1024;

    /// <summary>What 16 records have besides: 5 bytes of header, 16 of tag, 8 of nonce in TLS 1.2 or a type byte in 1.3, and alerts.</summary>
    private const int SealOverhead = 2 * 1024;

    /// <summary>Received at once, of a control connection.</summary>
    private const int ReceiveBytes = 16 * 1024;

    /// <summary>Received at once, of a data connection; otherwise libssl makes two system calls for each record.</summary>
    private const int DataReceiveBytes = 128 * 1024;

    /// <summary>Bytes inside TLS that are thrown away while the peer's close_notify is awaited.</summary>
    private const int MostLostBytes = 64 * 1024;

    private readonly IConnection _below;
    private readonly SslHandle _ssl;
    private readonly SealedBytes _bytes;
    private readonly bool _isData;
    private readonly bool _requiresCloseNotify;
    private readonly KernelEnd? _direct;

    /// <summary>libssl's objects are for one thread at a time; held during its calls, never while anything is waited for.</summary>
    private readonly Lock _gate = new();

    private TlsFacts? _facts;
    private int _receiving;
    private bool _unwrapped;
    private bool _isAborted;

    /// <summary>Takes over the SSL object; the connection below only after a successful handshake.</summary>
    public OpenSslConnection(IConnection below, SslHandle ssl, SealedBytes bytes, bool isData, bool requiresCloseNotify, KernelEnd? direct = null)
    {
        _below = below;
        _ssl = ssl;
        _bytes = bytes;
        _isData = isData;
        _requiresCloseNotify = requiresCloseNotify;
        _direct = direct;
        if (isData && below is TcpConnection tcp)
        {
            // The handshake would leave the socket with the runtime's engine, which wakes threads for everything an upload brings.
            tcp.WaitByWatch();
        }
    }

    /// <inheritdoc/>
    public TlsFacts Facts => _facts ?? throw new InvalidOperationException("Before the handshake.");

    /// <inheritdoc/>
    public IPEndPoint Local => _below.Local;

    /// <inheritdoc/>
    public IPEndPoint Remote => _below.Remote;

    /// <inheritdoc/>
    public long UnacknowledgedBytes => _below.UnacknowledgedBytes;

    /// <inheritdoc/>
    public bool PeerHasFinished
    {
        get
        {
            lock (_gate)
            {
                if (_ssl.IsClosed)
                {
                    return true;
                }

                if (Volatile.Read(ref _receiving) == 0 && !_bytes.HasReceived && !_bytes.HasEnded)
                {
                    LookBelow();
                }

                return (LibSsl.ShutdownState(_ssl) & LibSsl.ReceivedShutdown) != 0
                    || (!_bytes.HasReceived && LibSsl.HasPending(_ssl) == 0 && (_bytes.HasEnded || _below.PeerHasFinished));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _receiving, 1);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = TryReceive(into.Span);
                if (count >= 0)
                {
                    return count;
                }

                await FillAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _receiving, 0);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Seal(bytes.Span);
            bytes = bytes[count..];
            if (count == 0)
            {
                await RoomAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        bool peerHasEnded = false;
        try
        {
            while (!TrySayCloseNotify(out peerHasEnded))
            {
                await RoomAsync(cancellationToken).ConfigureAwait(false);
            }

            await FlushAsync(cancellationToken).ConfigureAwait(false);
            await _below.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (peerHasEnded)
        {
            // The peer said all it had to say and is gone: nobody is left whom our end could tell anything.
        }
    }

    /// <inheritdoc/>
    public void RenewTicket()
    {
        lock (_gate)
        {
            if (_ssl.IsClosed || Facts.Protocol != "TLSv1.3")
            {
                return;
            }

            // It is sealed at once, and goes with what is sent next.
            LibSsl.ClearErrors();
            if (LibSsl.NewTicket(_ssl) == 1)
            {
                _ = LibSsl.DoHandshake(_ssl);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IConnection> UnwrapAsync(CancellationToken cancellationToken)
    {
        _ = TrySayCloseNotify(out _);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        byte[] lost = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        try
        {
            int total = 0;
            while (await ReceiveAsync(lost, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                total += count;
                if (total > MostLostBytes)
                {
                    throw new IOException("The peer goes on inside TLS instead of ending it.");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lost, clearArray: true);
        }

        byte[] first;
        lock (_gate)
        {
            if ((LibSsl.ShutdownState(_ssl) & LibSsl.ReceivedShutdown) == 0)
            {
                throw new IOException("The connection ended without close_notify.");
            }

            first = _bytes.TakeReceived();
            _unwrapped = true;
        }

        Free();
        return HeldConnection.With(_below, first);
    }

    /// <inheritdoc/>
    public void Abort()
    {
        lock (_gate)
        {
            // libssl must not send any more where it has the socket, since the number may be another file's soon.
            _isAborted = true;
            _direct?.Dispose();
        }

        _below.Abort();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_unwrapped)
        {
            return;
        }

        // First below: whoever waits there is woken and finds the end.
        await _below.DisposeAsync().ConfigureAwait(false);
        Free();
    }

    /// <summary>Has another connection's handshake offer the session of this one.</summary>
    public void OfferSession(SslHandle other)
    {
        nint session;
        lock (_gate)
        {
            session = _ssl.IsClosed ? 0 : LibSsl.Session(_ssl);
        }

        if (session != 0)
        {
            _ = LibSsl.SetSession(other, session);
            LibSsl.FreeSession(session);
        }
    }

    /// <summary>Bytes inside TLS: how many, 0 for the end, -1 where more must be received first. Nothing is taken into an empty buffer.</summary>
    private unsafe int TryReceive(Span<byte> into)
    {
        lock (_gate)
        {
            Use();
            byte peeked;
            int count;
            int unsent = _bytes.SealedCount;
            LibSsl.ClearErrors();
            if (into.IsEmpty)
            {
                count = LibSsl.Peek(_ssl, &peeked, 1);
            }
            else
            {
                fixed (byte* bytes = into)
                {
                    count = LibSsl.Read(_ssl, bytes, into.Length);
                }
            }

            // libssl refuses to renegotiate with a warning that nobody would send, and the client would wait for ever. In TLS 1.2 a
            // server has no other reason to seal something here.
            if (_bytes.Server is not null && _bytes.SealedCount > unsent && _facts is { Protocol: "TLSv1.2" })
            {
                throw new IOException("The client asked to renegotiate TLS.");
            }

            return count <= 0 ? EndOrMore(count) : into.IsEmpty ? 0 : count;
        }
    }

    /// <summary>What an answer of SSL_read that brought nothing means: 0 for the end, -1 for more.</summary>
    private int EndOrMore(int answer)
    {
        switch (LibSsl.ErrorOf(_ssl, answer))
        {
            case LibSsl.WantRead or LibSsl.WantWrite:
                return -1;
            case LibSsl.ZeroReturn:
                return 0;
        }

        string reason = LibSsl.Reason();
        if (_bytes.Failure is { } failure)
        {
            throw failure as IOException ?? new IOException(failure.Message, failure);
        }

        if (!_bytes.HasEnded)
        {
            throw new IOException($"TLS was broken: {reason}.");
        }

        if (LibSsl.IsWithinRecord(_ssl))
        {
            throw new IOException("The connection ended in the midst of a TLS record.");
        }

        return _requiresCloseNotify ? throw new IOException("The connection ended without close_notify.") : 0;
    }

    /// <summary>Seals as much as goes in one piece; how much. 0 where libssl sends by itself and the socket takes no more: then the same bytes come again.</summary>
    private unsafe int Seal(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Use();
            int most = Math.Min(bytes.Length, SealBytes);
            if (_direct is null)
            {
                _bytes.Reserve(most + SealOverhead);
            }

            LibSsl.ClearErrors();
            fixed (byte* first = bytes)
            {
                int count = LibSsl.Write(_ssl, first, most);
                return count > 0 ? count
                    : LibSsl.ErrorOf(_ssl, count) == LibSsl.WantWrite ? 0
                    : throw new IOException($"TLS was broken: {LibSsl.Reason()}.");
            }
        }
    }

    /// <summary>Says close_notify, unless that was done. False where the socket takes no more.</summary>
    /// <param name="peerHasEnded">Whether the peer has said its own, or is gone.</param>
    private bool TrySayCloseNotify(out bool peerHasEnded)
    {
        lock (_gate)
        {
            Use();
            LibSsl.ClearErrors();
            int answer = LibSsl.Shutdown(_ssl);
            peerHasEnded = _bytes.HasEnded || (LibSsl.ShutdownState(_ssl) & LibSsl.ReceivedShutdown) != 0;
            return answer >= 0 || LibSsl.ErrorOf(_ssl, answer) != LibSsl.WantWrite;
        }
    }

    /// <summary>Sends what is sealed.</summary>
    private async Task FlushAsync(CancellationToken cancel)
    {
        while (true)
        {
            byte[]? rented;
            ReadOnlyMemory<byte> bytes;
            lock (_gate)
            {
                rented = _bytes.TakeSealed(out bytes);
            }

            if (rented is null)
            {
                return;
            }

            try
            {
                await _below.SendAsync(bytes, cancel).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Receives what libssl can open next. Waits without a buffer.</summary>
    private async ValueTask FillAsync(CancellationToken cancel)
    {
        _ = await _below.ReceiveAsync(Memory<byte>.Empty, cancel).ConfigureAwait(false);
        byte[] rented = ArrayPool<byte>.Shared.Rent(_isData ? DataReceiveBytes : ReceiveBytes);
        int count;
        try
        {
            count = await _below.ReceiveAsync(rented, cancel).ConfigureAwait(false);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }

        lock (_gate)
        {
            _bytes.Receive(rented, count);
        }
    }

    /// <summary>Lets libssl see what already lies in the socket, so that a close_notify there is known of.</summary>
    private unsafe void LookBelow()
    {
        if (!LinuxSockets.AreHere || _below is not TcpConnection tcp || !tcp.TryBorrow(out int socket))
        {
            return;
        }

        try
        {
            byte peeked;
            _bytes.Socket = socket;
            LibSsl.ClearErrors();
            _ = LibSsl.Peek(_ssl, &peeked, 1);
            LibSsl.ClearErrors();
        }
        finally
        {
            _bytes.Socket = -1;
            tcp.EndBorrow();
        }
    }

    private void Use()
    {
        if (_isAborted || _ssl.IsClosed)
        {
            throw new IOException("The connection was closed here.");
        }
    }

    private void Free()
    {
        lock (_gate)
        {
            _ssl.Dispose();
            _bytes.Dispose();
            _direct?.Dispose();
        }
    }
}
