using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Cli.Pty;

/// <summary>Somebody with a home of their own who opens wharf's shell at a server, on a terminal.</summary>
internal sealed partial class ShellDesk(RemoteServer server) : IDisposable
{
    private readonly RemoteDesk _desk = new(server);

    /// <summary>The place of the test at both ends.</summary>
    public RemoteDesk Desk => _desk;

    /// <summary>As the shell shows it, without the blank at its end: screens have none there.</summary>
    public string Prompt => $"{Who}:{_desk.Folder}>";

    /// <summary>"user@host".</summary>
    public string Who => $"{server.User}@127.0.0.1";

    /// <summary>The directory of the test at the server.</summary>
    public string Url => server.Url(_desk.Name);

    /// <summary>Where this home has the host keys it knows.</summary>
    public string KnownHosts => _desk.LocalPath(".ssh/known_hosts");

    /// <summary>The type and the fingerprint of the host key that clients of ours ask for first, as the server's operator knows them.</summary>
    public (string Type, string Fingerprint) HostKey
    {
        get
        {
            string[] words = File.ReadLines(server.KnownHosts).Select(line => line.Split(' ')).First(words => words[1] == "ssh-ed25519");
            return (words[1], Show(Convert.FromBase64String(words[2])));
        }
    }

    /// <summary>A fingerprint as people compare them.</summary>
    public static string Show(ReadOnlySpan<byte> bytes) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(bytes)).TrimEnd('=');

    /// <summary>A screen with every amount, time and rate of a copy as "#".</summary>
    public static string Masked(string screen) => Amount().Replace(screen, "#");

    /// <summary>Opens the shell as somebody does who has never been there.</summary>
    public PtyProgram Meet(string? url = null, params string[] more) => Start([url ?? Url, .. more], null);

    /// <summary>Opens the shell where the server is believed and the password known.</summary>
    public PtyProgram Enter(params string[] more) =>
        Start([Url, .. server.KnownHosts.Length > 0 ? ["--known-hosts", server.KnownHosts] : WharfTool.Clear, .. more], server.Password);

    /// <summary>Opens the shell without a server.</summary>
    public PtyProgram Open(params string[] more) => Start(["shell", .. more], null);

    public void Dispose() => _desk.Dispose();

    private PtyProgram Start(string[] arguments, string? password) => PtyProgram.Start(
        WharfTool.Program, arguments, _desk.Local, new Dictionary<string, string?> { ["WHARF_PASSWORD"] = password, ["SHELL"] = "/bin/sh" }, columns: 140);

    [GeneratedRegex(@"[\d.]+[KMGT]? in [\d.]+ s(, [\d.]+[KMGT]?/s)?")]
    private static partial Regex Amount();
}
