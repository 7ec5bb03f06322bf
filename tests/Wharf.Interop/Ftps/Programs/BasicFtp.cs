using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps.Programs;

/// <summary>basic-ftp on node, fetched once for a run by npm.</summary>
public sealed class BasicFtp : FtpsClient
{
    /// <summary>The version that is asked for, so that a new one does not change what these tests say.</summary>
    private const string Package = "basic-ftp@6";

    private static readonly Lazy<Task<string>> s_module = new(FetchAsync);

    private string _node = "";
    private string _module = "";

    // It offers the latest session of any of its connections.
    public override bool ReusesSessions => false;

    public override IReadOnlyList<Inability> Cannot => [new(cell => cell.Data == Data.Active, "basic-ftp has no active mode.")];

    public override bool ReadsBehindUploads => false;

    // With a session it takes the offered one's cipher for the end of the handshake, and ends the connection of an empty upload
    // before it is inside TLS: in TLS 1.2 without its Finished, in 1.3 now and then without close_notify. To the server that is
    // somebody who went away.
    public override bool UploadsNothing => false;

    public override async Task FindAsync()
    {
        _node = Require.Program("node", "nodejs");
        Require.Program("npm", "npm");
        _module = await s_module.Value;
        Assert.SkipUnless(Directory.Exists(_module), $"npm could not fetch {Package}: {_module}");
    }

    public override async Task<ErrandResult> RunAsync(Errand errand)
    {
        var run = await Tool.RunAsync(
            _node,
            [
                Scripts.Path("basic_ftp_errand.js"), _module, $"{errand.Port}", WharfdProcess.User, WharfdProcess.Password, errand.Server.Certificate,
                $"{errand.Cell.Start}", errand.Cell.Protocol, $"/{errand.Desk}/up",
            ],
            errand.Local, Scripts.Steps(errand), Patience);
        run.Succeeded();
        return ErrandResult.Of(run, "> PASS ");
    }

    /// <summary>The package's folder, or why there is none. npm takes the machine's own settings, and so its registry.</summary>
    private static async Task<string> FetchAsync()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "node");
        string module = Path.Combine(folder, "node_modules", "basic-ftp");
        if (!Directory.Exists(module))
        {
            Directory.CreateDirectory(folder);
            string home = Environment.GetEnvironmentVariable("HOME") ?? folder;
            var run = await Tool.RunAsync(
                Require.Program("npm", "npm"), ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", Package], folder,
                environment: new Dictionary<string, string> { ["HOME"] = home });
            if (run.ExitCode != 0 || run.TimedOut)
            {
                return run.ToString();
            }
        }

        return module;
    }
}
