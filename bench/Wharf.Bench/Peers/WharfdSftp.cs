using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>Our server with SFTP alone, the account logging in by its key.</summary>
internal sealed class WharfdSftp(string? path, IReadOnlyList<string> settings) : IPlacedServer
{
    private readonly Wharfd _program = new(path, settings);

    public string Name => _program.Name;

    public bool IsOurs => true;

    public string Version => _program.Version;

    public string? Prepare() => _program.Prepare();

    public RunningServer Start(Site site, Place place) => _program.Start(
        site,
        place,
        "sftp",
        ["--authorized-keys", $"{site.User}:{site.Login.AuthorizedKeys}"],
        RunningServer.IsListening);
}
