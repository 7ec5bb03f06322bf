using System.Diagnostics;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps.Programs;

/// <summary>curl: the address of each file, on one connection.</summary>
public sealed class Curl : FtpsClient
{
    private static readonly Lazy<bool> s_losesActiveTls = new(() => Version() is { Major: 7, Minor: 87 or 88 });

    private string _curl = "";

    public override IReadOnlyList<Inability> Cannot =>
        s_losesActiveTls.Value
            ? [new(cell => cell.Data == Data.Active, "curl 7.87 and 7.88 send in clear over active data connections that should be TLS (curl issue 10666).")]
            : [];

    public override bool ReadsBehindUploads => false;

    public override Task FindAsync()
    {
        _curl = Require.Program("curl", "curl");
        return Task.CompletedTask;
    }

    public override async Task<ErrandResult> RunAsync(Errand errand)
    {
        var files = new StringBuilder();
        string scheme = errand.Cell.Start == Start.Implicit ? "ftps" : "ftp";
        foreach (string name in errand.Up)
        {
            // An output for uploads too, since curl gives outputs to addresses in order.
            files.Append($"upload-file = \"up/{name}\"\noutput = \"/dev/null\"\nurl = \"{errand.Url(scheme, $"up/{name}")}\"\n");
        }

        foreach (string name in errand.Down)
        {
            files.Append($"output = \"down/{name}\"\nurl = \"{errand.Url(scheme, $"up/{name}")}\"\n");
        }

        string list = errand.Path($"curl-{errand.Place}");
        await File.WriteAllTextAsync(list, files.ToString());
        string[] version = errand.Cell.Tls == Tls.V12 ? ["--tlsv1.2", "--tls-max", "1.2"] : ["--tlsv1.3"];
        string[] active = errand.Cell.Data == Data.Active ? ["-P", "127.0.0.1"] : [];
        // Without SIZE (--ignore-content-length): curl sleeps 200 ms on its answer while the data connection's handshake is under way.
        var run = await Tool.RunAsync(
            _curl,
            [
                "-q", "-g", "-sSv", "--fail-early", "-u", $"{WharfdProcess.User}:{WharfdProcess.Password}", "--ssl-reqd", "--cacert", errand.Server.Certificate,
                "--ignore-content-length", .. version, .. active, "-K", list,
            ],
            errand.Local, patience: Patience);
        run.Succeeded();
        Assert.Contains($"SSL connection using {errand.Cell.Protocol} ", run.Errors);
        return ErrandResult.Of(run, "> PASS ");
    }

    private static Version? Version()
    {
        if (!File.Exists("/usr/bin/curl"))
        {
            return null;
        }

        using var run = Process.Start(new ProcessStartInfo("/usr/bin/curl", ["--version"]) { RedirectStandardOutput = true })!;
        string[] words = run.StandardOutput.ReadToEnd().Split(' ');
        run.WaitForExit();
        return words.Length > 1 && System.Version.TryParse(words[1], out var version) ? version : null;
    }
}
