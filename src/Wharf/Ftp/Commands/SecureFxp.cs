namespace Wharf.Ftp.Commands;

/// <summary>
/// SSCN, as glftpd, RaidenFTPD and ProFTPD have it: whether we are the TLS client of data connections, for transfers between two servers
/// of which each would otherwise wait for the other to begin. By setting.
/// </summary>
internal sealed class Sscn() : FtpCommand("SSCN", Argument.Optional, Needs.Login)
{
    public override string Form => "[<sp> ON | OFF]";

    public override bool IsThere(FtpServerSession session) => IsThereFor(session);

    public override IEnumerable<string> Features(FtpServerSession session) => IsThere(session) ? ["SSCN"] : [];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (Refusal(session, Verb) is { } refusal)
        {
            return refusal;
        }

        string value = argument.Trim(' ').ToUpperInvariant();
        if (value is not ("" or "ON" or "OFF"))
        {
            return Reply.BadArgument($"ON, OFF, or nothing.");
        }

        if (value.Length > 0 && session.Protection.IsClient != (value == "ON"))
        {
            session.Protection.IsClient = value == "ON";
            await session.Data.CloseAsync().ConfigureAwait(false);
        }

        return new(200, $"{(session.Protection.IsClient ? "SSCN:CLIENT METHOD" : "SSCN:SERVER METHOD")}");
    }

    /// <summary>Whether the server can be a TLS client in this session.</summary>
    public static bool IsThereFor(FtpServerSession session) => session.Options.SecureFxp is not null && session.Protection.IsReachable;

    /// <summary>Why it cannot be now; null where it can.</summary>
    public static Reply? Refusal(FtpServerSession session, string verb) =>
        session.Options.SecureFxp is null ? new(502, $"{verb} is not implemented.")
        : session.Protection.IsControlProtected ? null
        : Prot.NotNow(session);
}

/// <summary>CPSV, as glftpd has it: PASV, with us as the TLS client of the one connection that follows.</summary>
internal sealed class Cpsv() : FtpCommand("CPSV", Argument.None, Needs.Login)
{
    public override bool IsThere(FtpServerSession session) => Sscn.IsThereFor(session);

    public override IEnumerable<string> Features(FtpServerSession session) => IsThere(session) ? ["CPSV"] : [];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (Sscn.Refusal(session, Verb) is { } refusal)
        {
            return refusal;
        }

        var reply = await Pasv.ListenAsync(session, cancel).ConfigureAwait(false);
        session.Data.PlannedAsClient = reply.IsSuccess;
        return reply;
    }
}
