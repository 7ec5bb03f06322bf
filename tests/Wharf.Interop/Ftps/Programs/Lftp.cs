using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps.Programs;

/// <summary>lftp, whose TLS is GnuTLS.</summary>
public sealed class Lftp : FtpsClient
{
    private string _lftp = "";

    public override Task FindAsync()
    {
        _lftp = Require.Program("lftp", "lftp");
        return Task.CompletedTask;
    }

    public override async Task<ErrandResult> RunAsync(Errand errand)
    {
        string version = errand.Cell.Tls == Tls.V12 ? "1.2" : "1.3";
        string address = errand.Cell.Start == Start.Implicit ? "ftps" : "ftp";
        var script = new StringBuilder(
            $"""
            set cmd:fail-exit yes
            set net:max-retries 1
            set net:timeout 60
            set ssl:ca-file {errand.Server.Certificate}
            set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS{version}
            set ftp:ssl-force yes
            set ftp:ssl-protect-data yes
            set ftp:ssl-protect-list yes
            set ftp:passive-mode {errand.Cell.Data == Data.Passive}
            debug 5
            open -u {WharfdProcess.User},{WharfdProcess.Password} {address}://127.0.0.1:{errand.Port}
            cd /{errand.Desk}/up

            """);
        foreach (string name in errand.Up)
        {
            script.Append($"put up/{name} -o {name}\n");
        }

        foreach (string name in errand.Down)
        {
            script.Append($"get {name} -o down/{name}\n");
        }

        string file = errand.Path($"lftp-{errand.Place}");
        await File.WriteAllTextAsync(file, script.ToString());
        var run = (await Tool.RunAsync(_lftp, ["--norc", "-f", file], errand.Local, patience: Patience)).Succeeded();
        Assert.DoesNotContain("Retrying", run.Errors);
        return ErrandResult.Of(run, "---> PASS ");
    }
}
