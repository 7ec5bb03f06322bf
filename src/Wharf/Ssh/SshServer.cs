using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Net;
using Wharf.Ssh.Connection;
using Wharf.Ssh.Transport;

namespace Wharf.Ssh;

/// <summary>
/// Serves SSH sessions over connections that somebody else accepts: one object for all listeners. Safe for calls from several
/// threads at once.
/// </summary>
/// <param name="options">What it does and does not do.</param>
/// <param name="accounts">Who may log in.</param>
/// <param name="clock">Every clock of every session.</param>
/// <param name="loggers">Where the log goes.</param>
/// <param name="randomness">Cookies and ephemeral keys; null for the system's.</param>
public sealed partial class SshServer(
    SshServerOptions options, IAccounts accounts, TimeProvider clock, ILoggerFactory loggers, Randomness? randomness = null)
{
    private readonly ConcurrentDictionary<string, (SshServerSession Session, Task Ended)> _sessions = new();
    private long _lastSession;

    internal SshServerOptions Options { get; } = options;

    internal IAccounts Accounts { get; } = accounts;

    internal TimeProvider Clock { get; } = clock;

    internal Randomness Randomness { get; } = randomness ?? Randomness.System;

    internal ILogger Logger { get; } = loggers.CreateLogger("Wharf.Ssh");

    /// <summary>What it calls itself.</summary>
    internal string Version { get; set; } = Identification.Ours;

    internal WindowBudget Windows { get; } = new(options.Limits.AllWindowsBytes);

    internal bool IsDraining { get; private set; }

    internal IEnumerable<SshServerSession> Sessions => _sessions.Values.Select(running => running.Session);

    /// <summary>Sessions that run now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Says whether SSH can be served here at all.</summary>
    /// <exception cref="PlatformNotSupportedException">OpenSSL's libcrypto is not on this machine; its message is for the operator.</exception>
    public static void Require() => LibCrypto.Require();

    /// <summary>Runs one session to its end. Never throws; disposes the connection, and the ticket where there is one.</summary>
    /// <param name="connection">The accepted connection; owned from here on.</param>
    /// <param name="ticket">Its place among the sessions; null where nobody counts.</param>
    /// <param name="algorithms">What may be negotiated on it; null for the options' own.</param>
    public async Task ServeAsync(IConnection connection, Admission.Ticket? ticket = null, SshAlgorithms? algorithms = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        string id = FormattableString.Invariant($"ssh{Interlocked.Increment(ref _lastSession)}");
        var why = SshEnd.Fault;
        using var session = new SshServerSession(id, this, connection, algorithms ?? Options.Algorithms);
        IPEndPoint peer = connection.Remote;

        // Known before its first byte is sent: a server that stops waits only for those it knows.
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sessions[id] = (session, ended.Task);

        // As long as its client has sent ahead a session runs without waiting, and whoever accepts must not wait for that.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            Log.Opened(Logger, id, peer);
            session.OnLogin = ticket is null ? null : ticket.LoggedIn;
            ticket?.OnEvicted(() => session.End(SshEnd.Evicted));
            if (IsDraining)
            {
                session.Drain();
            }

            why = await session.RunAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a session does wrong, it is our bug: it ends the session and never the process.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Faulted(Logger, id, fault);
            session.End(SshEnd.Fault);
        }
        finally
        {
            _sessions.TryRemove(id, out _);
            ended.SetResult();
            await EndAsync(connection, why).ConfigureAwait(false);
            ticket?.Dispose();
            Log.Closed(Logger, id, why, session.Age, session.Offence);
        }
    }

    /// <summary>
    /// Stops: sessions that do nothing are ended at once, those with open files get the grace time. Ends when all are gone. The
    /// caller has stopped accepting.
    /// </summary>
    /// <param name="grace">How long they may take.</param>
    public async Task DrainAsync(TimeSpan grace)
    {
        IsDraining = true;

        // A session settles and then looks whether we stop; we say that we stop and then look whether it is busy.
        Interlocked.MemoryBarrier();
        foreach (var session in Sessions)
        {
            session.Drain();
        }

        Task all = Task.WhenAll(_sessions.Values.Select(running => running.Ended));
        using (var patience = new CancellationTokenSource(grace, Clock))
        {
            await all.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var session in Sessions)
        {
            session.End(SshEnd.Shutdown);
        }

        // Asked again: a connection accepted in the last moment became a session meanwhile.
        await Task.WhenAll(_sessions.Values.Select(running => running.Ended)).ConfigureAwait(false);
    }

    private async ValueTask EndAsync(IConnection connection, SshEnd why)
    {
        switch (why)
        {
            case SshEnd.Broken or SshEnd.Fault:
                connection.Abort();
                await connection.DisposeAsync().ConfigureAwait(false);
                break;
            case SshEnd.Left:
                await connection.DisposeAsync().ConfigureAwait(false);
                break;
            default:
                await connection.CloseAsync(Options.Limits.LastWords, Clock).ConfigureAwait(false);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} opened by {Peer}")]
        public static partial void Opened(ILogger logger, string session, IPEndPoint peer);

        [LoggerMessage(LogLevel.Information, "{Session} closed: {Reason} after {Age} {Words}")]
        public static partial void Closed(ILogger logger, string session, SshEnd reason, TimeSpan age, string words);

        [LoggerMessage(LogLevel.Error, "{Session} ended by a fault of ours")]
        public static partial void Faulted(ILogger logger, string session, Exception fault);
    }
}
