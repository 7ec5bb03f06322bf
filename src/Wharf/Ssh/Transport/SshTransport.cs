using Wharf.Accounts;
using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <summary>
/// The SSH transport, RFC 4253, of either role: version exchange, packets, key exchanges. A rekey is invisible above. One loop
/// reads; anyone may send.
/// </summary>
/// <param name="connection">Owned by the caller, who ends it after <see cref="RunAsync"/>.</param>
/// <param name="role">What differs between server and client.</param>
/// <param name="algorithms">What may be negotiated.</param>
/// <param name="limits">Bounds.</param>
/// <param name="clock">For the age of keys and the time an exchange takes.</param>
internal sealed partial class SshTransport(
    IConnection connection, TransportRole role, SshAlgorithms algorithms, SshLimits limits, TimeProvider clock)
    : IPumpTurns, IDisposable
{
    /// <summary>Bytes of one round of the loop from which on a thread of its own pays.</summary>
    private const long BulkBytes = 32 * 1024;

    /// <summary>Longest part of a peer's last words that is kept.</summary>
    private const int MostWords = 256;

    private readonly PacketReader _reader = new(limits.PacketBytes);
    private readonly PacketSender _sender = new(connection, role.Randomness);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _ending = new();

    private ITransportUser _user = null!;
    private HandshakeContext _context = null!;
    private byte[] _sessionId = [];
    private SshEnd? _why;
    private Task _flush = Task.CompletedTask;
    private bool _compressing;

    /// <summary>H of the first key exchange; empty before it is done.</summary>
    public ReadOnlyMemory<byte> SessionId => _sessionId;

    /// <summary>The server's key of the first key exchange; null before it is done.</summary>
    public PublicKeyBlob? HostKey { get; private set; }

    /// <summary>The peer's version line; "" before it came.</summary>
    public string PeerVersion { get; private set; } = "";

    /// <summary>What the peer announced in EXT_INFO (RFC 8308); the values are text in all that we know.</summary>
    public IReadOnlyDictionary<string, string> PeerExtensions { get; private set; } = new Dictionary<string, string>();

    /// <summary>What was negotiated last, for the log; null before.</summary>
    public Negotiation? Agreed => _agreed;

    /// <summary>How many key exchanges are done.</summary>
    public int Exchanges { get; private set; }

    /// <summary>Most bytes that may be received; a stranger gets few.</summary>
    public long MostBytes { get; set; } = long.MaxValue;

    /// <summary>Bytes queued that have not reached the kernel.</summary>
    public long Unsent => _sender.Unsent;

    /// <summary>Why the peer says it left, fit for a log or a screen; "" where it said nothing.</summary>
    public string PeersWords { get; private set; } = "";

    /// <summary>The number it says that with (RFC 4253 section 11.1); 0 where it said nothing.</summary>
    public uint PeersReason { get; private set; }

    /// <summary>What the peer did wrong, when <see cref="SshEnd.Offence"/>; for the log.</summary>
    public string Offence { get; private set; } = "";

    /// <summary>The same with what goes with it; null where it did nothing wrong.</summary>
    public SshException? Failure { get; private set; }

    /// <summary>Bytes received so far; from any thread.</summary>
    public long ReceivedBytes => _reader.AllBytes;

    /// <summary>Ends when the connection does.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>Queues a message; it leaves with the next flush, which the reading loop does by itself.</summary>
    public void Send<TMessage>(in TMessage message)
        where TMessage : IMessage<TMessage> => _sender.Send(Packet.Of(message));

    /// <summary>Queues channel data, its frame not yet written. Owns the packet.</summary>
    public void SendData(IDataSender channel, Packet data) => _sender.SendData(channel, data);

    /// <summary>Queues USERAUTH_SUCCESS, or notes that it came: what follows may be compressed.</summary>
    public void LoggedIn(Packet? success)
    {
        _compressing = true;
        var ours = role.IsServer ? _agreed!.Down : _agreed!.Up;
        var compressor = ours.Compression.CreateCompressor();
        if (success is not null)
        {
            _sender.SendThenCompress(success, compressor);
        }
        else
        {
            _sender.CompressNow(compressor);
        }

        _reader.UseDecompressor((role.IsServer ? _agreed.Up : _agreed.Down).Compression.CreateDecompressor(limits.PacketBytes));
    }

    /// <summary>Sends what is queued, from any thread. Returns when it is handed over or somebody else does it.</summary>
    public void Flush()
    {
        if (IsInTurn)
        {
            return; // the turn does that
        }

        // Its failure is in the sender, and the connection is aborted then, which the reading loop meets.
        _ = _sender.FlushAsync(CancellationToken.None).AsTask();
    }

    /// <summary>Ends the connection from outside. Safe from any thread; the first reason counts.</summary>
    public void End(SshEnd why)
    {
        lock (_ending)
        {
            if (_why is not null)
            {
                return;
            }

            _why = why;
        }

        _end.Cancel();
    }

    /// <summary>Runs the connection to its end; never throws for what a peer does.</summary>
    public async Task<SshEnd> RunAsync(ITransportUser user)
    {
        _user = user;
        SshException? offence = null;
        try
        {
            await TalkAsync().ConfigureAwait(false);
        }
        catch (SshException broken)
        {
            offence = broken;
        }
        catch (WireException broken)
        {
            offence = new SshException(DisconnectReason.ProtocolError, broken.Message);
        }
        catch (OperationCanceledException) when (_why is not null)
        {
            // End() said why.
        }
        catch (IOException)
        {
            End(SshEnd.Broken);
        }

        if (offence is not null)
        {
            Offence = offence.Message;
            Failure = offence;
            End(SshEnd.Offence);
        }

        var why = _why ?? SshEnd.Broken;
        await SayGoodbyeAsync(why, offence).ConfigureAwait(false);
        return why;
    }

    public void Dispose()
    {
        _exchangeTimer?.Dispose();
        _handshake?.Dispose();
        _reader.Dispose();
        _sender.Dispose();
    }

    private async Task TalkAsync()
    {
        var cancel = _end.Token;
        string ours = role.Version;
        await connection.SendAsync(Identification.Line(ours), cancel).ConfigureAwait(false);
        if (role.IsServer)
        {
            // RFC 4253 section 4.2 lets us go on without having seen the client's line: one round trip less.
            BeginExchange();
            await _sender.FlushAsync(cancel).ConfigureAwait(false);
        }

        if (await Identification.ReadAsync(_reader, connection, !role.IsServer, cancel).ConfigureAwait(false) is not { } peers)
        {
            End(SshEnd.Left);
            return;
        }

        PeerVersion = peers;
        _context = new()
        {
            IsServer = role.IsServer, OurVersion = ours, PeerVersion = peers, HostKeys = role.HostKeys, AcceptHostKey = role.AcceptHostKey,
            Randomness = role.Randomness,
        };
        if (!role.IsServer)
        {
            BeginExchange();
        }

        long before = Moved;
        while (true)
        {
            if (Work(cancel) is { } working)
            {
                await working.ConfigureAwait(false);
            }

            _user.Settle();
            if (connection is IPumpedConnection pumped && Moved - before + _sender.Unsent > BulkBytes
                && await PumpAsync(pumped, cancel).ConfigureAwait(false))
            {
                before = Moved;
                continue;
            }

            await PushAsync(cancel).ConfigureAwait(false);
            before = Moved;
            if (!await _reader.FillAsync(connection, cancel).ConfigureAwait(false))
            {
                MeetEnd();
                return;
            }

            CheckBytes();
        }
    }

    /// <summary>Bytes moved in both directions.</summary>
    private long Moved => _reader.AllBytes + _sender.AllBytes;

    /// <summary>Handles every packet that is here. Null when all are done; else to be awaited, and called again then.</summary>
    private Task? Work(CancellationToken cancel)
    {
        while (_reader.TryRead(out var payload))
        {
            var handling = HandleAsync(payload, cancel);
            if (!handling.IsCompletedSuccessfully)
            {
                return WorkOnAsync(handling, cancel);
            }

            cancel.ThrowIfCancellationRequested();
        }

        return null;
    }

    private async Task WorkOnAsync(ValueTask handling, CancellationToken cancel)
    {
        await handling.ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (Work(cancel) is { } more)
        {
            await more.ConfigureAwait(false);
        }
    }

    private void MeetEnd() => End(_reader.HasBytes ? SshEnd.Broken : SshEnd.Left);

    private void CheckBytes()
    {
        if (_reader.AllBytes > MostBytes)
        {
            End(SshEnd.LoginTimeout);
            _end.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sends what is queued, as far as the peer takes it, and waits for the rest only when too many answers are among it.</summary>
    private async ValueTask PushAsync(CancellationToken cancel)
    {
        RekeyWhenDue();
        if (_flush.IsCompleted)
        {
            var flush = _sender.FlushAsync(CancellationToken.None);
            _flush = flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
        }

        if (_sender.UnsentAnswers <= limits.UnsentBytes)
        {
            return;
        }

        CheckHeld();

        // The peer asks for more than it takes: it is not read any further until it does.
        await _flush.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A peer that asks on and on while it does not go on with a key exchange costs no more than this (security case T21).</summary>
    private void CheckHeld()
    {
        if (_ourKexInit is not null && _sender.UnsentAnswers > limits.UnsentBytes)
        {
            throw new SshException(DisconnectReason.ProtocolError, "Too much waits for a key exchange that does not end.");
        }
    }

    private async ValueTask HandleAsync(ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        byte number = payload.Span[0];
        var fields = payload[1..];
        if (_strict && Exchanges == 0 && number is not (>= 20 and <= 49) && number != Disconnect.Number)
        {
            // OpenSSH PROTOCOL section 1.10: nothing but the exchange until it is done (the answer to Terrapin).
            throw new SshException(DisconnectReason.ProtocolError, $"Message {number} within the first key exchange.");
        }

        switch (number)
        {
            case 1:
                (PeersReason, PeersWords) = ReadWords(fields);
                End(SshEnd.Left);
                return;
            case 2 or 3 or 4:
                return;
            case 7:
                Take(Read<ExtInfo>(fields));
                return;
            case 20:
                Take(Read<KexInit>(fields), payload);
                return;
            case 21:
                Read<NewKeys>(fields);
                TakeNewKeys();
                return;
            case >= 30 and <= 49:
                await TakeExchangeAsync(number, fields, cancel).ConfigureAwait(false);
                return;
        }

        if (Exchanges == 0 || _handshake is not null)
        {
            throw new SshException(DisconnectReason.ProtocolError, $"Message {number} within a key exchange.");
        }

        switch (number)
        {
            case 192:
                Send(new Pong(Read<Ping>(fields).Data));
                return;
            case 193:
                return;
        }

        var handled = _user.HandleAsync(number, fields, _reader.Buffer, cancel);
        if (!(handled.IsCompletedSuccessfully ? handled.Result : await handled.ConfigureAwait(false)))
        {
            Send(new Unimplemented(_reader.Sequence - 1));
        }
    }

    private static TMessage Read<TMessage>(ReadOnlyMemory<byte> fields)
        where TMessage : IMessage<TMessage>
    {
        var reader = new WireReader(fields);
        var message = TMessage.Read(ref reader);
        reader.End();
        return message;
    }

    /// <summary>What a peer says when it leaves; it is leaving, so nothing is an offence any more.</summary>
    private static (uint Reason, string Words) ReadWords(ReadOnlyMemory<byte> fields)
    {
        try
        {
            var goodbye = Read<Disconnect>(fields);
            string words = goodbye.Description;
            return (goodbye.Reason, FileNames.ForDisplay(words.Length <= MostWords ? words : words[..MostWords] + "..."));
        }
        catch (WireException)
        {
            return (0, "(words that are not readable)");
        }
    }

    /// <summary>The last words, to a peer that may not listen any more.</summary>
    private async ValueTask SayGoodbyeAsync(SshEnd why, SshException? offence)
    {
        (DisconnectReason Reason, string Words)? words = why switch
        {
            SshEnd.Offence => (offence!.Reason, offence.Message),
            SshEnd.LoginTimeout => (DisconnectReason.ByApplication, "Not logged in in time."),
            SshEnd.LoginsFailed => (DisconnectReason.NoMoreMethods, "Too many authentication failures."),
            SshEnd.Idle => (DisconnectReason.ByApplication, "Silent for too long."),
            SshEnd.Evicted => (DisconnectReason.TooManyConnections, "Too many connections, try later."),
            SshEnd.Shutdown => (DisconnectReason.ByApplication, "The server stops."),
            SshEnd.Closed => (DisconnectReason.ByApplication, "Done."),
            _ => null,
        };
        if (words is not { } say)
        {
            _sender.End();
            return;
        }

        using var patience = new CancellationTokenSource(limits.LastWords, clock);
        _sender.SendOfExchange(Packet.Of(new Disconnect((uint)say.Reason, say.Words, "")));
        try
        {
            await _flush.WaitAsync(patience.Token).ConfigureAwait(false);
            await _sender.FlushAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It does not listen; the caller ends the connection.
            connection.Abort();
        }

        _sender.End();
    }
}
