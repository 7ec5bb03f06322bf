namespace Wharf.Ftp.Commands;

/// <summary>ACCT, RFC 959 section 4.1.1: no account here needs one.</summary>
internal sealed class Acct() : FtpCommand("ACCT", Argument.Required, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(new Reply(202, $"No account is needed."));
}

/// <summary>REIN, RFC 959 section 4.1.1: back to before USER; the connection stays.</summary>
internal sealed class Rein() : FtpCommand("REIN", Argument.None, Needs.Nothing)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        await session.ReinitializeAsync().ConfigureAwait(false);
        return new(220, $"Ready for a new user.");
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
