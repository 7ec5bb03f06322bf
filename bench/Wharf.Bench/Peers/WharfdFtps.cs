using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>Our server with explicit FTPS alone: TLS is required, and so is the login's session on data connections.</summary>
internal sealed class WharfdFtps(string? path, IReadOnlyList<string> settings) : IServer
{
    private readonly Wharfd _program = new(path, settings);

    public string Name => _program.Name;

    public bool IsOurs => true;

    public string Version => _program.Version;

    public string? Prepare() => _program.Prepare();

    public RunningServer Start(Site site) => _program.Start(
        site,
        Place.Loopback,
        "ftp",
        ["--set", $"tls.certificate={site.Certificate.Certificate}", "--set", $"tls.key={site.Certificate.Key}"],
        RunningServer.GreetsAsFtp,
        "?tls=required&session-reuse=required");
}
