using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Ssh.Agent;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.Keys;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Fuzz.Targets;

/// <summary>A file of known hosts: lines that count and lines that do not, and a stranger's key is never known.</summary>
internal sealed class KnownHostsTarget() : FuzzTarget("known-hosts")
{
    private static readonly SigningKey Stranger = new Ed25519SigningKey([.. Enumerable.Repeat((byte)9, 32)]);

    public override IReadOnlyList<string> Words =>
        ["@revoked ", "@cert-authority ", "|1|", "[a.example]:2222", "a.example", "*", "?", "!", ",", " ssh-ed25519 ", "AAAAC3NzaC1lZDI1NTE5AAAAI", "\n", "\t", "#", "="];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var file = KnownHostsFile.Parse("/known", FileNames.Decode(input));
        int lines = 1 + input.Count(b => b == '\n');
        Require(file.Lines.Count + file.Problems.Count <= lines, "A line counts or is a problem.");
        foreach (int port in new[] { 22, 2222 })
        {
            var found = new KnownHostKeys([file], "a.example", port).Find(Stranger.Public);
            Require(found.Status is HostKeyStatus.Unknown or HostKeyStatus.Changed, "A stranger's key is not known.");
        }

        return Task.CompletedTask;
    }
}

/// <summary>A file of configuration: it means something, or is a line in the log; nothing in it starts anything or reads without end.</summary>
internal sealed class SshConfigurationTarget() : FuzzTarget("ssh-config")
{
    public override IReadOnlyList<string> Words =>
    [
        "Host ", "Match ", "host ", "user ", "all", "exec ", "originalhost ", "!", "*", "?", ",", "Include ", "config", "HostName ", "%h", "%%", "%", "${", "}", "Port ", "User ",
        "IdentityFile ", "ProxyJump ", "@", "[::1]:", "ssh://", "ProxyCommand ", "StrictHostKeyChecking ", "ServerAliveInterval ", "99999999w", "=", "\"", "'", "\\", "#", "\n",
    ];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var disk = new Memory(TimeProvider.System);
        var home = VirtualPath.Parse("/home");
        await disk.MakeDirectoryAsync(home, null, cancel);
        await disk.MakeDirectoryAsync(home.Append(".ssh"), null, cancel);
        await using (var file = await disk.OpenAsync(home.Append(".ssh").Append("config"), new OpenMode(FileAccess.Write, FileCreation.Truncate), cancel))
        {
            await file.WriteAsync(0, new(input), cancel);
        }

        var resolver = new SettingsResolver(new PersonalFiles(disk, "/home"), _ => null, "bob", NullLogger.Instance);
        var settings = await resolver.ResolveAsync(["~/.ssh/config"], "a.example", null, null, cancel);
        Require(settings.Port is >= 1 and <= 65535, "A port is one.");
        Require(settings.ProxyJump.Count <= ConfigurationLimits.MostJumps, "The hosts on the way are bounded.");
        Require(settings.ProxyJump.Count == 0 || settings.ProxyCommand is null, "There is one way.");
    }
}

/// <summary>What an agent answers: keys of kinds we know, or none; never a signature under another name.</summary>
internal sealed class AgentReplyTarget() : FuzzTarget("agent-reply")
{
    public override IReadOnlyList<string> Words => ["\0\0\0\u0005\u000c", "\0\0\0\u0001", "\0\0\0\u000bssh-ed25519", "\0\0\0\u0020", "\u000e", "\u0005", "\u00ff\u00ff\u00ff\u00ff"];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        var agent = new AgentClient(_ => new(new Answer(input)), TimeProvider.System, NullLogger.Instance);
        var keys = await agent.ListAsync(cancel);
        Require(keys.Count <= AgentLimits.MostKeys, "Keys are bounded.");
        Require(keys.All(key => key.Algorithms.Count > 0), "A key has algorithms.");
        byte[]? signature = await agent.SignAsync(new PublicKeyBlob("ssh-ed25519", new byte[4]), "ssh-ed25519", "x"u8.ToArray(), cancel);
        Require(signature is null || signature.AsSpan().StartsWith("\0\0\0\u000bssh-ed25519"u8), "A signature has the name that was asked for.");
    }

    /// <summary>Takes anything and says the input, then ends.</summary>
    private sealed class Answer(byte[] input) : IConnection
    {
        private int _at;

        public System.Net.IPEndPoint Local { get; } = new(System.Net.IPAddress.Loopback, 0);

        public System.Net.IPEndPoint Remote => Local;

        public bool PeerHasFinished => _at == input.Length;

        public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
        {
            int count = Math.Min(into.Length, input.Length - _at);
            input.AsSpan(_at, count).CopyTo(into.Span);
            _at += count;
            return new(count);
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => default;

        public ValueTask FinishAsync(CancellationToken cancellationToken) => default;

        public void Abort()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
