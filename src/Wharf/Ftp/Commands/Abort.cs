namespace Wharf.Ftp.Commands;

/// <summary>
/// ABOR, RFC 959 section 4.1.3. In a transfer the session stops it (426) before it answers 226; here none runs: 225 with an open data
/// connection, else 226.
/// </summary>
internal sealed class Abort() : FtpCommand("ABOR", Argument.None, Needs.Login)
{
    public override Beside Beside => Beside.Runs;

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(session.Data.IsOpen
            ? new Reply(225, $"No transfer runs; the data connection is open.")
            : new Reply(226, $"No transfer runs."));
}
