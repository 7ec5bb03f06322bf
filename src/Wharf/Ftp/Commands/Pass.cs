using Microsoft.Extensions.Logging;
using Wharf.Accounts;

namespace Wharf.Ftp.Commands;

/// <summary>PASS, RFC 959 section 4.1.1, right after USER.</summary>
internal sealed partial class Pass() : FtpCommand("PASS", Argument.Optional, Needs.Nothing)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (session.IsLoggedIn)
        {
            return new(503, $"Logged in already.");
        }

        if (session.State.User is not { } user)
        {
            return Reply.BadSequence($"USER comes first.");
        }

        session.State.User = null;
        var attempt = new LoginAttempt(user, new Credential.Password(argument), session.Peer) { Earlier = session.State.Proven };
        var result = await session.Server.Accounts.LogInAsync(attempt, cancel).ConfigureAwait(false);
        if (result is LoginResult.Accepted accepted)
        {
            session.LogIn(accepted.Login);
            Log.LoggedIn(session.Logger, session.Id);
            return new(230, $"Logged in.");
        }

        return ++session.State.FailedLogins >= session.Options.Limits.FailedLogins
            ? new(421, $"Too many failed logins, closing.") { Closes = true }
            : new(530, $"Login incorrect.");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} logged in")]
        public static partial void LoggedIn(ILogger logger, string session);
    }
}
