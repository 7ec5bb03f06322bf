using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp;

/// <summary>
/// Serves FTP sessions over connections that somebody else accepts: one object for all listeners. Safe for calls from several
/// threads at once.
/// </summary>
/// <param name="options">What it does and does not do.</param>
/// <param name="accounts">Who may log in.</param>
/// <param name="network">Where data connections come from.</param>
/// <param name="clock">Every clock of every session.</param>
/// <param name="loggers">Where the log goes.</param>
public sealed partial class FtpServer(FtpServerOptions options, IAccounts accounts, INetwork network, TimeProvider clock, ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, (FtpServerSession Session, Task Ended)> _sessions = new();
    private long _lastSession;

    internal FtpServerOptions Options { get; } = options;

    internal IAccounts Accounts { get; } = accounts;

    internal INetwork Network { get; } = network;

    internal TimeProvider Clock { get; } = clock;

    internal ILogger Logger { get; } = loggers.CreateLogger("Wharf.Ftp");

    internal bool IsDraining { get; private set; }

    internal IEnumerable<FtpServerSession> Sessions => _sessions.Values.Select(running => running.Session);

    /// <summary>Sessions that run now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Runs one session to its end. Never throws; disposes the connection, and the ticket where there is one.</summary>
    /// <param name="control">The accepted control connection; owned from here on.</param>
    /// <param name="ticket">Its place among the sessions; null where nobody counts.</param>
    /// <param name="security">What its listener wants of TLS; null where it is optional if there is any.</param>
    public async Task ServeAsync(IConnection control, Admission.Ticket? ticket = null, FtpSecurity? security = null)
    {
        ArgumentNullException.ThrowIfNull(control);
        string id = FormattableString.Invariant($"ftp{Interlocked.Increment(ref _lastSession)}");
        var why = SessionEnd.Fault;
        security ??= Options.Tls is null ? FtpSecurity.None : new FtpSecurity { Tls = TlsUse.Optional };
        var session = new FtpServerSession(id, this, control, security);
        string peer = control.Remote.ToString();

        // Known before its first byte is sent: a server that stops waits only for those it knows.
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sessions[id] = (session, ended.Task);

        // As long as its client has sent ahead a session runs without waiting, and whoever accepts must not wait for that.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            Log.Opened(Logger, id, peer);
            session.OnLogin = ticket is null ? null : ticket.LoggedIn;
            ticket?.OnEvicted(() => session.End(SessionEnd.Evicted));
            var running = session.RunAsync();
            if (IsDraining)
            {
                session.Drain();
            }

            why = await running.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a session does wrong, it is our bug: it ends the session and never the process.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Faulted(Logger, id, fault);
            session.End(SessionEnd.Fault);
        }
        finally
        {
            _sessions.TryRemove(id, out _);
            ended.SetResult();
            await EndAsync(session, why).ConfigureAwait(false);
            ticket?.Dispose();
            Log.Closed(Logger, id, why, session.Age);
        }
    }

    /// <summary>
    /// Stops: sessions that do nothing get 421 at once, those that transfer get the grace time to finish, then 421. Ends when
    /// all are gone. The caller has stopped accepting.
    /// </summary>
    /// <param name="grace">How long a running transfer may take.</param>
    public async Task DrainAsync(TimeSpan grace)
    {
        IsDraining = true;

        // A session says that it is idle and then looks whether we stop; we say that we stop and then look whether it is idle.
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
            session.End(SessionEnd.Shutdown);
        }

        // Asked again: a connection accepted in the last moment became a session meanwhile.
        await Task.WhenAll(_sessions.Values.Select(running => running.Ended)).ConfigureAwait(false);
    }

    private async ValueTask EndAsync(FtpServerSession session, SessionEnd why)
    {
        var control = session.Connection;
        switch (why)
        {
            case SessionEnd.Broken or SessionEnd.Unread or SessionEnd.Fault:
            case var _ when session.IsBetweenConnections:
                control.Abort();
                await control.DisposeAsync().ConfigureAwait(false);
                break;
            case SessionEnd.Left when control is not ITlsConnection:
                await control.DisposeAsync().ConfigureAwait(false);
                break;
            default:
                await control.CloseAsync(Options.Limits.LastReply, Clock).ConfigureAwait(false);
                break;
        }

        await session.DisposeAsync().ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} opened by {Peer}")]
        public static partial void Opened(ILogger logger, string session, string peer);

        [LoggerMessage(LogLevel.Information, "{Session} closed: {Reason} after {Age}")]
        public static partial void Closed(ILogger logger, string session, SessionEnd reason, TimeSpan age);

        [LoggerMessage(LogLevel.Error, "{Session} ended by a fault of ours")]
        public static partial void Faulted(ILogger logger, string session, Exception fault);
    }
}
