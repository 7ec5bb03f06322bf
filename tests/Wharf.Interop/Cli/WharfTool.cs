using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli;

/// <summary>The program as built next to these tests, without a terminal and with a home of its own.</summary>
internal static class WharfTool
{
    /// <summary>Where the build put it: beside this test's own folder, in the same configuration.</summary>
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

    /// <summary>Runs it with a password in the environment.</summary>
    public static Task<ClientResult> RunAsync(string folder, string password, params string[] arguments) => RunAsync(folder, password, arguments, null);

    /// <summary>The same, with as long a time as it may need.</summary>
    public static Task<ClientResult> RunAsync(string folder, string password, IReadOnlyList<string> arguments, TimeSpan? patience) =>
        // In a session of its own it has no terminal to ask at, wherever these tests were started.
        Tool.RunAsync(
            Require.Program("setsid", "util-linux"), ["--wait", Program, .. arguments], folder, environment: new Dictionary<string, string>
            {
                ["WHARF_PASSWORD"] = password,
                ["XDG_CONFIG_HOME"] = Path.Combine(folder, ".config"),
            },
            patience: patience);

    /// <summary>Runs it at the daemon, whatever key and certificate that shows.</summary>
    public static Task<ClientResult> RunAtDaemonAsync(string folder, IReadOnlyList<string> arguments, TimeSpan? patience = null) =>
        RunAsync(folder, WharfdProcess.Password, ["--insecure", "--quiet", .. arguments], patience);

    /// <summary>FTP on this machine without TLS, where the server shows a certificate that it has made itself.</summary>
    public static string[] Clear { get; } = ["--tls", "none"];

    /// <summary>What it needs to believe a server and to be let in.</summary>
    public static string[] Trust(RemoteServer server) =>
        server.KnownHosts.Length > 0 ? ["--known-hosts", server.KnownHosts]
        : server.Certificate.Length > 0 ? ["--tls", "required", "--ca", server.Certificate]
        : [];
}
