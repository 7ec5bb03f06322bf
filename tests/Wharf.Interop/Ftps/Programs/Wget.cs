using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps.Programs;

/// <summary>GNU wget: downloads, by a pattern, so that one login serves all.</summary>
public sealed class Wget : FtpsClient
{
    private string _wget = "";

    public override bool ReusesSessions => false;

    // Nor does it rename or delete.
    public override bool Uploads => false;

    public override Task FindAsync()
    {
        _wget = Require.Program("wget", "wget");
        return Task.CompletedTask;
    }

    public override async Task<ErrandResult> RunAsync(Errand errand)
    {
        var run = await Tool.RunAsync(
            _wget,
            [
                "--no-config", "--no-proxy", "-t", "1", "-T", "60", "-v", "-d", "--user", WharfdProcess.User, "--password", WharfdProcess.Password,
                "--ca-certificate", errand.Server.Certificate, "--secure-protocol", errand.Cell.Tls == Tls.V12 ? "TLSv1_2" : "TLSv1_3",
                .. errand.Cell.Start == Start.Implicit ? (string[])["--ftps-implicit"] : [],
                .. errand.Cell.Data == Data.Active ? (string[])["--no-passive-ftp"] : [],
                "-nH", "-P", errand.Place, errand.Url("ftps", $"up/{errand.Place}*"),
            ],
            errand.Local, patience: Patience);
        run.Succeeded();

        // Each into a folder of its own, since its listing lies there under a fixed name.
        foreach (string file in Directory.GetFiles(errand.Path(errand.Place)))
        {
            File.Move(file, errand.Path($"down/{Path.GetFileName(file)}"));
        }

        return ErrandResult.Of(run, "Logging in as ");
    }
}
