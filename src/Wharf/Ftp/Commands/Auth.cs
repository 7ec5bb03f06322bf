using Wharf.Net.Tls;

namespace Wharf.Ftp.Commands;

/// <summary>
/// AUTH, RFC 2228 section 3, with TLS and its synonyms (RFC 4217 section 8): 234 in clear, then the handshake, then a session as after the
/// connection. AUTH SSL and TLS-P are of drafts that had data connections protected from then on, which clients of theirs count on.
/// </summary>
internal sealed class Auth() : FtpCommand("AUTH", Argument.Required, Needs.Nothing)
{
    public override string Form => "<sp> TLS";

    public override bool IsThere(FtpServerSession session) => session.Protection.IsOffered;

    public override IEnumerable<string> Features(FtpServerSession session) => session.Protection.IsOffered ? ["AUTH TLS"] : [];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var protection = session.Protection;
        if (protection.IsOn)
        {
            return Reply.BadSequence($"TLS was begun already.");
        }

        if (protection.Security.Tls == TlsUse.None)
        {
            return new(502, $"TLS is not offered here.");
        }

        string mechanism = argument.Trim(' ').ToUpperInvariant();
        if (mechanism is not ("TLS" or "TLS-C" or "SSL" or "TLS-P"))
        {
            return Reply.NotForThat($"The mechanism is TLS.");
        }

        ITlsServer server;
        try
        {
            server = session.Options.Tls?.Invoke() ?? throw new TlsException("There are no certificates.");
        }
        catch (TlsException)
        {
            return new(431, $"TLS cannot be had now.");
        }

        // RFC 4217 section 4.2: what was said in clear does not count inside TLS, a login least of all.
        await session.ForgetInputAsync().ConfigureAwait(false);
        await session.ReinitializeAsync(session.State.Host).ConfigureAwait(false);
        return new(234, $"Begin TLS now.")
        {
            After = async () =>
            {
                await session.ChangeConnectionAsync((connection, stop) => protection.AcceptAsync(connection, server, stop)).ConfigureAwait(false);
                protection.IsPrivate = mechanism is "SSL" or "TLS-P";
                if (protection.IsForAnotherHost(session.State.Host))
                {
                    session.State.Host = null;
                }
            },
        };
    }
}

/// <summary>ADAT, RFC 2228 section 3: a handshake of TLS needs none.</summary>
internal sealed class Adat() : FtpCommand("ADAT", Argument.Required, Needs.Nothing)
{
    public override bool IsThere(FtpServerSession session) => false;

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(Reply.BadSequence($"No security data is asked for."));
}

/// <summary>MIC, CONF and ENC, RFC 2228 section 3: commands protected one by one. TLS protects all of them or none.</summary>
internal sealed class ProtectedCommand(string verb) : FtpCommand(verb, Argument.Required, Needs.Nothing)
{
    public override bool IsThere(FtpServerSession session) => false;

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(session.Protection.IsOn
            ? new Reply(537, $"TLS protects the connection, not single commands.")
            : Reply.BadSequence($"AUTH TLS comes first."));
}
