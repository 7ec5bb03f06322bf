using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Ftp.Modes;
using Wharf.Net;

namespace Wharf.Ftp.Data;

/// <summary>Why a transfer was stopped from outside.</summary>
internal enum TransferStop
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>ABOR.</summary>
    Abort,

    /// <summary>No byte moved for <see cref="FtpLimits.DataStall"/>.</summary>
    Stall,

    /// <summary>The session ends.</summary>
    SessionEnds,
}

/// <summary>
/// One transfer from 150 to the closing reply: brings the data connection about, lets the body move the bytes, and decides
/// what the end means (RFC 959 section 5.4: 226 closed, 250 left open, 425 never open, 426 broken).
/// </summary>
internal sealed partial class Transfer : IDisposable
{
    private readonly FtpServerSession _session;
    private readonly Lock _stopping = new();

    /// <summary>Never disposed: the watch may fire while the transfer ends.</summary>
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _linked;
    private bool _isOver;
    private readonly ITimer _watch;
    private long _bytesAtLastLook;

    /// <param name="session">Whose it is.</param>
    /// <param name="verb">The command, for STAT and the log.</param>
    /// <param name="path">The file or directory.</param>
    /// <param name="parameters">How it goes.</param>
    /// <param name="cancel">The session's end.</param>
    public Transfer(FtpServerSession session, string verb, VirtualPath path, TransferParameters parameters, CancellationToken cancel)
    {
        _session = session;
        Verb = verb;
        Path = path;
        Parameters = parameters;
        Mode = ModeTable.Find(parameters.Mode)!;
        _linked = cancel.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        _watch = session.Clock.CreateTimer(_ => LookForStall(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The command.</summary>
    public string Verb { get; }

    /// <summary>The file or directory.</summary>
    public VirtualPath Path { get; }

    /// <summary>How it goes.</summary>
    public TransferParameters Parameters { get; }

    /// <summary>The mode.</summary>
    public TransmissionMode Mode { get; }

    /// <summary>Bytes that have gone over the wire, or straight from and to the disk.</summary>
    public ByteMeter Meter { get; } = new();

    /// <summary>Bytes it will have, where that is known; else -1.</summary>
    public long Expected { get; init; } = -1;

    /// <summary>STOU's name, which the opening reply tells (RFC 1123 section 4.1.2.9); else null.</summary>
    public string? Unique { get; init; }

    /// <summary>Whether the client sends.</summary>
    public bool IsUpload { get; init; }

    /// <summary>Whether it is a directory that is sent; operators want to read about files.</summary>
    public bool IsListing { get; init; }

    /// <summary>Bytes of the next file that came with this one's end, where the connection stays open.</summary>
    public ReadOnlyMemory<byte> Unread { get; set; }

    /// <summary>Why it was stopped.</summary>
    public TransferStop Stopped { get; private set; }

    /// <summary>Stops it from outside; safe from any thread.</summary>
    public void Stop(TransferStop why)
    {
        lock (_stopping)
        {
            if (_isOver || Stopped != TransferStop.None)
            {
                return;
            }

            Stopped = why;
        }

        _stop.Cancel();
    }

    /// <summary>Runs it. The body moves the bytes and returns; what it throws becomes the reply.</summary>
    public async ValueTask<Reply> RunAsync(Func<IConnection, CancellationToken, ValueTask> body)
    {
        long started = _session.Clock.GetTimestamp();
        var reply = await MoveAsync(body).ConfigureAwait(false);
        var level = IsListing ? LogLevel.Debug : LogLevel.Information;
        if (_session.Logger.IsEnabled(level))
        {
            Log.Ended(_session.Logger, level, _session.Id, Verb, Path.ToString(), reply.Code, Meter.Bytes, _session.Clock.GetElapsedTime(started));
        }

        return reply;
    }

    private async ValueTask<Reply> MoveAsync(Func<IConnection, CancellationToken, ValueTask> body)
    {
        if (_session.Protection.Refusal is { } unprotected)
        {
            return unprotected;
        }

        var data = _session.Data;
        bool reuses = data.IsOpen;
        if (!reuses && !data.IsPlanned)
        {
            return new(425, $"Use PASV or PORT first.");
        }

        _session.Transfer = this;
        IConnection? connection = null;
        try
        {
            await _session.SendAsync(Opening(reuses)).ConfigureAwait(false);
            try
            {
                (connection, var refusal) = await ConnectAsync(data).ConfigureAwait(false);
                if (refusal is not null)
                {
                    return refusal;
                }
            }
            catch (IOException)
            {
                return new(425, $"The data connection could not be opened.");
            }
            catch (OperationCanceledException) when (Stopped is TransferStop.Stall)
            {
                return new(425, $"The data connection did not come about in time.");
            }

            Watch(_session.Options.Limits.DataStall);
            await body(connection!, _stop.Token).ConfigureAwait(false);
            if (Mode.KeepsOpen)
            {
                connection = HeldConnection.With(connection!, Unread);
                if (!connection.PeerHasFinished)
                {
                    data.Keep(connection);
                    connection = null;
                    return Reply.FileDone($"Transfer complete.");
                }

                // The client ended its side behind the end of the file: nothing more can come, so this is a close.
                await data.EndAsync(connection).ConfigureAwait(false);
                connection = null;
                return new(226, $"Transfer complete.");
            }

            await connection!.FinishAsync(_stop.Token).ConfigureAwait(false);
            await data.EndAsync(connection, isFinished: true).ConfigureAwait(false);
            connection = null;
            return new(226, $"Transfer complete.");
        }
        catch (OperationCanceledException)
        {
            return Stopped switch
            {
                TransferStop.Abort => new(426, $"Transfer aborted."),
                TransferStop.Stall => new(426, $"No byte moved for too long."),
                _ => new(426, $"The session ends."),
            };
        }
        catch (FileException failure)
        {
            return Reply.For(failure);
        }
        catch (InvalidDataException failure)
        {
            Log.Malformed(_session.Logger, _session.Id, Verb, failure.Message);
            return new(426, $"The data does not follow the mode's rules.");
        }
        catch (IOException)
        {
            return new(426, $"The data connection was broken.");
        }
        finally
        {
            _session.Transfer = null;
            Watch(Timeout.InfiniteTimeSpan);
            if (connection is not null)
            {
                connection.Abort();
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        lock (_stopping)
        {
            _isOver = true;
        }

        _watch.Dispose();
        _linked.Dispose();
    }

    private Reply Opening(bool reuses) => Unique is not null ? new(reuses ? 125 : 150, $"FILE: {Unique}") : (reuses, Expected) switch
    {
        (true, _) => new(125, $"Going on with the open data connection."),
        (_, >= 0) => new(150, $"Opening the data connection ({Expected} bytes)."),
        _ => new(150, $"Opening the data connection."),
    };

    /// <summary>The connection as it is used: inside TLS where PROT has it so. The time for it is one, handshake and all.</summary>
    private async ValueTask<(IConnection? Data, Reply? Refusal)> ConnectAsync(DataChannel data)
    {
        Watch(_session.Options.Limits.DataConnect);
        var (connection, isFresh) = await data.OpenAsync(_stop.Token).ConfigureAwait(false);
        return isFresh ? await _session.Protection.OverDataAsync(connection, IsUpload, _stop.Token).ConfigureAwait(false) : (connection, null);
    }

    private void Watch(TimeSpan limit)
    {
        _bytesAtLastLook = Meter.Bytes;
        _watch.Change(limit, limit);
    }

    private void LookForStall()
    {
        long now = Meter.Bytes;
        if (now == _bytesAtLastLook && _session.Transfer == this)
        {
            Stop(TransferStop.Stall);
        }

        _bytesAtLastLook = now;
    }

    private static partial class Log
    {
        [LoggerMessage("{Session} {Verb} {Path}: {Code}, {Bytes} bytes in {Time}")]
        public static partial void Ended(ILogger logger, LogLevel level, string session, string verb, string path, int code, long bytes, TimeSpan time);

        [LoggerMessage(LogLevel.Warning, "{Session} {Verb}: {Offence}")]
        public static partial void Malformed(ILogger logger, string session, string verb, string offence);
    }
}
