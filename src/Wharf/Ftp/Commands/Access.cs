namespace Wharf.Ftp.Commands;

/// <summary>ACCT, RFC 959 section 4.1.1: no account here needs one.</summary>
internal sealed class Acct() : FtpCommand("ACCT", Argument.Required, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(new Reply(202, $"No account is needed."));
}

/// <summary>
/// REIN, RFC 959 section 4.1.1: back to before USER; the connection stays. Inside TLS the reply still is, then both sides end TLS and go
/// on in clear (RFC 4217 section 13). An implicit listener has no state in clear, and so no REIN.
/// </summary>
internal sealed class Rein() : FtpCommand("REIN", Argument.None, Needs.Nothing)
{
    public override bool IsThere(FtpServerSession session) => session.Protection.HasClearState;

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var protection = session.Protection;
        if (!protection.HasClearState)
        {
            return new(502, $"REIN needs a state in clear, which is not here: connect anew.");
        }

        if (protection.IsControlProtected)
        {
            await session.ForgetInputAsync().ConfigureAwait(false);
        }

        await session.ReinitializeAsync().ConfigureAwait(false);
        return new(220, $"Ready for a new user.")
        {
            After = protection.IsOn ? () => session.ChangeConnectionAsync(protection.ClearAsync) : null,
        };
    }
}

/// <summary>QUIT, RFC 959 section 4.1.1; behind a transfer it waits for its end.</summary>
internal sealed class Quit() : FtpCommand("QUIT", Argument.None, Needs.Nothing)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        await session.Data.ResetAsync().ConfigureAwait(false);
        return new(221, $"Goodbye.") { Closes = true };
    }
}

/// <summary>NOOP, RFC 959 section 4.1.3.</summary>
internal sealed class Noop() : FtpCommand("NOOP", Argument.None, Needs.Nothing)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(Reply.Okay($"Okay."));
}

/// <summary>SYST, RFC 959 section 4.1.3: the word that makes clients read LIST as "ls -l".</summary>
internal sealed class Syst() : FtpCommand("SYST", Argument.None, Needs.Nothing)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(new Reply(215, $"{(session.Options.ListStyle == ListStyle.Dos ? "Windows_NT" : "UNIX Type: L8")}"));
}
