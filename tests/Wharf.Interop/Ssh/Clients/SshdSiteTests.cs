using System.Diagnostics;
using Wharf.Interop.Support;
using Wharf.Net;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Interop.Ssh.Clients;

/// <summary>Our client at OpenSSH's sshd: keys of every kind of file, ssh-agent, certificates of users and hosts, and ways through other hosts.</summary>
public sealed class SshdSiteTests
{
    private const string Words = "correct horse";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_of_every_kind_and_encryption_of_ssh_keygen_log_in()
    {
        await using var site = await SshdSite.StartAsync();
        string[][] kinds =
        [
            ["-t", "ed25519", "-N", ""], ["-t", "ed25519", "-N", Words], ["-t", "ed25519", "-N", Words, "-a", "1"], ["-t", "ed25519", "-N", Words, "-a", "40"],
            ["-t", "ecdsa", "-b", "256", "-N", Words, "-Z", "aes256-gcm@openssh.com"], ["-t", "ecdsa", "-b", "384", "-N", Words, "-Z", "aes256-cbc"],
            ["-t", "ecdsa", "-b", "521", "-N", Words, "-Z", "aes128-ctr"], ["-t", "rsa", "-b", "3072", "-N", Words, "-a", "2"],
            ["-t", "rsa", "-b", "2048", "-N", Words, "-m", "PEM"], ["-t", "ecdsa", "-b", "256", "-N", Words, "-m", "PEM"],
            ["-t", "rsa", "-b", "2048", "-N", Words, "-m", "PKCS8"], ["-t", "ecdsa", "-b", "384", "-N", Words, "-m", "PKCS8"],
        ];
        for (int i = 0; i < kinds.Length; i++)
        {
            string key = await site.MakeKeyAsync($"key{i}", kinds[i]);
            int asked = 0;
            await site.LogInAsync(site.Options(key) with
            {
                Passphrase = (question, _) =>
                {
                    asked = question.Try;
                    return new(Words);
                },
            });
            Assert.Equal(kinds[i].Contains(Words) ? 1 : 0, asked);
        }
    }

    [Fact]
    public async Task Keys_of_puttygen_log_in()
    {
        string puttygen = Require.Program("puttygen", "putty-tools");
        await using var site = await SshdSite.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(site.Home, "words"), Words, Cancel);
        foreach (string[] type in new[] { new[] { "-t", "ed25519" }, ["-t", "rsa", "-b", "2048"], ["-t", "ecdsa", "-b", "521"] })
        {
            string key = await site.MakeKeyAsync(string.Concat(type), [.. type, "-N", ""]);
            foreach (string[] form in new[] { new[] { "version=3", "/dev/null" }, ["version=2", "words"], ["version=2", "/dev/null"] })
            {
                string putty = $"{key}-{form[0]}-{Path.GetFileName(form[1])}.ppk";
                (await Tool.RunAsync(puttygen, [key, "-O", "private", "-o", putty, "--ppk-param", form[0], "--new-passphrase", form[1]], site.Home)).Succeeded();
                await site.LogInAsync(site.Options(putty) with { Passphrase = (_, _) => new(Words) });
            }
        }
    }

    [Fact]
    public async Task Keys_and_certificates_of_ssh_agent_log_in()
    {
        string program = Require.Program("ssh-agent", "openssh-client");
        string add = Require.Program("ssh-add", "openssh-client");
        await using var site = await SshdSite.StartAsync();
        string socket = Path.Combine(site.Home, "agent");
        using var agent = Process.Start(new ProcessStartInfo(program, ["-D", "-a", socket]) { RedirectStandardOutput = true })!;
        try
        {
            await Eventually.HoldsAsync(() => File.Exists(socket), "ssh-agent makes its socket");
            var environment = new Dictionary<string, string> { ["SSH_AUTH_SOCK"] = socket };
            site.Variables["SSH_AUTH_SOCK"] = socket;
            foreach (string type in new[] { "ed25519", "ecdsa", "rsa" })
            {
                string key = await site.MakeKeyAsync("agent_" + type, "-t", type, "-N", "");
                (await Tool.RunAsync(add, ["-q", key], site.Home, environment: environment)).Succeeded();
                File.Delete(key);
                await site.LogInAsync(site.Options() with { UsesAgent = true });
                (await Tool.RunAsync(add, ["-q", "-D"], site.Home, environment: environment)).Succeeded();
            }

            // A certificate of a CA, whose key alone does not log in.
            await SshdSite.KeygenAsync(site.Home, "-t", "ed25519", "-N", "", "-C", "", "-f", "certified");
            await SshdSite.KeygenAsync(site.Home, "-s", Path.Combine(site.Folder, "ca"), "-I", "a user", "-n", Environment.UserName, "certified.pub");
            await site.AuthorizeAsync("cert-authority " + await File.ReadAllTextAsync(Path.Combine(site.Folder, "ca.pub"), Cancel));
            await site.LogInAsync(site.Options(Path.Combine(site.Home, "certified")));
            (await Tool.RunAsync(add, ["-q", "certified"], site.Home, environment: environment)).Succeeded();
            await site.LogInAsync(site.Options() with { UsesAgent = true });
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_key_that_is_known_is_asked_for_and_a_host_certificate_counts()
    {
        await using var site = await SshdSite.StartAsync();
        string key = await site.MakeKeyAsync("key", "-t", "ed25519", "-N", "");
        string known = Path.Combine(site.Home, ".ssh", "known_hosts");
        foreach (string type in new[] { "rsa", "ecdsa", "ed25519" })
        {
            File.Delete(known);
            await site.KnowAsync($"[127.0.0.1]:{site.Port}", type);
            await site.LogInAsync(site.Options(key));
        }

        await File.WriteAllTextAsync(known, "@cert-authority *.example " + await File.ReadAllTextAsync(Path.Combine(site.Folder, "ca.pub"), Cancel), Cancel);
        string config = Path.Combine(site.Home, ".ssh", "config");
        await File.WriteAllTextAsync(config, "HostKeyAlias certified.example\n", Cancel);
        await site.LogInAsync(site.Options(key) with { ConfigFiles = [config] });
        await File.WriteAllTextAsync(config, "HostKeyAlias other.example\n", Cancel);
        var refused = await Assert.ThrowsAsync<ConnectionException>(() => site.LogInAsync(site.Options(key) with { ConfigFiles = [config] }));
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_we_write_down_ssh_keygen_finds(bool hashes)
    {
        await using var site = await SshdSite.StartAsync();
        string key = await site.MakeKeyAsync("key", "-t", "ed25519", "-N", "");
        string known = Path.Combine(site.Home, ".ssh", "known_hosts");
        File.Delete(known);
        await site.LogInAsync(site.Options(key) with { HostKeyDecision = (_, _) => new(HostKeyAnswer.AcceptAndRemember), HashesKnownHosts = hashes });
        var found = await Tool.RunAsync(Require.Program("ssh-keygen", "openssh-client"), ["-F", $"[127.0.0.1]:{site.Port}", "-f", known], site.Home);
        Assert.Contains("found: line 1", found.Succeeded().Text, StringComparison.Ordinal);
        Assert.Equal(hashes, (await File.ReadAllTextAsync(known, Cancel)).StartsWith("|1|", StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(known));
        await site.LogInAsync(site.Options(key));
    }

    [Fact]
    public async Task A_chain_of_hosts_leads_to_another_and_each_is_checked()
    {
        await using var site = await SshdSite.StartAsync();
        string key = await site.MakeKeyAsync("key", "-t", "ed25519", "-N", "");
        string config = Path.Combine(site.Home, ".ssh", "config");
        await File.WriteAllTextAsync(
            config,
            $"""
            Host one two three
                HostName 127.0.0.1
                Port {site.Port}
                HostKeyAlias %alias
            Match originalhost three
                ProxyJump one,two
            Host *
                IdentityFile {key}
            """.Replace("%alias", $"[127.0.0.1]:{site.Port}", StringComparison.Ordinal),
            Cancel);
        var options = site.Options() with { Host = "three", Port = null, ConfigFiles = [config] };
        await site.LogInAsync(options);

        // One that is not known in the midst ends it.
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config, Cancel)).Insert(0, "Match originalhost two\n HostKeyAlias unknown\n"), Cancel);
        var refused = await Assert.ThrowsAsync<ConnectionException>(() => site.LogInAsync(options));
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
        Assert.Contains("unknown", refused.Message, StringComparison.Ordinal);

        // Nobody listens behind the last host.
        var nowhere = await Assert.ThrowsAsync<ConnectionException>(
            () => site.LogInAsync(site.Options(key) with { Port = 1, ProxyJump = $"127.0.0.1:{site.Port}" }));
        Assert.Equal(ConnectionError.Unreachable, nowhere.Error);
    }

    [Fact]
    public async Task A_command_is_a_way_too_and_its_failure_is_told()
    {
        await using var site = await SshdSite.StartAsync();
        string key = await site.MakeKeyAsync("key", "-t", "ed25519", "-N", "");
        string sshd = Require.Program("sshd", "openssh-server");
        await site.LogInAsync(site.Options(key) with { ProxyCommand = $"{sshd} -i -f {site.Configuration}" });
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => site.LogInAsync(site.Options(key) with { ProxyCommand = "echo nothing here >&2; false" }));
        Assert.True(failed.IsTransient);
    }
}
