namespace Wharf.Bench;

/// <summary>Where things are in the project's folder.</summary>
internal static class Places
{
    /// <summary>The folder with the solution, above the working directory.</summary>
    public static string Root { get; } = FindRoot();

    public static string Peers => Path.Combine(Root, "artifacts", "bench-peers");

    public static string Report(string suite) => Path.Combine(Root, "artifacts", "bench", $"{suite}.json");

    /// <summary>What `--wharfd` names, else what `./build publish` made, else a Release build.</summary>
    public static string? Wharfd(Options options) => options.Wharfd ?? new[]
    {
        Path.Combine(Root, "artifacts", "wharfd"),
        Path.Combine(Root, "artifacts", "bin", "Wharf.Server", "release", "wharfd"),
        Path.Combine(Root, "artifacts", "bin", "Wharf.Server", "release", "wharfd.dll"),
    }.FirstOrDefault(File.Exists);

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
