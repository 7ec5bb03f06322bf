using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps.Programs;

/// <summary>rclone: copies folders; Go's TLS.</summary>
public sealed class Rclone : FtpsClient
{
    private string _rclone = "";

    public override bool ReadsBehindUploads => false;

    // It has a cache of sessions, by name of the host: with several connections it offers another login's.
    public override bool ReusesSessions => false;

    public override IReadOnlyList<Inability> Cannot => [new(cell => cell.Data == Data.Active, "rclone has no active mode.")];

    public override Task FindAsync()
    {
        _rclone = Require.Program("rclone", "rclone");
        return Task.CompletedTask;
    }

    public override async Task<ErrandResult> RunAsync(Errand errand)
    {
        string secret = (await Tool.RunAsync(_rclone, ["obscure", WharfdProcess.Password], errand.Local)).Succeeded().Text.Trim();
        string remote = $":ftp:/{errand.Desk}/up";
        string said = "";
        if (errand.Up.Count > 0)
        {
            said += await CopyAsync(errand, secret, errand.Up, "up", remote);
        }

        if (errand.Down.Count > 0)
        {
            said += await CopyAsync(errand, secret, errand.Down, remote, "down");
        }

        // Two runs, one for each direction; a run with one transfer at a time keeps one connection, and one to look around with.
        int logins = said.Split('\n').Count(line => line.Contains("\"PASS ", StringComparison.Ordinal));
        return new ErrandResult(said, logins <= 4 ? 1 : logins);
    }

    private async Task<string> CopyAsync(Errand errand, string secret, IReadOnlyList<string> names, string from, string to)
    {
        string list = errand.Path($"rclone-{errand.Place}-{from.Length}");
        await File.WriteAllLinesAsync(list, names);
        var run = await Tool.RunAsync(
            _rclone,
            [
                "--config", "/dev/null", "-vv", "--dump", "headers", "--retries", "1", "--low-level-retries", "1", "--transfers", "1", "--checkers", "1",
                "--ftp-host", "127.0.0.1", "--ftp-port", $"{errand.Port}", "--ftp-user", WharfdProcess.User, "--ftp-pass", secret,
                errand.Cell.Start == Start.Implicit ? "--ftp-tls" : "--ftp-explicit-tls",
                .. errand.Cell.Tls == Tls.V12 ? (string[])["--ftp-disable-tls13"] : [],
                "--files-from", list, "copy", from, to,
            ],
            errand.Local, patience: Patience, environment: new Dictionary<string, string> { ["SSL_CERT_FILE"] = errand.Server.Certificate, ["SSL_CERT_DIR"] = "/nowhere" });
        return run.Succeeded().Errors;
    }
}
