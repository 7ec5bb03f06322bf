using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Ftp.Modes;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>
/// One login on an FTP server: a control connection and at most one transfer at a time. Commands may be sent from several callers, each
/// batch stays together; a transfer belongs to whoever rented the session.
/// </summary>
internal sealed partial class FtpClientSession : IPooledSession
{
    /// <summary>MODE Z's level for what we send: zlib's own middle.</summary>
    private const int DeflateLevel = 6;

    /// <summary>What a server sends may inflate to any size, a file may be large; the ratio is watched all the same.</summary>
    private static readonly FtpLimits Limits = new() { InflatedBytes = long.MaxValue };

    private static int _lastNumber;

    private readonly ControlDialogue _dialogue;
    private char _mode = 'S';
    private char _type = 'I';
    private readonly char _wantedMode;
    private FtpTransfer? _transfer;
    private Task _settled = Task.CompletedTask;

    /// <summary>MODE B's data connection between two transfers.</summary>
    private IConnection? _kept;

    private FtpClientSession(string name, FtpClientOptions options, ControlDialogue dialogue, DataConnections data, FtpLogin login, TimeProvider clock, ILogger logger)
    {
        Name = name;
        Options = options;
        _dialogue = dialogue;
        Data = data;
        Features = login.Features;
        Software = login.Software;
        Kind = login.Kind;
        Home = login.Home;
        Clock = clock;
        Logger = logger;
        Behaviour = ServerBehaviour.Of(login.Software, login.Features);
        _wantedMode = options.Mode switch
        {
            FtpMode.Deflate when Features.Modes.Contains('Z', StringComparison.Ordinal) => 'Z',
            FtpMode.Block when Features.Modes.Contains('B', StringComparison.Ordinal) => 'B',
            _ => 'S',
        };
        dialogue.SpeaksTelnet = Behaviour.SpeaksTelnet;
    }

    /// <summary>For logs and messages: the host, and which session it is.</summary>
    public string Name { get; }

    /// <summary>How it was made.</summary>
    public FtpClientOptions Options { get; }

    /// <summary>What the server says it can do.</summary>
    public ServerFeatures Features { get; }

    /// <summary>What the greeting says; the server's text.</summary>
    public string Software { get; }

    /// <summary>What SYST says; "" where nobody asked or it has none.</summary>
    public string Kind { get; }

    /// <summary>Where the login began.</summary>
    public VirtualPath Home { get; }

    /// <summary>What is known of such servers beyond what they say.</summary>
    public ServerBehaviour Behaviour { get; }

    /// <summary>The clock of its limits.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The log of what happens.</summary>
    public ILogger Logger { get; }

    /// <summary>How data connections come about.</summary>
    public DataConnections Data { get; }

    /// <summary>The hash HASH calculates now; null until one was chosen.</summary>
    public string? HashAlgorithm { get; set; }

    /// <inheritdoc/>
    public bool IsUsable => _dialogue is { IsAlive: true, IsOverdue: false } && _transfer is null && (_dialogue.IsQuiet || Behaviour.TakesCommandsAhead);

    /// <inheritdoc/>
    public Task Settled => Volatile.Read(ref _settled);

    /// <summary>Whether the control connection is there.</summary>
    public bool IsAlive => _dialogue.IsAlive;

    /// <summary>What the modes need to know.</summary>
    public ModeOptions ModeOptions => new(Limits, DeflateLevel, Clock);

    /// <summary>The transfer that is under way; null for none.</summary>
    public FtpTransfer? Transfer => Volatile.Read(ref _transfer);

    /// <summary>Connects and logs in.</summary>
    /// <param name="options">Where to and as whom.</param>
    /// <param name="dialer">Makes the connections.</param>
    /// <param name="network">Where to listen for active data connections.</param>
    /// <param name="clock">Measures the limits.</param>
    /// <param name="logger">The dialogue is logged as Debug, without secrets.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ConnectionException">No session came about; why is in it.</exception>
    public static async Task<FtpClientSession> ConnectAsync(
        FtpClientOptions options, IDialer dialer, INetwork network, TimeProvider clock, ILogger logger, CancellationToken cancel)
    {
        int port = options.Port != 0 ? options.Port : options.Security == FtpTls.Implicit ? 990 : 21;
        string name = FormattableString.Invariant($"{options.Host}:{port}#{Interlocked.Increment(ref _lastNumber)}");
        var limit = options.Timeouts.Connect;
        using var patience = new Patience(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        ControlDialogue? dialogue = null;
        try
        {
            var control = await dialer.DialAsync(options.Host, port, null, either.Token).ConfigureAwait(false);
            dialogue = new ControlDialogue(name, control, options.Timeouts, clock, logger);
            var data = new DataConnections(name, options, dialer, network, control, dialogue, logger);
            var login = new FtpLogin(name, options with { Password = patience.Around(options.Password) }, dialogue, control, data, logger);
            await login.RunAsync(either.Token).ConfigureAwait(false);
            var session = new FtpClientSession(name, options, dialogue, data, login, clock, logger);
            dialogue = null;
            Log.Knows(logger, name, session.Behaviour.ToString());
            return session;
        }
        catch (OperationCanceledException) when (patience.Token.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new ConnectionException(ConnectionError.TimedOut, $"No session with {options.Host} within {limit.TotalSeconds:0.#} seconds.");
        }
        finally
        {
            if (dialogue is not null)
            {
                dialogue.End(new ConnectionException(ConnectionError.Lost, "The session did not come about."));
                await dialogue.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>How the bytes of a transfer stand on the wire. Text is taken as it comes, so that nothing of it is lost.</summary>
    public static TransferParameters Parameters(TransferOrder order) => new(DataType.Image, 'N', Structure.File, order.Mode);

    /// <summary>Sends one command and waits for its reply.</summary>
    /// <exception cref="ConnectionException">The session is over.</exception>
    /// <exception cref="FileException">The argument cannot be said (BadName).</exception>
    public async ValueTask<ServerReply> AskAsync(string verb, string? argument, CancellationToken cancel)
    {
        var command = new PendingCommand(verb, argument);
        await SendAsync([command], cancel).ConfigureAwait(false);
        return await _dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends commands that do not depend on each other's success and waits for their replies: together where the server reads by lines, else one
    /// by one. The answers are in the commands' order.
    /// </summary>
    public async ValueTask<ServerReply[]> AskAsync(IReadOnlyList<PendingCommand> commands, CancellationToken cancel)
    {
        if (Features.IsThere)
        {
            await SendAsync(commands, cancel).ConfigureAwait(false);
        }

        var replies = new ServerReply[commands.Count];
        for (int i = 0; i < replies.Length; i++)
        {
            if (!Features.IsThere)
            {
                await SendAsync([commands[i]], cancel).ConfigureAwait(false);
            }

            replies[i] = await _dialogue.ReplyAsync(commands[i].Final, cancel).ConfigureAwait(false);
        }

        return replies;
    }

    /// <summary>Sends commands together and leaves their replies to the caller.</summary>
    public async ValueTask SendAsync(IReadOnlyList<PendingCommand> commands, CancellationToken cancel)
    {
        // Servers differ in what they do with commands that come before the end of a transfer, be it a dropped one.
        await Settled.WaitAsync(cancel).ConfigureAwait(false);
        await _dialogue.SendAsync(commands, cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for one reply, for as long as a silence may last, and longer while <paramref name="moves"/> gives other numbers.</summary>
    public ValueTask<ServerReply> ReplyAsync(Task<ServerReply> reply, CancellationToken cancel, Func<long>? moves = null) => _dialogue.ReplyAsync(reply, cancel, moves);

    /// <summary>
    /// Begins a transfer: agrees on the data connection and sends the command, without waiting for either; <see cref="FtpTransfer.OpenAsync"/>
    /// does.
    /// </summary>
    /// <param name="order">What is to be transferred.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="FileException">NotSupported: the server does not restart.</exception>
    public async ValueTask<FtpTransfer> BeginAsync(TransferOrder order, CancellationToken cancel)
    {
        order = order with { Mode = _wantedMode };
        var command = new PendingCommand(order.Verb, order.Argument);
        await Settled.WaitAsync(cancel).ConfigureAwait(false);
        var before = Before(order);
        var kept = await TakeKeptAsync(order.Mode).ConfigureAwait(false);
        var plan = await PlanAsync(order, before, kept, cancel).ConfigureAwait(false);
        var transfer = new FtpTransfer(this, order, command, ModeTable.Find(_mode)!) { GoesOn = kept is not null };
        Volatile.Write(ref _transfer, transfer);
        transfer.Connect(plan);
        try
        {
            List<PendingCommand> together = [];
            if (order.Restart > 0)
            {
                var restart = new PendingCommand("REST", FormattableString.Invariant($"{order.Restart}"));
                if (order.IsUpload)
                {
                    // A STOR behind a REST that is refused would cut the file to nothing.
                    var reply = await AskAsync(restart.Verb, restart.Argument, cancel).ConfigureAwait(false);
                    if (!reply.IsIntermediate)
                    {
                        throw new FileException(FileError.NotSupported, order.Path) { ServerReply = reply.ToString() };
                    }
                }
                else
                {
                    together.Add(restart);
                    transfer.Restart = restart;
                }
            }

            together.Add(command);
            if (order.PreparesNext && order.Mode != 'B' && Behaviour.TakesCommandsAhead && Data.Prepare() is { } early)
            {
                together.Add(early);
            }

            if (order.Restart > 0 && !Features.IsThere && together.Count > 1)
            {
                await _dialogue.SendAsync([together[0]], cancel).ConfigureAwait(false);
                _ = await _dialogue.ReplyAsync(together[0].Final, cancel).ConfigureAwait(false);
                together.RemoveAt(0);
            }

            await _dialogue.SendAsync(together, cancel).ConfigureAwait(false);
            transfer.WasSent = true;
            return transfer;
        }
        catch (Exception failed)
        {
            if (failed is OperationCanceledException)
            {
                // A REST that is left alone would be the next transfer's.
                Break(ConnectionError.Lost, $"{Name} was left between two commands.");
            }

            transfer.Drop();
            throw;
        }
    }

    /// <summary>Whether small files go over it in MODE B, their commands ahead of the replies.</summary>
    public bool ChainsBlocks =>
        Options.Mode is FtpMode.Automatic or FtpMode.Block && Behaviour.TakesCommandsAhead && Features.Has("MLST") && Features.Modes.Contains('B', StringComparison.Ordinal);

    /// <summary>Agrees on MODE B and on a data connection for it: one that was kept, else how to make one.</summary>
    /// <exception cref="FileException">NotSupported: the server refuses the mode.</exception>
    public async ValueTask<(IConnection? Kept, Func<CancellationToken, Task<IConnection>>? Plan)> PlanBlocksAsync(CancellationToken cancel)
    {
        var order = new TransferOrder("RETR", null, VirtualPath.Root) { Mode = 'B' };
        var before = Before(order);
        if (before.Count == 0 && await TakeKeptAsync('B').ConfigureAwait(false) is { } kept)
        {
            return (kept, null);
        }

        var plan = await Data.PlanAsync(before, Features.IsThere, cancel).ConfigureAwait(false);
        await CheckAsync(before, order, cancel).ConfigureAwait(false);
        return (null, plan);
    }

    /// <summary>Keeps a data connection for the next transfer (RFC 959 section 3.4.2); owned here from now on.</summary>
    public void Keep(IConnection connection) => _kept = connection;

    /// <summary>The transfer is over and its last reply has come, or the session is over.</summary>
    public void Ended(FtpTransfer transfer) => Interlocked.CompareExchange(ref _transfer, null, transfer);

    /// <summary>Something of a call goes on though nobody waits for it: the session is settled behind it.</summary>
    /// <param name="ending">Never fails.</param>
    public void SettleBehind(Task ending) => Volatile.Write(ref _settled, Settled.IsCompleted ? ending : Task.WhenAll(Settled, ending));

    /// <summary>Ends the session: its state is not known.</summary>
    public void Break(ConnectionError error, string why) => _dialogue.End(new ConnectionException(error, why));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Transfer is { } transfer)
        {
            Break(ConnectionError.Lost, $"The session {Name} was closed.");
            transfer.Drop();
        }

        await Settled.ConfigureAwait(false);
        if (_kept is { } kept)
        {
            _kept = null;
            await kept.DisposeAsync().ConfigureAwait(false);
        }

        await _dialogue.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The data connection that was kept, if it is still there and in the mode it is wanted for.</summary>
    private async ValueTask<IConnection?> TakeKeptAsync(char mode)
    {
        var kept = _kept;
        _kept = null;
        if (kept is not null && (kept.PeerHasFinished || mode != _mode))
        {
            await kept.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        return kept;
    }

    /// <summary>How the data connection comes about, and the server as the order wants it.</summary>
    private async ValueTask<Func<CancellationToken, Task<IConnection>>> PlanAsync(
        TransferOrder order, List<PendingCommand> before, IConnection? kept, CancellationToken cancel)
    {
        Func<CancellationToken, Task<IConnection>>? plan = kept is null ? null : _ => Task.FromResult(kept);
        try
        {
            if (plan is null)
            {
                plan = await Data.PlanAsync(before, Features.IsThere, cancel).ConfigureAwait(false);
            }
            else if (before.Count > 0)
            {
                _ = await AskAsync(before, cancel).ConfigureAwait(false);
            }

            await CheckAsync(before, order, cancel).ConfigureAwait(false);
            return plan;
        }
        catch (Exception failed)
        {
            if (failed is OperationCanceledException && before.Count > 0)
            {
                // The server may be in another MODE or TYPE by now than we know of.
                Break(ConnectionError.Lost, $"{Name} was left between two commands.");
            }

            if (plan is not null)
            {
                _ = DiscardAsync(plan);
            }

            throw;
        }
    }

    /// <summary>Ends what was planned and is not used: it may listen, or be a connection that was kept.</summary>
    private static async Task DiscardAsync(Func<CancellationToken, Task<IConnection>> plan)
    {
        try
        {
            var unused = await plan(new CancellationToken(true)).ConfigureAwait(false);
            unused.Abort();
            await unused.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception never) when (never is IOException or OperationCanceledException)
        {
            // There is none.
        }
    }

    /// <summary>TYPE and MODE as this transfer wants them, where they are not so already, and the directory it is about.</summary>
    private List<PendingCommand> Before(TransferOrder order)
    {
        List<PendingCommand> before = [];
        if (order.Type != _type)
        {
            before.Add(new PendingCommand("TYPE", order.Type.ToString()));
        }

        if (order.Mode != _mode)
        {
            before.Add(new PendingCommand("MODE", order.Mode.ToString()));
        }

        if (order.Within is { } directory)
        {
            before.Add(new PendingCommand("CWD", directory));
        }

        return before;
    }

    private async ValueTask CheckAsync(List<PendingCommand> before, TransferOrder order, CancellationToken cancel)
    {
        Exception? refused = null;
        foreach (var command in before)
        {
            var reply = await _dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
            if (!reply.IsSuccess)
            {
                refused ??= ReplyErrors.For(reply, order.Path, command.Verb == "CWD" ? FileError.NotFound : FileError.NotSupported);
            }
            else if (command.Verb == "TYPE")
            {
                _type = order.Type;
            }
            else if (command.Verb == "MODE")
            {
                _mode = order.Mode;
            }
        }

        if (refused is not null)
        {
            throw refused;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session}: {Behaviour}")]
        public static partial void Knows(ILogger logger, string session, string behaviour);
    }
}
