using Wharf.Interop.Support;

namespace Wharf.Interop.Ssh;

/// <summary>Logins by OpenSSH's client that need more than one proof, or do not come about.</summary>
public sealed class LoginTests(Keyring keys)
{
    private readonly string _sftp = Require.Program("sftp", "openssh-client");

    [Fact]
    public async Task A_key_and_then_the_password_where_both_are_required()
    {
        await using var server = await WharfdProcess.StartSftpAsync(
            keys, "--trusted", "127.0.0.0/8", "--set", "ssh.required-methods=publickey,password");
        using var desk = new Desk(server);
        var key = server.Login(Proof.Ed25519, keys);
        (await RunAsync(desk, key, "-oPreferredAuthentications=publickey,password")).Succeeded();
        foreach (var alone in new[] { key, server.Login(Proof.Password, keys), server.Login(Proof.KeyboardInteractive, keys) })
        {
            await RefusedAsync(desk, alone);
        }

        (await RunAsync(desk, server.Login(Proof.RsaSha512, keys), "-oPreferredAuthentications=publickey,keyboard-interactive")).Succeeded();
    }

    [Fact]
    public async Task A_password_is_no_login_where_a_key_is_required()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8", "--set", "ssh.required-methods=publickey");
        using var desk = new Desk(server);
        (await RunAsync(desk, server.Login(Proof.Ecdsa256, keys))).Succeeded();
        await RefusedAsync(desk, server.Login(Proof.Password, keys));
    }

    [Fact]
    public async Task A_stranger_a_strange_key_and_a_wrong_password_are_refused_alike()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        await RefusedAsync(desk, server.Login(Proof.Ed25519, keys) with { User = "nobody" });
        await RefusedAsync(desk, server.Login(Proof.Password, keys) with { User = "nobody" });

        // The certificate's key alone is nobody's.
        await RefusedAsync(desk, server.Login(Proof.Certificate, keys), "-oPubkeyAcceptedAlgorithms=ssh-ed25519");
    }

    [Fact]
    public async Task A_client_that_knows_one_host_key_learns_the_others_with_proof()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        string[] all = await File.ReadAllLinesAsync(server.KnownHosts, TestContext.Current.CancellationToken);
        foreach (string type in new[] { "ssh-ed25519", "ssh-rsa" })
        {
            string known = desk.LocalText("known", all.Single(line => line.Contains(type, StringComparison.Ordinal)) + "\n");
            var login = server.Login(Proof.Password, keys) with { KnownHosts = known };
            (await RunAsync(desk, login, "-oUpdateHostKeys=yes")).Succeeded();
            Assert.Equal(all.Select(KeyOf).Order(), (await File.ReadAllLinesAsync(known, TestContext.Current.CancellationToken)).Select(KeyOf).Order());
        }

        static string KeyOf(string line) => line.Split(' ')[2];
    }

    [Fact]
    public async Task A_banner_is_shown_before_the_login()
    {
        string banner = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(banner, "Authorized use only. \u00C4\u00D6\u00DC\n", TestContext.Current.CancellationToken);
            await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8", "--set", $"ssh.banner={banner}");
            using var desk = new Desk(server);
            var run = await RunAsync(desk, server.Login(Proof.Password, keys));
            Assert.Contains("Authorized use only.", run.Succeeded().Errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(banner);
        }
    }

    private async Task RefusedAsync(Desk desk, SshLogin login, params string[] options)
    {
        var run = await RunAsync(desk, login, options);
        Assert.Equal(255, run.ExitCode);
        Assert.Contains("Permission denied", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>What comes first on ssh's command line holds.</summary>
    private async Task<ClientResult> RunAsync(Desk desk, SshLogin login, params string[] options)
    {
        string batch = desk.LocalText("batch", "pwd\n");
        return await Tool.RunAsync(
            _sftp, [.. options, .. OpenSsh.Options(login), "-b", batch, "127.0.0.1"], desk.Local, environment: OpenSsh.Environment(login));
    }
}
