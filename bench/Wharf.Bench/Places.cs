namespace Wharf.Bench;

/// <summary>Where things are in the project's folder.</summary>
internal static class Places
{
    /// <summary>The folder with the solution, above the working directory.</summary>
    public static string Root { get; } = FindRoot();

    public static string Peers => Path.Combine(Root, "artifacts", "bench-peers");

    public static string Report(string suite) => Path.Combine(Root, "artifacts", "bench", $"{suite}.json");

    /// <summary>What `--wharfd` names, else the newer of what `./build publish` made and the Release build.</summary>
    public static string? Wharfd(Options options) => options.Wharfd ?? new[]
    {
        Path.Combine(Root, "artifacts", "wharfd"),
        Path.Combine(Root, "artifacts", "bin", "Wharf.Server", "release", "wharfd"),
    }.Where(File.Exists).MaxBy(Written);

    /// <summary>What `--client` names, else the newer of what `./build bench` published and the Release build.</summary>
    public static string? Client(Options options) => options.Client ?? new[]
    {
        Path.Combine(Root, "artifacts", "bench-client"),
        Path.Combine(Root, "artifacts", "bin", "Wharf.Bench.Client", "release", "bench-client"),
    }.Where(File.Exists).MaxBy(Written);

    /// <summary>The client program, the newer of what `./build publish` made and the Release build.</summary>
    public static string? Wharf { get; } = new[]
    {
        Path.Combine(Root, "artifacts", "wharf"),
        Path.Combine(Root, "artifacts", "bin", "Wharf.Cli", "release", "wharf"),
    }.Where(File.Exists).MaxBy(Written);

    /// <summary>When the program behind this path, or the library beside it, was last built.</summary>
    private static DateTime Written(string path)
    {
        var program = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var library = Path.Combine(Path.GetDirectoryName(program)!, "Wharf.dll");
        var times = new[] { program, library }.Where(File.Exists).Select(File.GetLastWriteTimeUtc);
        return times.Max();
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Wharf.slnx")))
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
