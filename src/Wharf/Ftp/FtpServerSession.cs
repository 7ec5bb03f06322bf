using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ftp.Commands;
using Wharf.Ftp.Data;
using Wharf.Ftp.Languages;
using Wharf.Ftp.Modes;
using Wharf.Ftp.Protection;
using Wharf.Net;

namespace Wharf.Ftp;

/// <summary>Why a session ended; log and metrics share it.</summary>
internal enum SessionEnd
{
    /// <summary>QUIT.</summary>
    Quit,

    /// <summary>The client closed the control connection.</summary>
    Left,

    /// <summary>The control connection failed.</summary>
    Broken,

    /// <summary>Silent for too long.</summary>
    Idle,

    /// <summary>It did not read its replies.</summary>
    Unread,

    /// <summary>Not logged in in time.</summary>
    LoginTimeout,

    /// <summary>Too many failed logins.</summary>
    LoginsFailed,

    /// <summary>It spoke HTTP or SMTP, or sent a line without an end.</summary>
    NotFtp,

    /// <summary>Its place was given to another stranger.</summary>
    Evicted,

    /// <summary>The server stops.</summary>
    Shutdown,

    /// <summary>A TLS handshake failed on the control connection, or TLS did not end there as it should.</summary>
    Tls,

    /// <summary>Our bug.</summary>
    Fault,
}

/// <summary>
/// One client: reads commands in order, runs them, answers. While a transfer runs the control connection is read on, so that
/// ABOR and STAT take effect at once and everything else waits its turn (RFC 959 section 4.1.3).
/// </summary>
internal sealed partial class FtpServerSession : IAsyncDisposable
{
    private readonly ControlStream _control;

    /// <summary>Never disposed: a reason to end may come from another thread at any time, and it holds nothing but memory.</summary>
    private readonly CancellationTokenSource _end = new();

    private readonly ITimer _deadline;
    private readonly Queue<ControlLine> _held = new();
    private readonly Lock _ending = new();
    private readonly long _started;
    private long _strangerSince;
    private SessionEnd? _why;
    private volatile bool _clientHasLeft;
    private volatile bool _isQuitting;
    private volatile Activity _activity;
    private ITimer? _drained;

    public FtpServerSession(string id, FtpServer server, IConnection connection, FtpSecurity security)
    {
        Id = id;
        Server = server;
        Connection = connection;
        _control = new ControlStream(connection, Options.Limits);
        Data = new DataChannel(Options, server.Network, connection, security.Tls == TlsUse.Implicit ? Options.ImplicitActivePort : Options.ActivePort, Clock);
        Protection = new SessionProtection(this, security);
        _started = _strangerSince = Clock.GetTimestamp();
        HashBudget = new ReadBudget(Options.Limits.HashBytesPerMinute, Clock);
        _deadline = Clock.CreateTimer(_ => End(IsLoggedIn ? SessionEnd.Idle : SessionEnd.LoginTimeout), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Unique in this process; first in every log line.</summary>
    public string Id { get; }

    public FtpServer Server { get; }

    public FtpServerOptions Options => Server.Options;

    public TimeProvider Clock => Server.Clock;

    public ILogger Logger => Server.Logger;

    /// <summary>The client's end.</summary>
    public System.Net.IPEndPoint Remote => Connection.Remote;

    /// <summary>Our end.</summary>
    public System.Net.IPEndPoint Local => Connection.Local;

    /// <summary>Where its logins come from.</summary>
    public Peer Peer => new(Remote.Address, Protection.Protocol, Id, State.Host);

    /// <summary>How data connections come about.</summary>
    public DataChannel Data { get; }

    /// <summary>What TLS is to it.</summary>
    public SessionProtection Protection { get; }

    /// <summary>What the client has set; REIN makes it new.</summary>
    public FtpSessionState State { get; private set; } = new();

    /// <summary>The account; null before the login.</summary>
    public Login? Login { get; private set; }

    /// <summary>Whether the login has succeeded.</summary>
    [MemberNotNullWhen(true, nameof(Login))]
    public bool IsLoggedIn => Login is not null;

    /// <summary>All the account can see. Only rows that need a login run with it.</summary>
    public IFileSystem Files => Login?.Files ?? throw new InvalidOperationException("Before login.");

    /// <summary>The transfer that runs; null for none.</summary>
    public Transfer? Transfer { get; set; }

    /// <summary>The transfer or other long command that runs; null for none.</summary>
    public string? Working { get; private set; }

    /// <summary>What HASH and its kin may still read.</summary>
    public ReadBudget HashBudget { get; }

    /// <summary>What transmission modes need besides.</summary>
    public ModeOptions ModeOptions => new(Options.Limits, State.DeflateLevel, Clock);

    /// <summary>How long the session has lasted.</summary>
    public TimeSpan Age => Clock.GetElapsedTime(_started);

    /// <summary>Called once when the login succeeds.</summary>
    public Action? OnLogin { get; set; }

    /// <summary>Whether the client has ended the control connection already: a transfer that seems complete may be one that died.</summary>
    public bool ClientHasLeft => _clientHasLeft || (!_isQuitting && Connection.PeerHasFinished);

    /// <summary>The path a client's text means in its working directory.</summary>
    public VirtualPath Resolve(string text) => State.Directory.Resolve(text);

    /// <summary>Sends a reply at once. A client that does not take it in time loses the session.</summary>
    public ValueTask SendAsync(Reply reply)
    {
        Log.Replied(Logger, Id, reply.Code);
        var sending = _control.SendAsync(reply, _end.Token);
        return sending.IsCompleted ? sending : WatchAsync(sending);

        async ValueTask WatchAsync(ValueTask waiting)
        {
            using var patience = Clock.CreateTimer(_ => End(SessionEnd.Unread), null, Patience, Timeout.InfiniteTimeSpan);
            await waiting.ConfigureAwait(false);
        }
    }

    /// <summary>Chooses the language of replies; null for English.</summary>
    public void Speak(Language? language) => _control.Translate = language is null ? null : language.Say;

    /// <summary>From now on the account's.</summary>
    public void LogIn(Login login)
    {
        Login = login;
        OnLogin?.Invoke();
    }

    /// <summary>REIN, RFC 959 section 4.1.1: as after the connection, the login gone. AUTH too (RFC 4217 section 4.2).</summary>
    /// <param name="host">HOST's name, where it stays (RFC 7151 section 3.3: it may come before AUTH); else null.</param>
    public async ValueTask ReinitializeAsync(string? host = null)
    {
        if (IsLoggedIn)
        {
            // A new login gets its time; a stranger's REIN gives no more of it.
            _strangerSince = Clock.GetTimestamp();
        }

        Login = null;

        // Otherwise REIN between the tries would never let them add up.
        State = new() { FailedLogins = State.FailedLogins, Host = host };
        Speak(null);
        await Data.ResetAsync().ConfigureAwait(false);
        Data.EpsvAll = false;
    }

    /// <summary>Ends the session from outside, a running transfer included. Safe from any thread; the first reason counts.</summary>
    public void End(SessionEnd why)
    {
        lock (_ending)
        {
            if (_why is not null)
            {
                return;
            }

            _why = why;
        }

        // The token first: nothing of a transfer that it stops is answered before the last words.
        _end.Cancel();
        Transfer?.Stop(TransferStop.SessionEnds);
    }

    /// <summary>The server stops: ends the session unless a command runs. A reply on its way gets a moment to be taken. Safe from any thread.</summary>
    public void Drain()
    {
        switch (_activity)
        {
            case Activity.Waits:
                End(SessionEnd.Shutdown);
                break;
            case Activity.Replies:
                _drained ??= Clock.CreateTimer(_ => End(SessionEnd.Shutdown), null, Options.Limits.LastReply, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    /// <summary>Runs the session to its end.</summary>
    public async Task<SessionEnd> RunAsync()
    {
        try
        {
            if (Protection.Security.Tls == TlsUse.Implicit)
            {
                await ChangeConnectionAsync(Protection.AcceptImplicitAsync).ConfigureAwait(false);
            }

            await SendAsync(new Reply(220, $"{Options.Greeting}")).ConfigureAwait(false);
            while (_why is null)
            {
                var line = await NextAsync().ConfigureAwait(false);
                if (line.Kind == ControlInput.End)
                {
                    End(SessionEnd.Left);
                    break;
                }

                _activity = Activity.Works;
                var reply = await AnswerAsync(line).ConfigureAwait(false);
                if (reply is null)
                {
                    break;
                }

                _activity = Activity.Replies;
                await SendAsync(reply).ConfigureAwait(false);
                _activity = Activity.Waits;
                if (reply.After is { } after)
                {
                    await after().ConfigureAwait(false);
                }

                // Pairs with the one in FtpServer.DrainAsync: one of the two sees what the other has set.
                Interlocked.MemoryBarrier();
                if (reply.Closes)
                {
                    End(reply.Code == 221 ? SessionEnd.Quit : SessionEnd.LoginsFailed);
                }
                else if (Server.IsDraining)
                {
                    End(SessionEnd.Shutdown);
                }
            }
        }
        catch (OperationCanceledException) when (_why is not null)
        {
            // End() said why.
        }
        catch (IOException)
        {
            End(SessionEnd.Broken);
        }

        End(SessionEnd.Broken);
        var why = _why ?? SessionEnd.Broken;
        if (_reading is { } reading)
        {
            // Cancelled above; whoever reads the client's last bytes away must be the only one who reads.
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // RFC 959 section 3.2: the data connection goes with the session, not when the client has taken its last words.
        await Data.ResetAsync().ConfigureAwait(false);
        await FarewellAsync(why).ConfigureAwait(false);
        return why;
    }

    public async ValueTask DisposeAsync()
    {
        await _deadline.DisposeAsync().ConfigureAwait(false);
        if (_drained is not null)
        {
            await _drained.DisposeAsync().ConfigureAwait(false);
        }

        await Data.DisposeAsync().ConfigureAwait(false);
        _readingAhead?.Dispose();
        _control.Dispose();
    }

    /// <summary>How long the client may keep us waiting now: the silence it is allowed, or before the login what is left of the time for it.</summary>
    private TimeSpan Patience
    {
        get
        {
            var left = IsLoggedIn ? State.Idle ?? Options.Limits.ControlIdle : Options.Limits.LoginGrace - Clock.GetElapsedTime(_strangerSince);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>What to answer to one piece of input; null where the session ends without a word.</summary>
    private async ValueTask<Reply?> AnswerAsync(ControlLine line)
    {
        switch (line.Kind)
        {
            case ControlInput.TooLong:
                return new Reply(500, $"The line is longer than {Options.Limits.LineBytes} bytes.");
            case ControlInput.Forbidden:
                return Reply.BadArgument($"NUL cannot be part of a command.");
            case ControlInput.Endless:
                End(SessionEnd.NotFtp);
                return null;
        }

        var (verb, argument) = CommandTable.Split(line.Text);
        Log.Commanded(Logger, Id, FileNames.ForDisplay(verb));
        if (!IsLoggedIn && CommandTable.IsOtherProtocol(verb))
        {
            // ALPACA and its kin: an HTTP or SMTP client must not be talked to (CVE-2021-3618).
            End(SessionEnd.NotFtp);
            return null;
        }

        if (CommandTable.Find(verb) is not { } command)
        {
            return CommandTable.IsRefused(verb)
                ? new Reply(502, $"{verb} is not implemented.")
                : new Reply(500, $"The command is not known.");
        }

        if (command.Needs == Needs.Login && !IsLoggedIn)
        {
            return new Reply(530, $"Log in with USER and PASS first.");
        }

        if (command.Argument == Argument.Required && argument.Length == 0)
        {
            if (command.Beside == Beside.IsTransfer)
            {
                // A refused transfer closes what MODE B or C kept open, whatever it was refused for.
                await Data.ResetAsync().ConfigureAwait(false);
            }

            return Reply.BadArgument($"{verb} needs an argument.");
        }

        State.NextCommand(verb);
        if (command.Beside is Beside.Waits or Beside.Runs)
        {
            return await GuardAsync(command, argument, _end.Token).ConfigureAwait(false);
        }

        using var abort = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);

        // Files in memory and on local disks never wait: without a thread of its own the work would be done before any ABOR is read.
        var running = command.Beside == Beside.IsWork
            ? Task.Run(() => GuardAsync(command, argument, abort.Token).AsTask(), CancellationToken.None)
            : GuardAsync(command, argument, abort.Token).AsTask();
        Working = verb;
        var reply = await BesideTransferAsync(running, abort).ConfigureAwait(false);
        Working = null;
        if (!reply.IsSuccess && command.Beside == Beside.IsTransfer && (command.Receives || !Data.IsOpen))
        {
            // Nothing of what failed may serve the next file. But a download that was refused before it had the connection which MODE B or C
            // keeps open has sent nothing over it, and is no reason to close it (RFC 959 section 3.3); behind a refused upload its blocks may come.
            await Data.ResetAsync().ConfigureAwait(false);
        }

        return reply;
    }

    private async ValueTask<Reply> GuardAsync(FtpCommand command, string argument, CancellationToken cancel)
    {
        try
        {
            return await command.RunAsync(this, argument, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && _why is null)
        {
            return new(command.Beside == Beside.IsWork ? 451 : 426, $"Stopped.");
        }
        catch (FileException failure)
        {
            Log.Refused(Logger, Id, command.Verb, failure.Error, FileNames.ForDisplay(failure.Path));
            return Reply.For(failure);
        }
    }

    /// <summary>The last words of a session that ends by our decision; a client that does not take them in time loses them.</summary>
    private async ValueTask FarewellAsync(SessionEnd why)
    {
        Reply? last = why switch
        {
            SessionEnd.Idle => new(421, $"Silent for too long, closing."),
            SessionEnd.LoginTimeout => new(421, $"Not logged in in time, closing."),
            SessionEnd.Evicted => new(421, $"Too many connections, try later."),
            SessionEnd.Shutdown => new(421, $"The server stops."),
            SessionEnd.NotFtp => new(500, $"This is an FTP server."),
            _ => null,
        };
        if (last is null || IsBetweenConnections)
        {
            return;
        }

        using var patience = new CancellationTokenSource(Options.Limits.LastReply, Clock);
        try
        {
            await _control.SendAsync(last, patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            Log.FarewellLost(Logger, Id, failure.Message);
            Connection.Abort();
        }
    }

    /// <summary>What the loop does now; a server that stops asks.</summary>
    private enum Activity
    {
        Waits,
        Works,
        Replies,
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Trace, "{Session} > {Verb}")]
        public static partial void Commanded(ILogger logger, string session, string verb);

        [LoggerMessage(LogLevel.Trace, "{Session} < {Code}")]
        public static partial void Replied(ILogger logger, string session, int code);

        [LoggerMessage(LogLevel.Debug, "{Session} {Verb} refused: {Error} {Path}")]
        public static partial void Refused(ILogger logger, string session, string verb, FileError error, string path);

        [LoggerMessage(LogLevel.Debug, "{Session} did not take its last reply: {Failure}")]
        public static partial void FarewellLost(ILogger logger, string session, string failure);
    }
}
