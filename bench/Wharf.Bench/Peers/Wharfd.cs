using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>Our server, as `./build publish` leaves it, or any build of it.</summary>
internal sealed class Wharfd(string? path, IReadOnlyList<string> settings) : IPlacedServer
{
    public string Name => "wharfd";

    public bool IsOurs => true;

    public string Version => path ?? Name;

    public string? Prepare() => File.Exists(path) ? null : $"there is no {path ?? "artifacts/wharfd"}; run ./build publish, or ./build bench from the project's folder";

    public RunningServer Start(Site site, Place place) =>
        // Without TLS wherever it is, as vsftpd is here: a namespace's address is no loopback, and in clear no client would be let in there.
        Start(site, place, "ftp", [], place == Place.Loopback ? RunningServer.GreetsAsFtp : RunningServer.IsListening, "?tls=none");

    /// <summary>Starts it with one listener.</summary>
    public RunningServer Start(Site site, Place place, string protocol, IReadOnlyList<string> more, Func<int, int, bool> isReady, string query = "")
    {
        var run = site.RunFolder(Name);
        var listening = $"listening {protocol}://{place.Address}:";
        List<string> command = path!.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", path] : [path];
        command.AddRange([
            "--root", site.Files,
            "--user", $"{site.User}:{site.Password}",
            "--listen", $"{protocol}://{place.Address}:0{query}",
            "--trusted", "127.0.0.0/8",
            "--trusted", "10.0.0.0/8", // of namespaces
            "--data", Path.Combine(run, "data"),
            "--set", "log.level=Warning", // the peers write no log either
            .. more,
        ]);
        foreach (var setting in settings)
        {
            command.AddRange(["--set", setting]);
        }

        return RunningServer.Start(Name, run, place.Enter(command), new Dictionary<string, string>(), PortIn, isReady);

        int? PortIn(string? line) =>
            line is not null && line.StartsWith(listening, StringComparison.Ordinal) ? int.Parse(line[listening.Length..].Split('?')[0]) : null;
    }
}
