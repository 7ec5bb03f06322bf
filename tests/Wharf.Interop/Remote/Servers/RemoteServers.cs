using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Bench.Peers;
using Wharf.Interop.Support;

[assembly: AssemblyFixture(typeof(Wharf.Interop.Remote.Servers.RemoteServers))]

namespace Wharf.Interop.Remote.Servers;

/// <summary>
/// All servers that our client is tried on, each started when the first test asks for it and shared by all. One that cannot run on this
/// machine skips the test and says why.
/// </summary>
public sealed class RemoteServers : IAsyncDisposable
{
    private readonly Dictionary<RemoteKind, Lazy<Task<RemoteServer>>> _servers;
    private readonly Dictionary<string, Lazy<string?>> _unpacked = [];
    private readonly Dictionary<string, DebianPackage> _packages = [];
    private readonly Lazy<Task<SystemUser>> _user;
    private readonly Lazy<string> _folder;
    private readonly Lazy<Task<string>> _key;

    public RemoteServers()
    {
        _servers = Enum.GetValues<RemoteKind>().ToDictionary(kind => kind, kind => new Lazy<Task<RemoteServer>>(() => ServerTable.StartAsync(kind, this)));
        foreach (string name in ServerTable.Packages)
        {
            var package = new DebianPackage(name, Cache);
            _packages[name] = package;
            _unpacked[name] = new(package.Unpack);
        }

        _folder = new(MakeFolder);
        _user = new(() => SystemUser.CreateAsync(Home));
        _key = new(MakeKeyAsync);
    }

    /// <summary>Everything of these servers, readable by all as the users of the servers are others; removed at the end.</summary>
    internal string Folder => _folder.Value;

    /// <summary>The home of the system user.</summary>
    internal string Home => Path.Combine(Folder, "home");

    internal string Certificate => Path.Combine(Folder, "certificate.pem");

    internal string CertificateKey => Path.Combine(Folder, "certificate-key.pem");

    /// <summary>Key and certificate in one file.</summary>
    internal string CertificateBoth => Path.Combine(Folder, "certificate-both.pem");

    private static string Cache => Path.Combine(new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Parent!.Parent!.FullName, "test-peers");

    internal Task<RemoteServer> GetAsync(RemoteKind kind) => _servers[kind].Value;

    /// <summary>The private key that logs in, where keys do; its public half and "authorized_keys" lie beside it.</summary>
    internal Task<string> KeyAsync() => _key.Value;

    /// <summary>The system user; skips where there can be none.</summary>
    internal Task<SystemUser> UserAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "This server changes into the user it serves, which only root may do.");
        return _user.Value;
    }

    /// <summary>An unpacked package; skips where it cannot be had.</summary>
    internal DebianPackage Package(string name)
    {
        // The table is complete from the beginning, so that it is only read here.
        if (_unpacked[name].Value is { } reason)
        {
            Assert.Skip($"The Debian package {name} is not here and cannot be unpacked: {reason}");
        }

        return _packages[name];
    }

    /// <summary>A folder for the configuration of one server.</summary>
    internal string ConfigurationOf(RemoteKind kind) => Directory.CreateDirectory(Path.Combine(Folder, $"{kind}")).FullName;

    /// <summary>A folder for the files of one server, which belongs to the user whose sessions it runs.</summary>
    internal string RootOf(RemoteKind kind, string? owner, string? parent = null)
    {
        string root = Directory.CreateDirectory(Path.Combine(parent ?? Folder, $"{kind}-root")).FullName;
        if (owner is not null)
        {
            Command.Run("/", "chown", owner, root);
        }

        return root;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values.Where(server => server.IsValueCreated && server.Value.IsCompletedSuccessfully))
        {
            await (await server.Value).DisposeAsync();
        }

        if (_user.IsValueCreated && _user.Value.IsCompletedSuccessfully)
        {
            (await _user.Value).Dispose();
        }

        if (_folder.IsValueCreated)
        {
            Desk.Remove(Folder);
        }
    }

    private string MakeFolder()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-remote-").FullName;
        const UnixFileMode everyone =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(folder, everyone);
        Directory.CreateDirectory(Path.Combine(folder, "home"));
        MakeCertificate(folder);
        return folder;
    }

    private async Task<string> MakeKeyAsync()
    {
        string key = Path.Combine(Folder, "id_ed25519");
        (await Tool.RunAsync(
            Require.Program("ssh-keygen", "openssh-client"), ["-q", "-t", "ed25519", "-N", "", "-C", "remote", "-f", key], Folder)).Succeeded();
        File.Copy(key + ".pub", Path.Combine(Folder, "authorized_keys"));
        return key;
    }

    private static void MakeCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        // Some clients only believe an authority; it vouches for itself.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        string pem = certificate.ExportCertificatePem() + "\n", secret = key.ExportPkcs8PrivateKeyPem() + "\n";
        File.WriteAllText(Path.Combine(folder, "certificate.pem"), pem);
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("certificate-key.pem", secret), ("certificate-both.pem", secret + pem)])
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            File.SetUnixFileMode(Path.Combine(folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
