using Wharf.Interop.Support;
using Wharf.Ssh;

namespace Wharf.Interop.Ssh;

/// <summary>
/// Everything OpenSSH's client knows, forced one after the other: what we offer works, by default or where a file of algorithms
/// names it, and what we do not offer is refused with words that say why.
/// </summary>
public sealed class AlgorithmTests(Keyring keys)
{
    private readonly string _sftp = Require.Program("sftp", "openssh-client");
    private readonly string _ssh = Require.Program("ssh", "openssh-client");

    [Theory]
    [InlineData("kex", "KexAlgorithms", "key exchange method")]
    [InlineData("cipher", "Ciphers", "cipher")]
    [InlineData("mac", "MACs", "MAC")]
    [InlineData("sig", "HostKeyAlgorithms", "host key type")]
    public async Task What_OpenSSH_knows_works_if_we_offer_it_and_is_refused_politely_if_not(string kind, string option, string word)
    {
        string folder = Directory.CreateTempSubdirectory("wharf-algorithms-").FullName;
        try
        {
            // The second listener offers what has to be asked for as well; nothing of SHA-1 is among it.
            string file = Path.Combine(folder, "algorithms");
            string[] optIn = [.. SshAlgorithms.Known.KeyExchanges.Where(name => !name.EndsWith("-sha1", StringComparison.Ordinal))];
            await File.WriteAllTextAsync(file, $"kex={string.Join(',', optIn)}\n", Cancel);
            await using var server = await WharfdProcess.StartSftpAsync(
                keys, "--trusted", "127.0.0.0/8", "--listen", $"sftp://127.0.0.1:0?algorithms={file}");
            using var desk = new Desk(server);
            string random = desk.LocalFile("file", 300_000);
            string[] known = (await Tool.RunAsync(_ssh, ["-Q", kind], desk.Local)).Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var login = server.Login(Proof.Password, keys);
            int worked = 0;
            foreach (var (port, offers) in new[] { (server.SshPorts[0], SshAlgorithms.Default), (server.SshPorts[1], SshAlgorithms.Default with { KeyExchanges = optIn }) })
            {
                var offered = Offered(kind, offers);
                foreach (string name in known.Where(name => port == server.SshPort || !Offered(kind, SshAlgorithms.Default).Contains(name)))
                {
                    File.Delete(desk.LocalPath("back"));

                    // A MAC counts only beside a cipher that needs one.
                    string[] cipher = kind == "mac" ? ["-oCiphers=aes128-ctr"] : [];
                    var run = await RunAsync(desk, login with { Port = port }, [$"-o{option}={name}", .. cipher]);
                    if (offered.Contains(name))
                    {
                        run.Succeeded();
                        Desk.SameFile(random, desk.LocalPath("back"));
                        worked++;
                    }
                    else
                    {
                        Assert.Equal(255, run.ExitCode);
                        Assert.Contains($"no matching {word} found", run.Errors, StringComparison.Ordinal);
                    }
                }

                if (kind != "kex")
                {
                    break;
                }
            }

            Assert.Equal(known.Intersect(Offered(kind, SshAlgorithms.Default with { KeyExchanges = optIn })).Count(), worked);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

    }

    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", false)]
    public async Task SHA_1_is_for_the_networks_that_a_setting_names(string network, bool works)
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8", "--set", $"ssh.legacy-networks={network}");
        using var desk = new Desk(server);
        string file = desk.LocalFile("file", 10_000);
        var run = await RunAsync(desk, server.Login(Proof.Password, keys), "-oKexAlgorithms=diffie-hellman-group14-sha1");
        Assert.Equal(works ? 0 : 255, run.ExitCode);
        Assert.Equal(works, File.Exists(desk.RemotePath("file")));
    }

    [Fact]
    public async Task New_keys_are_agreed_during_the_load_of_both_directions()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8");
        foreach (string cipher in new[] { "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr" })
        {
            using var desk = new Desk(server);
            string file = desk.LocalFile("file", 25_000_000);

            // Its limit counts a packet's bytes as if they were blocks, so that it asks for keys some hundred times here.
            string[] options = ["-v", "-oRekeyLimit=1M", $"-oCiphers={cipher}", "-oKexAlgorithms=curve25519-sha256"];
            var run = (await RunAsync(desk, server.Login(Proof.Password, keys), options)).Succeeded();
            Desk.SameFile(file, desk.RemotePath("file"));
            Desk.SameFile(file, desk.LocalPath("back"));
            int exchanges = run.Errors.Split("SSH2_MSG_NEWKEYS received").Length - 1;
            Assert.True(exchanges > 20, $"Keys were agreed {exchanges} times only.");
        }
    }

    [Fact]
    public async Task The_server_asks_for_new_keys_as_well_and_compression_changes_nothing()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8", "--set", "ssh.rekey-bytes=1MiB");
        using var desk = new Desk(server);
        string file = desk.LocalFile("file", 10_000_000);
        var run = (await RunAsync(desk, server.Login(Proof.Password, keys), "-v", "-C")).Succeeded();
        Desk.SameFile(file, desk.RemotePath("file"));
        Desk.SameFile(file, desk.LocalPath("back"));
        Assert.Contains("compression: zlib@openssh.com", run.Errors, StringComparison.Ordinal);
        Assert.True(run.Errors.Split("SSH2_MSG_NEWKEYS received").Length - 1 > 10, run.Errors);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>"file" goes up and comes back as "back".</summary>
    private async Task<ClientResult> RunAsync(Desk desk, SshLogin login, params string[] options)
    {
        string batch = desk.LocalText("batch", $"put file /{desk.Name}/file\nget /{desk.Name}/file back\n");
        return await Tool.RunAsync(
            _sftp, [.. options, .. OpenSsh.Options(login), "-b", batch, "127.0.0.1"], desk.Local, environment: OpenSsh.Environment(login));
    }

    private static IReadOnlyList<string> Offered(string kind, SshAlgorithms offers) => kind switch
    {
        "kex" => offers.KeyExchanges,
        "cipher" => offers.Ciphers,
        "mac" => offers.Macs,
        _ => offers.HostKeys,
    };
}
