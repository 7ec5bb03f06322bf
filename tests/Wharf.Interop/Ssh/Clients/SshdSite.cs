using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client.Ssh;
using Wharf.Files.Storage;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;
using Wharf.Net;
using Wharf.Sftp.Messages;
using Wharf.Ssh.Configuration;

namespace Wharf.Interop.Ssh.Clients;

/// <summary>
/// OpenSSH's sshd with several host keys and a host certificate, and the home of somebody who logs in there as the user of this
/// process, by keys. Needs root, since sshd changes into the user it serves.
/// </summary>
internal sealed class SshdSite : IAsyncDisposable
{
    private readonly ServerProcess _sshd;

    private SshdSite(string folder, ServerProcess sshd, string configuration)
    {
        Folder = folder;
        _sshd = sshd;
        Configuration = configuration;
        Surroundings = new()
        {
            Files = new PersonalFiles(new LocalDisk("/"), Home), UserName = Environment.UserName, Variable = name => Variables.GetValueOrDefault(name),
        };
    }

    public string Folder { get; }

    public string Home => Path.Combine(Folder, "home");

    public int Port => _sshd.Port;

    /// <summary>Its settings; "sshd -i" takes them too.</summary>
    public string Configuration { get; }

    public Dictionary<string, string> Variables { get; } = [];

    public SshSurroundings Surroundings { get; }

    public ILogger Logger { get; set; } = NullLogger.Instance;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SshdSite> StartAsync()
    {
        string sshd = Require.Program("sshd", "openssh-server");
        Assert.SkipUnless(Environment.UserName == "root", "sshd changes into the user it serves, which only root may do.");
        string folder = Directory.CreateTempSubdirectory("wharf-sshd-").FullName;
        Directory.CreateDirectory("/run/sshd");
        Directory.CreateDirectory(Path.Combine(folder, "home", ".ssh"));
        foreach (string type in new[] { "ed25519", "ecdsa", "rsa" })
        {
            await KeygenAsync(folder, "-t", type, "-N", "", "-C", "", "-f", "host_" + type);
        }

        await KeygenAsync(folder, "-t", "ed25519", "-N", "", "-C", "ca", "-f", "ca");
        await KeygenAsync(folder, "-s", "ca", "-h", "-I", "a host", "-n", "certified.example", "host_ecdsa.pub");
        string configuration = Path.Combine(folder, "sshd_config");
        await File.WriteAllTextAsync(Path.Combine(folder, "authorized_keys"), "");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            HostKey {folder}/host_ed25519
            HostKey {folder}/host_ecdsa
            HostKey {folder}/host_rsa
            HostCertificate {folder}/host_ecdsa-cert.pub
            AuthorizedKeysFile {folder}/authorized_keys
            PidFile none
            UsePAM no
            UseDNS no
            StrictModes no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            MaxAuthTries 20
            Subsystem sftp internal-sftp

            """,
            Cancel);
        var process = await ServerProcess.StartAsync(
            "SSH-", port => [sshd, "-D", "-e", "-f", configuration, "-o", "ListenAddress=127.0.0.1", "-o", $"Port={port}"], folder);
        var site = new SshdSite(folder, process, configuration);
        await site.KnowAsync($"[127.0.0.1]:{site.Port}", "ed25519");
        return site;
    }

    /// <summary>Runs ssh-keygen in a folder.</summary>
    public static async Task KeygenAsync(string folder, params string[] arguments) =>
        (await Tool.RunAsync(Require.Program("ssh-keygen", "openssh-client"), ["-q", .. arguments], folder)).Succeeded();

    /// <summary>Makes its host known by one of its keys alone.</summary>
    public async Task KnowAsync(string name, string type) => await File.AppendAllTextAsync(
        Path.Combine(Home, ".ssh", "known_hosts"), $"{name} {await File.ReadAllTextAsync(Path.Combine(Folder, $"host_{type}.pub"), Cancel)}", Cancel);

    /// <summary>Lets a public key, or a line, log in.</summary>
    public Task AuthorizeAsync(string line) => File.AppendAllTextAsync(Path.Combine(Folder, "authorized_keys"), line.TrimEnd() + "\n", Cancel);

    /// <summary>Makes a key in the home that may log in; its path.</summary>
    public async Task<string> MakeKeyAsync(string name, params string[] arguments)
    {
        await KeygenAsync(Home, ["-C", name, "-f", name, .. arguments]);
        await AuthorizeAsync(await File.ReadAllTextAsync(Path.Combine(Home, name + ".pub"), Cancel));
        return Path.Combine(Home, name);
    }

    /// <summary>How to log in there with one key.</summary>
    public SshConnectOptions Options(string? key = null) => new()
    {
        Host = "127.0.0.1", Port = Port, UsesAgent = false, UsesDefaultIdentities = false, Identities = key is null ? [] : [new(key)],
    };

    /// <summary>Logs in, asks where it is, and leaves.</summary>
    public async Task LogInAsync(SshConnectOptions options)
    {
        var dialer = new TcpDialer(new TcpNetwork(new TcpOptions { LendsSockets = true }), TimeProvider.System);
        await using var session = await SshConnector.ConnectAsync(options, Surroundings, dialer, TimeProvider.System, Logger, Cancel);
        Assert.NotEmpty(session.Parse<Name>(await session.AskAsync(id => new RealPath(id, "."u8.ToArray()), Cancel)).Entries);
    }

    public async ValueTask DisposeAsync()
    {
        await _sshd.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
