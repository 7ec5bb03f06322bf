using System.Buffers;
using System.Text;
using Wharf.Client.Ssh;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.Keys;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client.Ssh;

/// <summary>
/// Somebody at a machine of their own, in memory: files below /home/bob, variables, and a server to log in to. The dialer goes to
/// that server whatever the name, and remembers what was dialled.
/// </summary>
internal sealed class SshDesk : IDialer, IAsyncDisposable
{
    public const string KnownHostsPath = "/home/bob/.ssh/known_hosts";

    private bool _isFirst = true;

    public SshDesk(SshPair? pair = null)
    {
        Pair = pair ?? SshPair.Start();
        Disk = new Memory(Pair.Clock);
        Surroundings = new()
        {
            Files = new PersonalFiles(Disk, "/home/bob"), UserName = "bob", Variable = name => Variables.GetValueOrDefault(name),
        };
        Options = new()
        {
            Host = "files.example", User = SshPair.User, Password = (_, _) => new(SshPair.Password), Algorithms = SshPair.Quick,
            UsesAgent = false, UsesDefaultIdentities = false, KeepAlive = TimeSpan.Zero,
        };
    }

    public SshPair Pair { get; }

    public Memory Disk { get; }

    public Dictionary<string, string> Variables { get; } = [];

    public SshSurroundings Surroundings { get; set; }

    /// <summary>Anna's password at files.example, and nothing else.</summary>
    public SshConnectOptions Options { get; set; }

    /// <summary>What was dialled, "host:port".</summary>
    public List<string> Dialled { get; } = [];

    /// <summary>In place of a connection to the server.</summary>
    public Func<CancellationToken, ValueTask<IConnection>>? Dials { get; set; }

    /// <summary>The line that makes the server known.</summary>
    public static string ServerLine { get; } = $"files.example {new PublicKeyLine(SshPair.HostKey.Public, "")}";

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task<SftpClientSession> ConnectAsync(CancellationToken? cancel = null) =>
        SshConnector.ConnectAsync(Options, Surroundings, this, Pair.Clock, Pair.Log, cancel ?? Pair.Token);

    /// <summary>Logs in and leaves.</summary>
    public async Task LogInAsync() => await (await ConnectAsync()).DisposeAsync();

    /// <summary>Why there is no session.</summary>
    public Task<ConnectionException> RefusedAsync() => Assert.ThrowsAsync<ConnectionException>(() => ConnectAsync());

    public ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
    {
        Dialled.Add($"{host}:{port}");
        if (Dials is not null)
        {
            return Dials(cancellationToken);
        }

        var connection = _isFirst ? Pair.Connection : Pair.Connect().Client;
        _isFirst = false;
        return new(connection);
    }

    public async Task WriteAsync(string path, string text) => await WriteAsync(path, Encoding.UTF8.GetBytes(text));

    public async Task WriteAsync(string path, byte[] bytes)
    {
        var at = VirtualPath.Root;
        foreach (string part in VirtualPath.Parse(path).Parent.Parts())
        {
            at = at.Append(part);
            if (await Disk.StatAsync(at, LinkHandling.Follow, Cancel) is null)
            {
                await Disk.MakeDirectoryAsync(at, null, Cancel);
            }
        }

        await using var file = await Disk.OpenAsync(VirtualPath.Parse(path), new OpenMode(FileAccess.Write, FileCreation.Truncate), Cancel);
        await file.WriteAsync(0, new ReadOnlySequence<byte>(bytes), Cancel);
    }

    public async Task<string> ReadAsync(string path) => (await Surroundings.Files.ReadTextAsync(path, 1 << 20, Cancel))!;

    public ValueTask DisposeAsync() => Pair.DisposeAsync();
}
