using Wharf.Interop.Support;

namespace Wharf.Interop.Remote.Servers;

/// <summary>Host keys of servers, and the known_hosts of their clients.</summary>
internal static class HostKeys
{
    /// <summary>Makes an Ed25519 key with ssh-keygen; its file and its public line.</summary>
    public static Task<(string File, string Line)> MakeAsync(string folder) => MakeAsync(folder, "ed25519");

    /// <summary>Makes a key with ssh-keygen; its file and its public line.</summary>
    public static async Task<(string File, string Line)> MakeAsync(string folder, string type, params string[] more)
    {
        string file = Path.Combine(folder, $"host_{type}");
        (await Tool.RunAsync(
            Require.Program("ssh-keygen", "openssh-client"), ["-q", "-t", type, "-N", "", "-C", "", .. more, "-f", file], folder)).Succeeded();
        return (file, (await File.ReadAllTextAsync(file + ".pub")).TrimEnd());
    }

    /// <summary>Writes known_hosts for a server; returns its path.</summary>
    public static async Task<string> KnowAsync(string folder, int port, params string[] lines)
    {
        string file = Path.Combine(folder, "known_hosts");
        await File.WriteAllLinesAsync(file, lines.Select(line => $"[127.0.0.1]:{port},[localhost]:{port} {line}"));
        return file;
    }
}
