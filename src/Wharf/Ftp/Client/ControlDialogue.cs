using System.Buffers;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>
/// The control connection of a client: commands go out as they come, several in flight, and one loop reads replies and gives them to the
/// commands in the order these were sent. A reply nobody waits for is passed over, but 421 ends the dialogue whenever it comes.
/// </summary>
internal sealed partial class ControlDialogue(string name, IConnection connection, ClientTimeouts timeouts, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private const int BufferBytes = 4096;

    /// <summary>Longest time for QUIT and the end of TLS to go out when the session is closed.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>How long after its caller went away a reply may still come.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<PendingCommand> _pending = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _over = new();
    private readonly ReplyParser _parser = new();
    private IConnection _connection = connection;
    private Task _reading = Task.CompletedTask;
    private ConnectionException? _end;
    private long? _givenUpAt;
    private int _disposed;

    /// <summary>Whether it goes on and no reply is due.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_gate)
            {
                return _end is null && _pending.Count == 0 && _disposed == 0;
            }
        }
    }

    /// <summary>Whether it goes on.</summary>
    public bool IsAlive
    {
        get
        {
            lock (_gate)
            {
                return _end is null && _disposed == 0;
            }
        }
    }

    /// <summary>Whether a caller went away before his reply, which has not come for a while since: others need not wait for the same.</summary>
    public bool IsOverdue
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count > 0 && _givenUpAt is { } since && clock.GetElapsedTime(since) >= Overdue;
            }
        }
    }

    /// <summary>What the server says first.</summary>
    public PendingCommand Greeting { get; } = new("(greeting)");

    /// <summary>Whether the server takes Telnet's escapes out of commands, as RFC 959 section 4.1 has it.</summary>
    public bool SpeaksTelnet { get; set; } = true;

    /// <summary>Begins reading, with the greeting as the first reply.</summary>
    public PendingCommand Start()
    {
        _pending.Enqueue(Greeting);
        _reading = ReadAsync();
        return Greeting;
    }

    /// <summary>
    /// Goes on over another connection, made of the one before: while reading has ended by <see cref="PendingCommand.EndsReadingOn"/>, or
    /// before it began, and then with the greeting.
    /// </summary>
    public async ValueTask GoOnOverAsync(Func<IConnection, ValueTask<IConnection>> change)
    {
        await _reading.ConfigureAwait(false);
        _parser.Forget();
        _connection = await change(_connection).ConfigureAwait(false);
        if (!Greeting.Final.IsCompleted)
        {
            _pending.Enqueue(Greeting);
        }

        _reading = ReadAsync();
    }

    /// <summary>Sends commands in one piece, nothing of others between them. Their replies come by themselves.</summary>
    /// <exception cref="ConnectionException">The dialogue is over.</exception>
    public async ValueTask SendAsync(IReadOnlyList<PendingCommand> commands, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var bytes = new ArrayBufferWriter<byte>(128);
            foreach (var command in commands)
            {
                command.Write(bytes, SpeaksTelnet);
            }

            lock (_gate)
            {
                if (_end is not null)
                {
                    throw Again(_end);
                }

                foreach (var command in commands)
                {
                    _pending.Enqueue(command);
                    Log.Said(logger, name, command.Verb, command.Verb is "PASS" or "ACCT" ? "***" : command.Argument is null ? "" : FileNames.ForDisplay(command.Argument));
                }
            }

            try
            {
                await _connection.SendAsync(bytes.WrittenMemory, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                End(new ConnectionException(ConnectionError.Lost, $"A command to {name} was cut off."));
                throw;
            }
            catch (IOException broken)
            {
                var lost = new ConnectionException(ConnectionError.Lost, $"The connection to {name} broke: {broken.Message}", broken);
                End(lost);
                throw lost;
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Waits for a reply, as long as a silence may last.</summary>
    /// <param name="reply">The command's.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="moves">A number that changes as long as the reply cannot be due yet: it is looked at once in a silence. Null for none.</param>
    /// <exception cref="ConnectionException">It did not come in time, which ends the dialogue, or never.</exception>
    public async ValueTask<ServerReply> ReplyAsync(Task<ServerReply> reply, CancellationToken cancel, Func<long>? moves = null)
    {
        long before = moves?.Invoke() ?? 0;
        while (true)
        {
            try
            {
                return await reply.WaitAsync(timeouts.Idle > TimeSpan.Zero ? timeouts.Idle : Timeout.InfiniteTimeSpan, clock, cancel).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                long now = moves?.Invoke() ?? before;
                if (now != before)
                {
                    before = now;
                    continue;
                }

                var late = new ConnectionException(ConnectionError.TimedOut, $"{name} was silent for {timeouts.Idle.TotalSeconds:0.#} seconds.");
                End(late);
                throw late;
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    _givenUpAt ??= clock.GetTimestamp();
                }

                throw;
            }
            catch (ConnectionException why)
            {
                throw Again(why);
            }
        }
    }

    /// <summary>Ends it: every command that waits fails. From any thread.</summary>
    public void End(ConnectionException why)
    {
        PendingCommand[] waiting;
        lock (_gate)
        {
            if (_end is not null)
            {
                return;
            }

            _end = why;
            waiting = [.. _pending];
            _pending.Clear();
        }

        Log.Ended(logger, name, why.Message);
        _over.Cancel();
        foreach (var command in waiting)
        {
            command.Fail(why);
        }
    }

    /// <summary>Says QUIT where nothing is under way, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        bool polite;
        lock (_gate)
        {
            polite = _end is null && _pending.Count == 0;
        }

        using var farewell = new CancellationTokenSource(Farewell, clock);
        try
        {
            if (polite)
            {
                await SendAsync([new PendingCommand("QUIT")], farewell.Token).ConfigureAwait(false);
                await _connection.FinishAsync(farewell.Token).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // A server that does not listen any more is left all the same.
        }

        End(new ConnectionException(ConnectionError.Lost, $"The session with {name} was closed."));
        await _reading.ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>An exception of its own for each that waits: one object must not be thrown twice.</summary>
    private static ConnectionException Again(ConnectionException why) => new(why.Error, why.Message, why) { ServerReply = why.ServerReply };

    private async Task ReadAsync()
    {
        byte[]? buffer = null;
        try
        {
            while (true)
            {
                if (buffer is null)
                {
                    // Nothing is rented while the server thinks.
                    _ = await _connection.ReceiveAsync(Memory<byte>.Empty, _over.Token).ConfigureAwait(false);
                    buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                }

                int count = await _connection.ReceiveAsync(buffer, _over.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    End(new ConnectionException(ConnectionError.Lost, $"{name} closed the connection."));
                    return;
                }

                if (Take(buffer.AsSpan(0, count)))
                {
                    return;
                }

                if (_parser.TakeRefusal() is { } refusal)
                {
                    await SendRefusalAsync(refusal).ConfigureAwait(false);
                }

                if (!_parser.IsWithin)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = null;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ended by us.
        }
        catch (InvalidDataException offence)
        {
            End(new ConnectionException(ConnectionError.Protocol, $"{name}: {offence.Message}", offence));
        }
        catch (IOException broken)
        {
            End(new ConnectionException(ConnectionError.Lost, $"The connection to {name} broke: {broken.Message}", broken));
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Gives out the replies in these bytes; true where nothing more is to be read.</summary>
    private bool Take(ReadOnlySpan<byte> bytes)
    {
        while (_parser.Parse(ref bytes) is { } reply)
        {
            if (Give(reply))
            {
                // What came behind it in clear is nobody's: it may be a stranger's (CVE-2011-0411 and its kin).
                return true;
            }
        }

        return false;
    }

    private bool Give(ServerReply reply)
    {
        PendingCommand? command;
        Log.Heard(logger, name, reply.Code, reply.Lines.Count > 1 ? FileNames.ForDisplay(string.Join(" / ", reply.Lines)) : FileNames.ForDisplay(reply.Text));
        lock (_gate)
        {
            _ = _pending.TryPeek(out command);
            if (!reply.IsPreliminary && command is not null)
            {
                _pending.Dequeue();
                _givenUpAt = _pending.Count == 0 ? null : _givenUpAt;
            }
        }

        if (reply.IsPreliminary)
        {
            command?.Open(reply);
            return false;
        }

        command?.Complete(reply);
        if (reply.Code == 421)
        {
            // RFC 959 section 5.4: "Service not available, closing control connection", at any time.
            End(new ConnectionException(ConnectionError.Lost, $"{name} closes the connection: {FileNames.ForDisplay(reply.Text)}") { ServerReply = reply.ToString() });
        }

        return command is { EndsReadingOn: var code } && code == reply.Code;
    }

    private async ValueTask SendRefusalAsync(byte[] refusal)
    {
        await _sending.WaitAsync(_over.Token).ConfigureAwait(false);
        try
        {
            await _connection.SendAsync(refusal, _over.Token).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} > {Verb} {Argument}")]
        public static partial void Said(ILogger logger, string session, string verb, string argument);

        [LoggerMessage(LogLevel.Debug, "{Session} < {Code} {Text}")]
        public static partial void Heard(ILogger logger, string session, int code, string text);

        [LoggerMessage(LogLevel.Debug, "{Session} ended: {Why}")]
        public static partial void Ended(ILogger logger, string session, string why);
    }
}
