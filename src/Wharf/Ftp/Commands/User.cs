using Microsoft.Extensions.Logging;
using Wharf.Accounts;

namespace Wharf.Ftp.Commands;

/// <summary>
/// USER, RFC 959 section 4.1.1. The answer is the same for every name: whether it exists shows nowhere. Only who has shown a certificate
/// for that very name may be in already (232, RFC 4217 section 12.2).
/// </summary>
internal sealed partial class User() : FtpCommand("USER", Argument.Required, Needs.Nothing)
{
    /// <summary>Longest name, characters; longer ones cannot be accounts and would only fill logs.</summary>
    private const int MaxLength = 256;

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (argument.Length > MaxLength)
        {
            return Reply.BadArgument($"The name is too long.");
        }

        if (session.IsLoggedIn)
        {
            // RFC 959 lets a server take a new USER as a new login; that mixes two users' state, so REIN must come between.
            return session.Login.Name == argument
                ? new(230, $"Logged in already.")
                : new(530, $"Logged in already; REIN starts anew.");
        }

        if (session.Protection.Security.Tls == TlsUse.Required && !session.Protection.IsOn)
        {
            return new(530, $"No login in clear here: send AUTH TLS first, then USER.");
        }

        session.State.User = argument;
        session.State.Proven = [];
        if (session.Options.CertificateLogin && session.Protection.Certificate is { } certificate && certificate.IsFor(argument))
        {
            switch (await session.Server.Accounts.LogInAsync(new(argument, certificate, session.Peer), cancel).ConfigureAwait(false))
            {
                case LoginResult.Accepted accepted:
                    session.State.User = null;
                    session.LogIn(accepted.Login);
                    Log.LoggedIn(session.Logger, session.Id);
                    return new(232, $"Logged in by the certificate.");
                case LoginResult.NeedMore:
                    session.State.Proven = [certificate];
                    break;
            }
        }

        return new(331, $"The password, please.");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} logged in by a certificate")]
        public static partial void LoggedIn(ILogger logger, string session);
    }
}
