using System.Threading.Channels;
using Wharf.Files;
using Wharf.Ftp.Modes;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>
/// Small files one behind the other over one data connection of one session, in MODE B (RFC 959 section 3.4.2): their commands are sent ahead,
/// and one loop reads replies and moves blocks in the commands' order. A file's blocks are read and sent only behind its own 125 or 150, so that a
/// refused file gets none of another's, nor another its. What breaks the data connection ends those behind it too; they are begun again, since
/// all of them are in memory.
/// </summary>
/// <param name="chains">Whose it is.</param>
/// <param name="lease">The session; given back when nobody uses the chain.</param>
#pragma warning disable CA1001 // Who comes last is not known here, and a semaphore without a wait handle holds nothing but memory.
internal sealed class BlockChain(BlockChains chains, SessionPool<FtpClientSession>.Lease lease)
#pragma warning restore CA1001
{
    /// <summary>Most commands ahead: below what wharfd holds while a transfer runs (<see cref="FtpLimits.HeldCommands"/>), with room for others.</summary>
    public const int MostAhead = 32;

    /// <summary>Most bytes ahead: so many that a slow link has moved them before anybody takes it for silent.</summary>
    public const int MostBytesAhead = 1 << 20;

    /// <summary>A file that grew meanwhile is read up to here.</summary>
    private const int MostBytes = 16 << 20;

    /// <summary>How long the server gets to say what became of a transfer whose data connection broke.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _order = new(1, 1);
    private readonly Channel<ChainedFile> _sent = Channel.CreateUnbounded<ChainedFile>(new() { SingleReader = true });
    private readonly FtpClientSession _session = lease.Session;

    /// <summary>Whether the next command finds a data connection, or one on its way.</summary>
    private volatile bool _isConnected;

    private IConnection? _data;

    /// <summary>The session.</summary>
    public FtpClientSession Session => _session;

    /// <summary>One lease more of its session, for a question beside the files.</summary>
    public SessionPool<FtpClientSession>.Lease Share() => lease.Share();

    /// <summary>Files that are on it; changed by <see cref="BlockChains"/> alone, as those below.</summary>
    public int Count { get; set; }

    /// <summary>Of these, how many somebody waits for.</summary>
    public int Wanted { get; set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>Files it has had.</summary>
    public long Served { get; set; }

    private TimeSpan Idle => _session.Options.Timeouts.Idle is var idle && idle > TimeSpan.Zero ? idle : Timeout.InfiniteTimeSpan;

    /// <summary>Begins to serve; ends by <see cref="End"/>.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>Nobody uses it any more.</summary>
    public void End() => _sent.Writer.TryComplete();

    /// <summary>Sends a file's command, behind those before; the file tells what became of it. The task ends when the command is out, and never fails.</summary>
    public async Task BeginAsync(ChainedFile file)
    {
        await _order.WaitAsync().ConfigureAwait(false);
        try
        {
            if (file.IsGivenUp)
            {
                file.Complete(false);
                chains.Leave(this, file);
                return;
            }

            if (!_isConnected)
            {
                var (kept, plan) = await _session.PlanBlocksAsync(CancellationToken.None).ConfigureAwait(false);
                file.Connecting = kept is not null ? Task.FromResult(kept) : ConnectAsync(plan!);
                _isConnected = true;
            }

            await _session.SendAsync([file.Command], CancellationToken.None).ConfigureAwait(false);
            _sent.Writer.TryWrite(file);
        }
        catch (IOException failed)
        {
            if (file.Connecting is { } connecting)
            {
                _isConnected = false;
                _ = AbandonAsync(connecting);
            }

            if (failed is FileException)
            {
                // MODE B is refused after all; there are other ways.
                file.Complete(false);
            }
            else
            {
                file.Fail(failed);
            }

            chains.Leave(this, file);
        }
        finally
        {
            _order.Release();
        }
    }

    private async Task RunAsync()
    {
        await foreach (var file in _sent.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                file.Complete(await ServeAsync(file).ConfigureAwait(false));
            }
            catch (Exception failed)
            {
                if (failed is not FileException)
                {
                    await DropAsync().ConfigureAwait(false);
                }

                file.Fail(failed);
            }

            chains.Leave(this, file);
        }

        if (_data is { } kept)
        {
            _session.Keep(kept);
        }

        await lease.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>One file, whose turn it is.</summary>
    private async ValueTask<bool> ServeAsync(ChainedFile file)
    {
        ServerReply opening;
        try
        {
            opening = await _session.ReplyAsync(file.Command.Opening, CancellationToken.None).ConfigureAwait(false);
        }
        catch when (file.Connecting is not null)
        {
            _ = AbandonAsync(file.Connecting);
            throw;
        }

        if (!opening.IsPreliminary)
        {
            if (file.Connecting is { } unused)
            {
                await DropAsync().ConfigureAwait(false);
                _isConnected = false;
                _ = AbandonAsync(unused);
            }

            return await RefusedAsync(file, opening).ConfigureAwait(false);
        }

        if (file.Connecting is { } fresh)
        {
            try
            {
                _data = await fresh.ConfigureAwait(false);
            }
            catch (ConnectionException unreachable)
            {
                // The server waits for it for as long as it likes.
                _session.Break(unreachable.Error, unreachable.Message);
                throw;
            }
        }

        if (_data is not null && await MoveAsync(file).ConfigureAwait(false) is null)
        {
            var final = await _session.ReplyAsync(file.Command.Final, CancellationToken.None).ConfigureAwait(false);
            if (final.Code != 250)
            {
                // RFC 959 section 5.4: 226 closes it.
                await DropAsync().ConfigureAwait(false);
            }

            return final.IsSuccess || await RefusedAsync(file, final).ConfigureAwait(false);
        }

        await DropAsync().ConfigureAwait(false);
        try
        {
            var said = await file.Command.Final.WaitAsync(Patience, _session.Clock).ConfigureAwait(false);
            return !said.IsSuccess && await RefusedAsync(file, said).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _session.Break(ConnectionError.Lost, $"{_session.Name} does not say what became of {file.Command.Verb}.");
            throw new ConnectionException(ConnectionError.Lost, $"{_session.Name}: the data connection of {file.Path} was lost.");
        }
    }

    /// <summary>Moves one file's bytes. Null when all went well, else what broke the data connection.</summary>
    private async ValueTask<Exception?> MoveAsync(ChainedFile file)
    {
        using var stop = new CancellationTokenSource(Idle, _session.Clock);
        var moving = file.IsUpload ? SendAsync(file, stop.Token) : ReceiveAsync(file, stop);
        if (await Task.WhenAny(moving, file.Command.Final).ConfigureAwait(false) != moving
            && !(file.Command.Final.IsCompletedSuccessfully && (await file.Command.Final.ConfigureAwait(false)).IsSuccess))
        {
            // It is refused in the middle: no more bytes of it come.
            await stop.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            await moving.ConfigureAwait(false);
            return null;
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or OperationCanceledException)
        {
            return broken;
        }
    }

    private async Task SendAsync(ChainedFile file, CancellationToken cancel)
    {
        using var writer = ModeTable.Find('B')!.Writer(_data!, Parameters, _session.ModeOptions);
        await writer.WriteAsync(file.Content, cancel).ConfigureAwait(false);
        await writer.FinishAsync(cancel).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(ChainedFile file, CancellationTokenSource stop)
    {
        using var reader = ModeTable.Find('B')!.Reader(_data!, Parameters, _session.ModeOptions);
        while (true)
        {
            var read = await reader.ReadAsync(file.Received.GetMemory(), stop.Token).ConfigureAwait(false);
            file.Received.Advance(read.Count);
            if (read.EndOfFile)
            {
                _data = HeldConnection.With(_data!, reader.Unread);
                return;
            }

            if (file.Received.WrittenCount > MostBytes)
            {
                throw new InvalidDataException($"{file.Path} grew while it was read.");
            }

            stop.CancelAfter(Idle);
        }
    }

    /// <summary>What a refusal means to the file, and to the data connection: that of a STOR is gone, as is any that failed in the middle.</summary>
    private async ValueTask<bool> RefusedAsync(ChainedFile file, ServerReply reply)
    {
        bool isOfNoFile = reply.Code is 425 or 426;
        if (file.IsUpload || isOfNoFile || (await file.Command.Opening.ConfigureAwait(false)).IsPreliminary)
        {
            await DropAsync().ConfigureAwait(false);
        }

        return isOfNoFile || reply.IsSuccess ? false : throw ReplyErrors.For(reply, file.Path);
    }

    private async ValueTask DropAsync()
    {
        if (_data is { } data)
        {
            _data = null;
            _isConnected = false;
            data.Abort();
            await data.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<IConnection> ConnectAsync(Func<CancellationToken, Task<IConnection>> plan)
    {
        var patience = _session.Options.Timeouts.Connect;
        using var late = new CancellationTokenSource(patience > TimeSpan.Zero ? patience : Timeout.InfiniteTimeSpan, _session.Clock);
        IConnection? connection = null;
        try
        {
            connection = await plan(late.Token).ConfigureAwait(false);
            return await _session.Data.ProtectAsync(connection, late.Token).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            if (connection is not null)
            {
                connection.Abort();
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            throw failed as ConnectionException
                ?? new ConnectionException(
                    failed is OperationCanceledException ? ConnectionError.TimedOut : ConnectionError.Lost, $"{_session.Name}: no data connection: {failed.Message}", failed);
        }
    }

    private static async Task AbandonAsync(Task<IConnection> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            var unused = await connecting.ConfigureAwait(false);
            unused.Abort();
            await unused.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static TransferParameters Parameters => new(DataType.Image, 'N', Structure.File, 'B');
}
