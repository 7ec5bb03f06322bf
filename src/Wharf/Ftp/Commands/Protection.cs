using System.Globalization;

namespace Wharf.Ftp.Commands;

/// <summary>PBSZ, RFC 2228 section 3: TLS is a stream, so the size is 0 (RFC 4217 section 9).</summary>
internal sealed class Pbsz() : FtpCommand("PBSZ", Argument.Required, Needs.Nothing)
{
    public override string Form => "<sp> 0";

    public override bool IsThere(FtpServerSession session) => session.Protection.IsReachable;

    public override IEnumerable<string> Features(FtpServerSession session) => IsThere(session) ? ["PBSZ"] : [];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (!session.Protection.IsControlProtected)
        {
            return new(Prot.NotNow(session));
        }

        if (!uint.TryParse(argument.Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return new(Reply.BadArgument($"A size is a number below 2^32."));
        }

        session.Protection.HasBufferSize = true;
        return new(Reply.Okay($"{"PBSZ=0"}"));
    }
}

/// <summary>PROT, RFC 2228 section 3, RFC 4217 section 9: data connections in clear (C) or inside TLS (P).</summary>
internal sealed class Prot() : FtpCommand("PROT", Argument.Required, Needs.Nothing)
{
    public override string Form => "<sp> C | P";

    public override bool IsThere(FtpServerSession session) => session.Protection.IsReachable;

    public override IEnumerable<string> Features(FtpServerSession session) => IsThere(session) ? ["PROT"] : [];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var protection = session.Protection;
        if (!protection.IsControlProtected)
        {
            return NotNow(session);
        }

        if (!protection.HasBufferSize)
        {
            return Reply.BadSequence($"PBSZ 0 comes first.");
        }

        switch (argument.Trim(' ').ToUpperInvariant())
        {
            case "P":
                await SetAsync(session, true).ConfigureAwait(false);
                return Reply.Okay($"Data connections are protected.");
            case "C" when protection.Security.Tls == TlsUse.Required:
                return new(534, $"Data connections are always protected here.");
            case "C":
                await SetAsync(session, false).ConfigureAwait(false);
                return Reply.Okay($"Data connections are in clear.");
            case "S" or "E":
                return new(536, $"TLS knows C and P.");
            default:
                return Reply.NotForThat($"The levels are C and P.");
        }
    }

    /// <summary>503 outside TLS: before AUTH, and behind CCC, where somebody else might be asking (RFC 4217 section 5).</summary>
    public static Reply NotNow(FtpServerSession session) => session.Protection.IsOn
        ? Reply.BadSequence($"Behind CCC it stays as it is.")
        : Reply.BadSequence($"AUTH TLS comes first.");

    private static async ValueTask SetAsync(FtpServerSession session, bool isPrivate)
    {
        if (session.Protection.IsPrivate != isPrivate)
        {
            session.Protection.IsPrivate = isPrivate;

            // What MODE B or C kept open is not of that level.
            await session.Data.CloseAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>
/// CCC, RFC 2228 section 3, RFC 4217 section 5: the control connection goes on in clear, so that firewalls can read it. Off by default:
/// from then on whoever is on the way can give commands.
/// </summary>
internal sealed class Ccc() : FtpCommand("CCC", Argument.None, Needs.Login)
{
    public override bool IsThere(FtpServerSession session) =>
        session.Options.ClearCommandChannel && session.Protection is { IsReachable: true, HasClearState: true };

    public override IEnumerable<string> Features(FtpServerSession session) => IsThere(session) ? ["CCC"] : [];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (!session.Protection.IsControlProtected)
        {
            return new(533, $"The control connection is in clear.");
        }

        if (!IsThere(session))
        {
            return new(534, $"The control connection stays protected here.");
        }

        await session.ForgetInputAsync().ConfigureAwait(false);
        return new(200, $"The control connection goes on in clear.")
        {
            After = () => session.ChangeConnectionAsync(session.Protection.ClearControlAsync),
        };
    }
}
