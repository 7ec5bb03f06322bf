namespace Wharf.Bench.Peers;

/// <summary>
/// A Debian package unpacked into a folder of its own, with those libraries it needs that the machine lacks. Nothing is
/// installed: the peers' packages conflict with each other.
/// </summary>
internal sealed class DebianPackage
{
    private readonly string _name;
    private readonly string _cache;
    private readonly string _root;

    public DebianPackage(string name, string cache)
    {
        (_name, _cache, _root) = (name, cache, Path.Combine(cache, name));
        Version = name;
    }

    /// <summary>Package and version, once unpacked.</summary>
    public string Version { get; private set; }

    /// <summary>Where the loader finds the libraries that came along.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_LIBRARY_PATH"] = string.Join(':', new[] { "lib", "usr/lib" }
            .Select(folder => Path.Combine(_root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateDirectories(folder, "*-linux-*"))),
    };

    public string Program(string path) => Path.Combine(_root, path);

    /// <summary>Downloads and unpacks unless that was done before. Null when it is there, else why not.</summary>
    public string? Unpack()
    {
        var done = Path.Combine(_root, ".unpacked");
        if (!File.Exists(done))
        {
            var debs = Directory.CreateDirectory(Path.Combine(_cache, "debs", _name)).FullName;
            if (Fetch(debs) is { } reason)
            {
                return reason;
            }

            File.WriteAllText(done, Path.GetFileNameWithoutExtension(Directory.GetFiles(debs, $"{_name}_*.deb")[0]).Replace("%3a", ":"));
        }

        Version = File.ReadAllText(done);
        return null;
    }

    /// <summary>The package and, from one to the next, the libraries it depends on.</summary>
    private string? Fetch(string debs)
    {
        Queue<string> wanted = new([_name]);
        HashSet<string> seen = [_name];
        while (wanted.TryDequeue(out var package))
        {
            if (Download(debs, package) is { } reason)
            {
                return reason;
            }

            var deb = Directory.GetFiles(debs, $"{package}_*.deb")[0];
            Directory.CreateDirectory(_root);
            var (code, _, errors) = Command.Run(debs, "dpkg-deb", "-x", deb, _root);
            if (code != 0)
            {
                return $"dpkg-deb: {errors}";
            }

            foreach (var library in LibrariesOf(debs, deb).Where(seen.Add).Where(library => !IsInstalled(debs, library)))
            {
                wanted.Enqueue(library);
            }
        }

        return null;
    }

    private static string? Download(string debs, string package)
    {
        // The sandbox user of apt may not write into our folder.
        (int Code, string, string Errors) Try() => Command.Run(debs, "apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package);

        var first = Try();
        if (first.Code != 0)
        {
            // A fresh machine has no lists yet.
            Command.Run(debs, "apt-get", "-q", "update");
            first = Try();
        }

        return first.Code == 0 ? null : $"apt-get download {package}: {first.Errors.Split('\n')[^1]}";
    }

    /// <summary>First choices of its Depends (deb-control(5)) that are libraries a program is linked with.</summary>
    private static IEnumerable<string> LibrariesOf(string debs, string deb) =>
        Command.Run(debs, "dpkg-deb", "-f", deb, "Depends").Output
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(choice => choice.Split('|', ' ', ':')[0])
            .Where(package => package.StartsWith("lib", StringComparison.Ordinal) && !package.EndsWith("-perl", StringComparison.Ordinal));

    private static bool IsInstalled(string debs, string package) =>
        Command.Run(debs, "dpkg-query", "-W", "-f", "${db:Status-Status}\n", package).Output.StartsWith("installed", StringComparison.Ordinal);
}
