using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>
/// The client's end of a session, version 3: single requests, and files read or written with many requests in flight. Replies may come in
/// any order. Shared by many callers at once: a call that is cancelled leaves the session as good as it was, and what breaks the protocol
/// ends it for all. This part asks; the other parts take replies and see to silence.
/// </summary>
/// <param name="channel">Where requests go.</param>
/// <param name="clock">Measures silence and round trips; null for neither.</param>
/// <param name="timeouts">How long an answer may be due while nothing comes.</param>
internal sealed partial class SftpClientSession(IMessageChannel channel, TimeProvider? clock = null, ClientTimeouts? timeouts = null)
    : IPooledSession, IChannelSink
{
    /// <summary>Most bytes of one READ or WRITE, whatever the server would take: with it a message stays below the 256 KiB everybody bounds it by.</summary>
    public const int MostRequestBytes = 255 * 1024;

    /// <summary>Bytes of one READ or WRITE for a server that does not say what it takes: what all of them do (draft-ietf-secsh-filexfer-02 section 3).</summary>
    public const int UsualRequestBytes = 32 * 1024;

    /// <summary>Longest handle (draft-ietf-secsh-filexfer-02 section 6.3).</summary>
    private const int MostHandleBytes = 256;

    /// <summary>VERSION has no id; no request gets this one.</summary>
    private const uint VersionId = 0;

    /// <summary>From so many replies due, what is asked waits a moment for others to ask too.</summary>
    private const int ManyInFlight = 8;

    private static readonly byte[] _limitsName = [.. "limits@openssh.com"u8];

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Due> _due = [];
    private ConnectionException? _ended;
    private uint _lastId;
    private int _flushIsDue;
    private int _disposed;

    /// <summary>What lies below, disposed with the session: the SSH connection.</summary>
    public IAsyncDisposable? Owner { get; init; }

    /// <summary>What the server calls itself; its text, not to be shown unescaped.</summary>
    public string Software { get; init; } = "";

    /// <summary>Told of requests and replies, but not of those that move a file's bytes; null for nobody.</summary>
    public SftpDialogueLog? Dialogue { get; init; }

    /// <summary>What the server can do; nothing before <see cref="BeginAsync"/>.</summary>
    public ServerOffer Offer { get; private set; } = ServerOffer.Nothing;

    /// <summary>Bytes of one READ.</summary>
    public int ReadBytes { get; private set; } = UsualRequestBytes;

    /// <summary>Bytes of one WRITE.</summary>
    public int WriteBytes { get; private set; } = UsualRequestBytes;

    /// <inheritdoc/>
    public bool IsUsable
    {
        get
        {
            lock (_gate)
            {
                return _ended is null && _disposed == 0;
            }
        }
    }

    /// <summary>What guards the state of the session and of all that is under way in it.</summary>
    internal Lock Gate => _gate;

    /// <summary>Where requests go.</summary>
    internal IMessageChannel Channel => channel;

    /// <summary>INIT, and behind it what the server's limits are where it tells them.</summary>
    /// <exception cref="ConnectionException">There is no SFTP server, or none we understand.</exception>
    public async Task<ServerVersion> BeginAsync(CancellationToken cancel = default)
    {
        var version = await InitAsync(cancel).ConfigureAwait(false);
        if (!Offer.Limits)
        {
            return version;
        }

        try
        {
            var limits = await AskAsync<Limits, LimitsReply>(id => new Limits(id, _limitsName), cancel).ConfigureAwait(false);

            // Only the two lengths: the handles are no bound of requests (OpenSSH took them for one until aaac8c61c).
            ReadBytes = Within(limits.ReadBytes);
            WriteBytes = Within(limits.WriteBytes);
        }
        catch (SftpStatusException)
        {
            // Announced and refused: such servers are there (OpenSSH bz3318). What everybody takes will do.
            (ReadBytes, WriteBytes) = (UsualRequestBytes, UsualRequestBytes);
        }

        return version;
    }

    /// <summary>INIT alone: version 3 is asked for, since beyond it servers differ more than they agree.</summary>
    public async Task<ServerVersion> InitAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var reply = new SingleReply(static _ => { });
        lock (_gate)
        {
            ThrowIfEnded();
            _due.Add(VersionId, new Due(reply));
            Watch();
        }

        channel.Send(SftpPacket.Of(new Init(3, default)));
        channel.Flush();
        var version = Parse<ServerVersion>(await WaitAsync(reply, cancel).ConfigureAwait(false));
        if (version.Version != 3)
        {
            throw Broken($"The server speaks version {version.Version} of SFTP where 3 was asked for.");
        }

        Offer = ServerOffer.Read(version);
        return version;
    }

    /// <summary>One request and its reply, from the reply's number on.</summary>
    /// <inheritdoc cref="AskAsync{TMessage}(Func{uint, TMessage}, Asking, CancellationToken)"/>
    public Task<ReadOnlyMemory<byte>> AskAsync<TMessage>(Func<uint, TMessage> make, CancellationToken cancel = default)
        where TMessage : IMessage<TMessage> => AskAsync(make, default, cancel);

    /// <summary>One request and its reply, from the reply's number on.</summary>
    /// <param name="make">Makes the message for an id; must not fail.</param>
    /// <param name="how">What is special about it.</param>
    /// <param name="cancel">Gives up; the reply is dropped when it comes, and a handle in it closed.</param>
    /// <exception cref="SftpStatusException">A STATUS other than OK.</exception>
    /// <exception cref="ConnectionException">The session is over.</exception>
    public Task<ReadOnlyMemory<byte>> AskAsync<TMessage>(Func<uint, TMessage> make, Asking how, CancellationToken cancel)
        where TMessage : IMessage<TMessage>
    {
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled<ReadOnlyMemory<byte>>(cancel);
        }

        var reply = new SingleReply(how.Late ?? CloseLate);
        uint id;
        lock (_gate)
        {
            if (_ended is { } ended)
            {
                return Task.FromException<ReadOnlyMemory<byte>>(new ConnectionException(ended.Error, ended.Message, ended));
            }

            id = Expect(new Due(reply, IsSlow: how.IsSlow));
        }

        var packet = SftpPacket.Of(make(id));
        if (Dialogue is { IsEnabled: true } dialogue)
        {
            dialogue.Said(packet.Span);
        }

        channel.Send(packet);
        if (!how.IsFollowed)
        {
            FlushTogether();
        }

        return FinishAsync(reply, how.TakesEnd, cancel);
    }

    /// <summary>
    /// Sends what is queued. Where replies to many requests are due, their callers go on one after the other and ask for more: what they say
    /// leaves together, behind those who are about to speak already.
    /// </summary>
    internal void FlushTogether()
    {
        // A guess will do.
        if (_due.Count < ManyInFlight)
        {
            channel.Flush();
        }
        else if (Interlocked.Exchange(ref _flushIsDue, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static session =>
                {
                    Volatile.Write(ref session._flushIsDue, 0);
                    session.Channel.Flush();
                },
                this, preferLocal: false);
        }
    }

    /// <summary>One request and the reply it must have.</summary>
    /// <inheritdoc cref="AskAsync{TMessage}(Func{uint, TMessage}, Asking, CancellationToken)"/>
    public async Task<TReply> AskAsync<TMessage, TReply>(Func<uint, TMessage> make, CancellationToken cancel)
        where TMessage : IMessage<TMessage>
        where TReply : IMessage<TReply> => Parse<TReply>(await AskAsync(make, cancel).ConfigureAwait(false));

    /// <summary>The same for what the server may work on for long.</summary>
    /// <inheritdoc cref="AskAsync{TMessage}(Func{uint, TMessage}, Asking, CancellationToken)"/>
    public async Task<TReply> AskPatientlyAsync<TMessage, TReply>(Func<uint, TMessage> make, CancellationToken cancel)
        where TMessage : IMessage<TMessage>
        where TReply : IMessage<TReply> => Parse<TReply>(await AskAsync(make, new Asking { IsSlow = true }, cancel).ConfigureAwait(false));

    /// <summary>A request whose reply is nobody's business.</summary>
    public void Tell<TMessage>(Func<uint, TMessage> make)
        where TMessage : IMessage<TMessage>
    {
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            channel.Send(SftpPacket.Of(make(Expect(new Due(NoReplies.Instance)))));
        }
    }

    /// <summary>Opens a file.</summary>
    public async Task<byte[]> OpenAsync(string path, OpenFlags flags, CancellationToken cancel = default)
    {
        byte[] name = FileNames.Encode(path);
        return HandleIn(await AskAsync(id => new Open<Attributes>(id, name, flags, default), cancel).ConfigureAwait(false));
    }

    /// <summary>Closes a handle.</summary>
    public Task CloseAsync(byte[] handle, CancellationToken cancel = default) => AskAsync(id => new Close(id, handle), cancel);

    /// <summary>Names of a directory, many READDIRs in flight; returns how many and in how many replies.</summary>
    public async Task<(int Names, int Replies)> ListAsync(string path, int inFlight, Action<NameEntry>? entry = null)
    {
        int names = 0, replies = 0;
        await foreach (var some in ReadDirectoryAsync(FileNames.Encode(path), inFlight, CancellationToken.None).ConfigureAwait(false))
        {
            replies++;
            names += some.Length;
            foreach (var one in some)
            {
                entry?.Invoke(one);
            }
        }

        return (names, replies);
    }

    /// <summary>Reads a range with many requests in flight; returns the bytes that came, fewer where the file ends.</summary>
    /// <param name="handle">Of an open file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many.</param>
    /// <param name="blockBytes">Bytes of one request.</param>
    /// <param name="inFlight">Requests in flight.</param>
    /// <param name="take">Gets each piece and its offset, in any order, lent for the call; null drops them.</param>
    public Task<long> ReadAsync(byte[] handle, long offset, long length, int blockBytes, int inFlight, Action<long, ReadOnlyMemory<byte>>? take) =>
        BulkRead.RunAsync(
            this, handle, new BulkRange(offset, offset, length),
            new BulkReadPlan { BlockBytes = blockBytes, Guide = offset + length, Flight = new FlightSize((long)blockBytes * inFlight) },
            (at, bytes, _) =>
            {
                if (take is not null)
                {
                    foreach (var piece in bytes)
                    {
                        take(at, piece);
                        at += piece.Length;
                    }
                }

                return default;
            },
            CancellationToken.None);

    /// <summary>Writes a range with many requests in flight.</summary>
    /// <param name="handle">Of an open file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many.</param>
    /// <param name="blockBytes">Bytes of one request.</param>
    /// <param name="inFlight">Requests in flight.</param>
    /// <param name="fill">Writes the bytes of an offset to where they are sent from.</param>
    public Task<long> WriteAsync(byte[] handle, long offset, long length, int blockBytes, int inFlight, Action<long, Memory<byte>> fill) =>
        new BulkWrite(
            this, handle, new BulkRange(offset, offset, length), blockBytes, (long)blockBytes * inFlight,
            (at, into, _) =>
            {
                int count = (int)Math.Min(into.Length, offset + length - at);
                fill(at, into[..count]);
                return new(count);
            },
            CancellationToken.None).RunAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        Fail(new ConnectionException(ConnectionError.Lost, "The SFTP session was closed."));
        if (Owner is { } owner)
        {
            await owner.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A reply as its message.</summary>
    /// <exception cref="ConnectionException">It is another message, or broken; the session is over then.</exception>
    public TMessage Parse<TMessage>(ReadOnlyMemory<byte> reply)
        where TMessage : IMessage<TMessage>
    {
        if (reply.Span[0] != TMessage.Number)
        {
            throw Broken($"The server answered with message {reply.Span[0]} where {TMessage.Number} was due.");
        }

        try
        {
            var reader = new WireReader(reply[1..]);
            return TMessage.Read(ref reader);
        }
        catch (WireException broken)
        {
            throw Broken($"The server sent a broken message {TMessage.Number}: {broken.Message}");
        }
    }

    /// <summary>The handle in a reply.</summary>
    /// <inheritdoc cref="Parse"/>
    public byte[] HandleIn(ReadOnlyMemory<byte> reply)
    {
        var value = Parse<Handle>(reply).Value;
        return value.Length <= MostHandleBytes ? value.ToArray() : throw Broken($"The server sent a handle of {value.Length} bytes.");
    }

    /// <summary>Ends the session, whose server breaks the protocol, and says so.</summary>
    public ConnectionException Broken(string offence)
    {
        var broken = new ConnectionException(ConnectionError.Protocol, offence);
        Fail(broken);
        return broken;
    }

    /// <summary>A new request's id. Under the lock.</summary>
    /// <exception cref="ConnectionException">The session is over.</exception>
    internal uint Expect(in Due due)
    {
        ThrowIfEnded();
        do
        {
            _lastId = _lastId == uint.MaxValue ? 1 : _lastId + 1;
        }
        while (!_due.TryAdd(_lastId, due));

        if (!due.IsSlow)
        {
            Watch();
        }

        return _lastId;
    }

    private static int Within(ulong limit) => limit == 0 ? UsualRequestBytes : (int)Math.Min(limit, MostRequestBytes);

    private void ThrowIfEnded()
    {
        if (_ended is not null)
        {
            throw new ConnectionException(_ended.Error, _ended.Message, _ended);
        }
    }

    private async Task<ReadOnlyMemory<byte>> FinishAsync(SingleReply waiting, bool takesEnd, CancellationToken cancel)
    {
        byte[] reply = await WaitAsync(waiting, cancel).ConfigureAwait(false);
        if (Dialogue is { IsEnabled: true } dialogue && reply.Length >= 5)
        {
            dialogue.Answered(reply);
        }

        if (reply[0] != Status.Number)
        {
            return reply;
        }

        SftpStatusException? failure;
        try
        {
            failure = StatusReply.FailureIn(reply);
        }
        catch (WireException broken)
        {
            throw Broken($"The server sent a broken STATUS: {broken.Message}");
        }

        return failure is null || (takesEnd && failure.Code == SftpCode.EndOfFile) ? reply : throw failure;
    }

    private static async Task<byte[]> WaitAsync(SingleReply waiting, CancellationToken cancel)
    {
        var registration = cancel.UnsafeRegister(static (state, token) => ((SingleReply)state!).Abandon(token), waiting);
        await using var forgetting = registration.ConfigureAwait(false);
        return await waiting.Task.ConfigureAwait(false);
    }

    /// <summary>A handle that nobody waits for any more is closed. Under the lock.</summary>
    private void CloseLate(ReadOnlyMemory<byte> reply)
    {
        if (reply.Span[0] == Handle.Number)
        {
            byte[] handle = HandleIn(reply);
            Tell(id => new Close(id, handle));
        }
    }
}
