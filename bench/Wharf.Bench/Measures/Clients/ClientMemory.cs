using System.Diagnostics;
using Wharf.Bench.Load;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures.Clients;

/// <summary>
/// The most memory that the program wharf holds while it moves one huge file, and while it mirrors very many empty ones, over each protocol, to and
/// from wharfd. Both trees are on a disk: there is not memory enough for them beside the rest.
/// </summary>
internal sealed class ClientMemory : IMeasure
{
    private const double MiB = 1 << 20;
    private const int Folders = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);
    private static readonly string[] Protocols = ["sftp", "ftp", "ftpes"];
    private static readonly Goal OfFile = new Goal.Fixed(80);
    private static readonly Goal OfMirror = new Goal.Fixed(200);

    private readonly List<(string Protocol, bool Up, Metric Metric)> _files =
    [
        .. from protocol in Protocols from up in (bool[])[false, true] select (protocol, up, Peak($"{(up ? "put" : "get")} over {protocol}", OfFile)),
    ];

    private readonly List<(string Protocol, bool Up, Metric Metric)> _mirrors =
    [
        .. from protocol in Protocols[..2] from up in (bool[])[false, true] select (protocol, up, Peak($"mirror {(up ? "to" : "from")} {protocol}", OfMirror)),
    ];

    private readonly Metric _oneFolder = Peak("mirror from sftp, all in one folder", OfMirror);

    public string Name => "memory";

    public string Title(Scale scale) => $"most memory held: a file of {scale.HugeBytes >> 20} MiB, and a mirror of {scale.MirrorFiles} files in {Folders} folders";

    public IReadOnlyList<Metric> Metrics => [.. _files.Select(f => f.Metric), .. _mirrors.Select(m => m.Metric), _oneFolder];

    public string? Missing(Options options) =>
        Places.Wharf is null ? "there is no wharf; ./build publish makes it" : Places.Wharfd(options) is null ? "there is no wharfd; ./build publish makes it" : null;

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var measured = new Dictionary<Metric, double>();
        if (!turn.Contender.IsOurs)
        {
            return measured;
        }

        using var place = new DiskPlace();
        Dictionary<string, int> ports = [];
        using var server = Start(turn, place, ports);
        using (var sparse = File.OpenHandle(place.There("huge"), FileMode.Create, FileAccess.Write))
        {
            RandomAccess.SetLength(sparse, turn.Scale.HugeBytes);
        }

        foreach (var (protocol, up, metric) in _files)
        {
            // The same file is the source here and there.
            measured[metric] = up
                ? Most(turn, place, protocol, "put", place.There("huge"), Url("copy"))
                : Most(turn, place, protocol, "get", Url("huge"), place.Here("copy"));
            var arrived = new FileInfo(up ? place.There("copy") : place.Here("copy"));
            if (arrived.Length != turn.Scale.HugeBytes)
            {
                throw new IOException($"{metric.Name} left {arrived.Length} bytes.");
            }

            arrived.Delete();

            string Url(string name) => DiskPlace.Url(protocol, turn.Site.User, ports, name);
        }

        MakeFiles(place.There("tree"), Folders, turn.Scale.MirrorFiles);
        foreach (var (protocol, up, metric) in _mirrors)
        {
            measured[metric] = Mirror(protocol, up, "tree");
        }

        MakeFiles(place.There("folder"), 1, turn.Scale.MirrorFiles);
        measured[_oneFolder] = Mirror("sftp", up: false, "folder");
        return measured;

        double Mirror(string protocol, bool up, string tree)
        {
            var most = up
                ? Most(turn, place, protocol, "sync", place.There(tree), DiskPlace.Url(protocol, turn.Site.User, ports, "mirror"))
                : Most(turn, place, protocol, "sync", DiskPlace.Url(protocol, turn.Site.User, ports, tree), place.Here("mirror"));
            var mirror = up ? place.There("mirror") : place.Here("mirror");
            var arrived = Directory.EnumerateFiles(mirror, "*", SearchOption.AllDirectories).Count();
            Directory.Delete(mirror, recursive: true);
            return arrived == turn.Scale.MirrorFiles ? most : throw new IOException($"A mirror left {arrived} files.");
        }
    }

    private static Metric Peak(string name, Goal goal) => new(name, "MiB", MoreIsBetter: false, goal);

    private static RunningServer Start(Turn turn, DiskPlace place, Dictionary<string, int> ports)
    {
        var run = turn.Site.RunFolder("wharfd-of-memory");
        return RunningServer.Start(
            "wharfd",
            run,
            [
                Places.Wharfd(turn.Options)!, "--root", place.There(""), "--data", Path.Combine(run, "data"), "--user", $"{turn.Site.User}:{turn.Site.Password}",
                "--listen", "sftp://127.0.0.1:0", "--listen", "ftp://127.0.0.1:0", "--trusted", "127.0.0.0/8", "--set", "log.level=Warning",
            ],
            new Dictionary<string, string>(),
            Listening,
            (_, _) => true);

        // "listening ftp://127.0.0.1:1234", and "ready" behind all of them.
        int? Listening(string? line)
        {
            if (line?.StartsWith("listening ", StringComparison.Ordinal) == true)
            {
                var url = new Uri(line["listening ".Length..]);
                ports[url.Scheme] = url.Port;
            }

            return line == "ready" ? ports.Values.First() : null;
        }
    }

    private static double Most(Turn turn, DiskPlace place, string protocol, string verb, string from, string to)
    {
        var start = new ProcessStartInfo(Places.Wharf!) { RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = place.Here("") };
        foreach (var argument in (string[])["-q", verb, "--insecure", .. protocol == "ftp" ? (string[])["--tls", "none"] : [], from, to])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = place.Here("");
        start.Environment["WHARF_PASSWORD"] = turn.Site.Password;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var most = PeakMemory.Watch(process, Patience);
        return process.ExitCode == 0 ? most / MiB : throw new IOException($"wharf {verb} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult().Trim()}");
    }

    private static void MakeFiles(string root, int folders, int files)
    {
        for (var folder = 0; folder < folders; folder++)
        {
            var path = Directory.CreateDirectory(Path.Combine(root, $"folder-{folder:d3}")).FullName;
            for (var file = 0; file < files / folders; file++)
            {
                File.Create(Path.Combine(path, $"file-{file:d6}.txt"), 0).Dispose();
            }
        }
    }

    /// <summary>A folder of the server and one of the client, on a disk.</summary>
    private sealed class DiskPlace : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wharf-bench-");

        public DiskPlace()
        {
            Directory.CreateDirectory(There(""));
            Directory.CreateDirectory(Here(""));
        }

        public string There(string name) => Path.Combine(_folder.FullName, "there", name);

        public string Here(string name) => Path.Combine(_folder.FullName, "here", name);

        public static string Url(string protocol, string user, Dictionary<string, int> ports, string name) =>
            $"{protocol}://{user}@127.0.0.1:{ports[protocol == "ftpes" ? "ftp" : protocol]}/{name}";

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
