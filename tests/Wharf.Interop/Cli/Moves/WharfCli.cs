using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>The program wharf as built beside these tests.</summary>
internal static class WharfCli
{
    /// <summary>Where the build put it, in the configuration of these tests.</summary>
    public static string Program
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            string path = Path.Combine(own.Parent!.Parent!.FullName, "Wharf.Cli", own.Name, "wharf");
            Assert.True(File.Exists(path), $"The build has not left a program at {path}.");
            return path;
        }
    }

    /// <summary>Runs it with the daemon's password; any server is believed.</summary>
    public static Task<ClientResult> RunAsync(string folder, params IReadOnlyList<string> arguments) => Tool.RunAsync(
        Program, ["--insecure", "-q", .. arguments], folder, environment: new Dictionary<string, string> { ["WHARF_PASSWORD"] = WharfdProcess.Password });
}
