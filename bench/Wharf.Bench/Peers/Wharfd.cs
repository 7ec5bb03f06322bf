using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>Our server, as `./build publish` leaves it, or any build of it.</summary>
internal sealed class Wharfd(string? path, IReadOnlyList<string> settings) : IContender
{
    private const string Listening = "listening ftp://127.0.0.1:";

    public string Name => "wharfd";

    public bool IsOurs => true;

    public string Version => path ?? Name;

    public string? Prepare() => File.Exists(path) ? null : $"there is no {path ?? "artifacts/wharfd"}; run ./build publish, or ./build bench from the project's folder";

    public RunningServer Start(Site site)
    {
        var run = site.RunFolder(Name);
        List<string> command = path!.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", path] : [path];
        command.AddRange([
            "--root", site.Files,
            "--user", $"{site.User}:{site.Password}",
            "--listen", "ftp://127.0.0.1:0",
            "--trusted", "127.0.0.0/8",
            "--data", Path.Combine(run, "data"),
            "--set", "log.level=Warning", // the peers write no log either
        ]);
        foreach (var setting in settings)
        {
            command.AddRange(["--set", setting]);
        }

        return RunningServer.Start(Name, run, command, new Dictionary<string, string>(), PortIn);
    }

    private static int? PortIn(string? line) =>
        line is not null && line.StartsWith(Listening, StringComparison.Ordinal) ? int.Parse(line.AsSpan(Listening.Length)) : null;
}
