using Wharf.Files;
using Wharf.Ftp.Modes;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp.Client;

/// <summary>
/// One transfer: the data connection, the replies around it, and the watch over its silence. The command is on its way when this is made.
/// Whoever began it calls <see cref="OpenAsync"/>, moves the bytes, and ends it by <see cref="CompleteAsync"/>; disposing it before that
/// drops the data connection, which ends it too.
/// </summary>
internal sealed class FtpTransfer : IAsyncDisposable
{
    /// <summary>How long the server gets to say what became of a transfer we dropped, before the session is given up.</summary>
    private static readonly TimeSpan DropPatience = TimeSpan.FromSeconds(2);

    /// <summary>Bytes from which a transfer counts as long.</summary>
    private const long LongBytes = 1 << 20;

    private readonly FtpClientSession _session;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _watch;
    private Task<IConnection>? _connecting;
    private Task _draining = Task.CompletedTask;
    private long _lastLook;
    private bool _silent;
    private bool _refused;
    private bool _isOver;
    private bool _keeps;
    private int _isDropped;

    public FtpTransfer(FtpClientSession session, TransferOrder order, PendingCommand command, TransmissionMode mode)
    {
        _session = session;
        Order = order;
        Command = command;
        Mode = mode;
        _ = WatchReplyAsync();
        _watch = session.Clock.CreateTimer(_ => LookForSilence(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What was asked for.</summary>
    public TransferOrder Order { get; }

    /// <summary>The command.</summary>
    public PendingCommand Command { get; }

    /// <summary>Whether the command went out.</summary>
    public bool WasSent { get; set; }

    /// <summary>The REST sent with it; null for none.</summary>
    public PendingCommand? Restart { get; set; }

    /// <summary>Whether it goes over a data connection that an earlier one left open.</summary>
    public bool GoesOn { get; init; }

    /// <summary>The mode it goes in.</summary>
    public TransmissionMode Mode { get; }

    /// <summary>The data connection, once open.</summary>
    public IConnection Data { get; private set; } = null!;

    /// <summary>Whether it has moved so much already that what waits behind it would wait long.</summary>
    public bool IsLong => Meter.Bytes > LongBytes;

    /// <summary>Counts bytes, for the watch and for progress.</summary>
    public ByteMeter Meter { get; } = new();

    /// <summary>Bytes that came, or that are known to have arrived: what lies in our own buffer may move though no more goes into it.</summary>
    private long Arrived => Meter.Bytes - (Data?.UnacknowledgedBytes ?? 0);

    /// <summary>Stops when the caller's token or the watch says so; for what runs within <see cref="GuardAsync"/>.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Begins making the data connection.</summary>
    public void Connect(Func<CancellationToken, Task<IConnection>> plan)
    {
        _connecting = ConnectAsync(plan);
        _ = _connecting.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>Waits for the data connection, or for the refusal.</summary>
    /// <exception cref="FileException">The server refuses the file.</exception>
    /// <exception cref="ConnectionException">No data connection.</exception>
    public async ValueTask OpenAsync(CancellationToken cancel)
    {
        await GuardAsync(async () =>
        {
            await _connecting!.WaitAsync(_stop.Token).ConfigureAwait(false);
            Data = await _connecting.ConfigureAwait(false);
            if (Mode.KeepsOpen && Order.IsUpload)
            {
                // Blocks behind a refused STOR would be the next file.
                ThrowIfRefused(await _session.ReplyAsync(Command.Opening, cancel).ConfigureAwait(false));
            }

            if (Restart is { } restart)
            {
                var reply = await _session.ReplyAsync(restart.Final, cancel).ConfigureAwait(false);
                if (!reply.IsIntermediate)
                {
                    throw new FileException(FileError.NotSupported, Order.Path) { ServerReply = reply.ToString() };
                }
            }
        }, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs something that uses the data connection: it is stopped by the caller's token or by a silence, and where the connection
    /// fails, the server's own words come first.
    /// </summary>
    public async ValueTask GuardAsync(Func<ValueTask> move, CancellationToken cancel)
    {
        using var linked = cancel.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        var idle = _session.Options.Timeouts.Idle;
        _lastLook = Arrived;
        _watch.Change(idle > TimeSpan.Zero ? idle : Timeout.InfiniteTimeSpan, idle > TimeSpan.Zero ? idle : Timeout.InfiniteTimeSpan);
        try
        {
            await move().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            if (_refused)
            {
                // It may also be that the session ended; both are in there.
                ThrowIfRefused(await _session.ReplyAsync(Command.Final, cancel).ConfigureAwait(false));
            }

            throw _silent
                ? new ConnectionException(ConnectionError.TimedOut, $"{_session.Name}: no byte of {Order.Path} for {idle.TotalSeconds:0.#} seconds.")
                : new ConnectionException(ConnectionError.Lost, $"{_session.Name}: the transfer of {Order.Path} was ended.");
        }
        catch (IOException broken) when (broken is not (FileException or ConnectionException or DiskException))
        {
            throw await SaidInsteadAsync(broken, cancel).ConfigureAwait(false);
        }
        catch (ConnectionException unreachable) when (Data is null)
        {
            throw await SaidInsteadAsync(unreachable, cancel).ConfigureAwait(false);
        }
        catch (InvalidDataException malformed)
        {
            throw new ConnectionException(ConnectionError.Protocol, $"{_session.Name}: {malformed.Message}", malformed);
        }
        finally
        {
            _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends our direction: the file is complete. Inside TLS what the server still says is read away, or closing would reset its socket.</summary>
    public async ValueTask FinishAsync(CancellationToken cancel)
    {
        if (Mode.KeepsOpen)
        {
            // The end of the file was a block.
            return;
        }

        await GuardAsync(async () => await Data.FinishAsync(_stop.Token).ConfigureAwait(false), cancel).ConfigureAwait(false);
        if (Data is ITlsConnection)
        {
            _draining = DrainAsync(Data, _stop.Token);
        }
    }

    /// <summary>Waits for the final reply behind the data.</summary>
    /// <exception cref="FileException">The server says it failed.</exception>
    public async ValueTask<ServerReply> CompleteAsync(CancellationToken cancel)
    {
        if (!Order.IsUpload && !Mode.KeepsOpen && Data is not null)
        {
            // What was to come has come. ProFTPD lingers for our end of the connection, up to ten seconds, before it says 226.
            await Data.DisposeAsync().ConfigureAwait(false);
        }

        // Behind our last byte a socket's buffer may still hold megabytes, which a slow path carries for longer than a silence may last.
        var reply = await _session.ReplyAsync(Command.Final, cancel, Order.IsUpload ? () => Arrived : null).ConfigureAwait(false);
        ThrowIfRefused(reply);

        // RFC 959 section 5.4: 250 leaves the data connection open, 226 closes it.
        _keeps = Mode.KeepsOpen && reply.Code == 250;
        await CloseAsync(cancel).ConfigureAwait(false);
        return reply;
    }

    /// <summary>
    /// Drops the data connection. What the server says to it is waited for a while beside, and a session it says nothing to is given up: it is
    /// given back behind that (<see cref="FtpClientSession.Settled"/>).
    /// </summary>
    public void Drop()
    {
        if (!_isOver && Interlocked.Exchange(ref _isDropped, 1) == 0)
        {
            _session.SettleBehind(DropAsync());
        }
    }

    private async Task DropAsync()
    {
        _stop.Cancel();
        Data?.Abort();
        if (_session.IsAlive && WasSent)
        {
            try
            {
                _ = await Command.Final.WaitAsync(DropPatience, _session.Clock).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is TimeoutException or IOException)
            {
                _session.Break(ConnectionError.Lost, $"{_session.Name} does not say what became of {Order.Verb}.");
            }
        }

        await CloseAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        Drop();
        return default;
    }

    private async Task<IConnection> ConnectAsync(Func<CancellationToken, Task<IConnection>> plan)
    {
        var connection = await plan(_stop.Token).ConfigureAwait(false);
        try
        {
            return GoesOn ? connection : await _session.Data.ProtectAsync(connection, _stop.Token).ConfigureAwait(false);
        }
        catch
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the server says to a broken data connection, if it says something soon; else the break itself.</summary>
    private async ValueTask<Exception> SaidInsteadAsync(IOException broken, CancellationToken cancel)
    {
        try
        {
            var reply = await Command.Final.WaitAsync(DropPatience, _session.Clock, cancel).ConfigureAwait(false);
            if (!reply.IsSuccess)
            {
                return ReplyErrors.For(reply, Order.Path);
            }
        }
        catch (Exception gone) when (gone is TimeoutException or ConnectionException)
        {
            // Then the break is all there is to tell.
        }

        return broken as ConnectionException
            ?? new ConnectionException(
                broken is TlsException { Fault: var fault } ? ReplyErrors.Of(fault) : ConnectionError.Lost, $"{_session.Name}: the data connection failed: {broken.Message}", broken);
    }

    /// <summary>
    /// A refusal ends the wait for data: some servers leave the data connection open behind it (vsftpd never accepts it). A final reply that is
    /// none may come before the data has.
    /// </summary>
    private async Task WatchReplyAsync()
    {
        try
        {
            _refused = !(await Command.Final.ConfigureAwait(false)).IsSuccess;
        }
        catch (ConnectionException)
        {
            _refused = true;
        }

        if (_refused)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private void ThrowIfRefused(ServerReply reply)
    {
        if (reply is { IsSuccess: false, IsPreliminary: false })
        {
            throw ReplyErrors.For(reply, Order.Path);
        }
    }

    private static async Task DrainAsync(IConnection connection, CancellationToken cancel)
    {
        byte[] away = new byte[512];
        try
        {
            while (await connection.ReceiveAsync(away, cancel).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // The server closed without close_notify, or said in its reply that it has everything.
        }
    }

    private async ValueTask CloseAsync(CancellationToken cancel)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        await _watch.DisposeAsync().ConfigureAwait(false);
        if (!_draining.IsCompleted)
        {
            // The reply came: the server has all there is. It closes its side soon, or has nothing to say that counts.
            _ = await Task.WhenAny(_draining, Task.Delay(DropPatience, _session.Clock, cancel)).ConfigureAwait(false);
        }

        _stop.Cancel();
        await _draining.ConfigureAwait(false);
        try
        {
            var connection = await _connecting!.ConfigureAwait(false);
            if (_keeps)
            {
                _session.Keep(connection);
            }
            else
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception never) when (never is IOException or OperationCanceledException)
        {
            // There is none to close.
        }

        _session.Ended(this);
    }

    private void LookForSilence()
    {
        long now = Arrived;
        if (now == _lastLook)
        {
            _silent = true;
            _stop.Cancel();
        }

        _lastLook = now;
    }
}
