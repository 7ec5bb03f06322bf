namespace Wharf.Interop.Support;

/// <summary>
/// OpenSSH's sshd with "wharfd sftp-server" as its Subsystem. It speaks on its standard input (-i), so each client starts one of
/// its own by ProxyCommand: there is no port to find and nothing to end. It needs root, since it changes into the user it serves.
/// </summary>
internal sealed class SshdProgram
{
    private readonly string _folder;
    private readonly string _sshd;
    private readonly Keyring _keys;

    private SshdProgram(string folder, string sshd, Keyring keys)
    {
        _folder = folder;
        _sshd = sshd;
        _keys = keys;
    }

    /// <summary>What clients see as "/".</summary>
    public string Root => Path.Combine(_folder, "sshd-root");

    /// <summary>Writes what sshd needs into the folder; skips the test where it cannot run.</summary>
    public static async Task<SshdProgram> PrepareAsync(string folder, Keyring keys)
    {
        string sshd = Require.Program("sshd", "openssh-server");
        Assert.SkipUnless(Environment.UserName == "root", "sshd changes into the user it serves, which only root may do.");
        var prepared = new SshdProgram(folder, sshd, keys);
        Directory.CreateDirectory(prepared.Root);

        // Its parent without privileges lives there; where there is no init system, nobody else makes it.
        Directory.CreateDirectory("/run/sshd");
        string hostKey = Path.Combine(folder, "sshd-host-key");
        if (!File.Exists(hostKey))
        {
            (await Tool.RunAsync(
                Require.Program("ssh-keygen", "openssh-client"), ["-q", "-t", "ed25519", "-N", "", "-f", hostKey], folder)).Succeeded();
        }

        await File.WriteAllTextAsync(prepared.KnownHosts, $"sshd {await File.ReadAllTextAsync(hostKey + ".pub")}");
        await File.WriteAllTextAsync(
            prepared.Configuration,
            $"""
            HostKey {hostKey}
            AuthorizedKeysFile {await keys.AuthorizedKeysAsync()}
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            Subsystem sftp {WharfdProcess.Program} sftp-server --root {prepared.Root}

            """);
        return prepared;
    }

    /// <summary>Options of OpenSSH's clients, with "sshd" as the host.</summary>
    public string[] Options() =>
    [
        .. OpenSsh.Options(new SshLogin(22, Environment.UserName, Proof.Ed25519, KnownHosts, _keys)),
        "-oHostKeyAlias=sshd",
        $"-oProxyCommand={_sshd} -i -f {Configuration}",
    ];

    private string KnownHosts => Path.Combine(_folder, "sshd-known-hosts");

    private string Configuration => Path.Combine(_folder, "sshd-config");
}
