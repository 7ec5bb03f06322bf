using System.Diagnostics;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Exits;

/// <summary>The program in a process of its own, as scripts start it: no terminal, a home that is the test's folder.</summary>
internal static class WharfRun
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Working folder and home.</param>
    /// <param name="password">In WHARF_PASSWORD; null for none.</param>
    /// <param name="words">argv.</param>
    /// <param name="input">Standard input.</param>
    public static Task<ClientResult> RunAsync(string folder, string? password, IReadOnlyList<string> words, string? input = null) =>
        // In a session of its own it has no terminal to ask at, wherever these tests were started.
        Tool.RunAsync(Require.Program("setsid", "util-linux"), ["--wait", WharfTool.Program, .. words], folder, input, environment: Variables(folder, password));

    /// <summary>Runs a script in which wharf is a command.</summary>
    public static Task<ClientResult> ScriptAsync(string folder, string? password, string script, params string[] arguments) => Tool.RunAsync(
        Require.Program("setsid", "util-linux"), ["--wait", "/bin/bash", "-c", script, "bash", .. arguments], folder, environment: Variables(folder, password));

    /// <summary>Starts it, to be interrupted.</summary>
    public static Process Start(string folder, string? password, IReadOnlyList<string> words) =>
        // As the leader of no group, setsid becomes the program itself: signals go to this process.
        Tool.Start(Require.Program("setsid", "util-linux"), [WharfTool.Program, .. words], folder, Variables(folder, password));

    /// <summary>What it needs to believe a server.</summary>
    public static string[] Access(RemoteServer server) =>
        server.Kind.IsSftp() ? ["--known-hosts", server.KnownHosts]
        : server.Kind.IsTls() ? ["--tls", "required", "--ca", server.Certificate]
        : ["--tls", "none"];

    private static Dictionary<string, string> Variables(string folder, string? password)
    {
        var variables = new Dictionary<string, string>
        {
            ["XDG_CONFIG_HOME"] = Path.Combine(folder, ".config"),
            ["PATH"] = $"{Path.GetDirectoryName(WharfTool.Program)}:{Environment.GetEnvironmentVariable("PATH")}",
        };
        if (password is not null)
        {
            variables["WHARF_PASSWORD"] = password;
        }

        return variables;
    }
}
