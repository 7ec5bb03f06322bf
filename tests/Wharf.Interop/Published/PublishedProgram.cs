using Wharf.Interop.Cli;
using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>The programs as ./build publish leaves them, which users have: compiled ahead, one file each.</summary>
internal static class PublishedProgram
{
    /// <summary>The client, or a skipped test where it was not published since it was built.</summary>
    public static string Wharf => Find("wharf", WharfTool.Program);

    /// <summary>The daemon, likewise.</summary>
    public static string Wharfd => Find("wharfd", WharfdProcess.Program);

    private static string Find(string name, string built)
    {
        string artifacts = Path.Combine(Path.GetDirectoryName(built)!, "..", "..", "..");
        var link = new FileInfo(Path.GetFullPath(Path.Combine(artifacts, name)));
        var program = link.Exists ? (FileInfo?)link.ResolveLinkTarget(returnFinalTarget: true) ?? link : link;
        string library = Path.Combine(Path.GetDirectoryName(built)!, "Wharf.dll");
        Assert.SkipUnless(program.Exists, $"There is no {name} under artifacts/: ./build publish makes it, and so does ./build test --full.");
        Assert.SkipUnless(program.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(library), $"The published {name} is older than the build: ./build publish makes a new one.");
        return program.FullName;
    }
}
