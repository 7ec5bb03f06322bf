using System.Runtime.CompilerServices;

namespace Wharf.Tests.House;

/// <summary>Where the sources are, for tests that read them.</summary>
internal static class Repository
{
    /// <summary>The repository's root: the folder above tests/.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    /// <summary>Source files below a folder of the repository, with paths relative to the root.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>The text of a file of the repository.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string Here([CallerFilePath] string file = "") => file;
}
