using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Files.Storage;
using Wharf.Interop.Support;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Interop.Ssh.Clients;

/// <summary>Files of configuration mean to us what they mean to OpenSSH: asked by "ssh -G" about the same file and host.</summary>
public sealed class ConfigurationTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "a", "" },
        { "a", "Host a\n HostName a.example\n Port 2222\n User anna\nHost *\n Port 3\n User bob\n" },
        { "a", "Host b\n Port 1\nHost a b\n Port 2\nHost ?\n Port 3\n" },
        { "a.b.example", "Host *.example !a.b.example\n Port 1\nHost !x.example a.*\n Port 2\n" },
        { "a", "Host=a\nPort=5\nUser = anna\nHostName \"quoted.example\"\n" },
        { "a", "port 5 # five\nuser anna #x\n" },
        { "a", "HostName %h.example\nMatch host a.example\n Port 7\nMatch originalhost a\n User o\n" },
        { "a", "Match host a,b user root\n Port 8\nMatch !host a\n Port 9\nMatch all\n User m\n" },
        { "a", "User anna\nMatch user anna\n Port 8\nMatch user root\n Port 9\n" },
        { "a", "Match localuser root\n Port 8\nMatch localuser !root,*\n Port 9\n" },
        { "a", "IdentityFile ~/one\nIdentityFile %d/two-%h-%r-%u\nHost a\n IdentityFile /three\n IdentityFile ~/one\n" },
        { "a", "CertificateFile ~/c1\nCertificateFile ~/c2\nIdentitiesOnly yes\n" },
        { "a", "UserKnownHostsFile ~/k1 \"~/k 2\"\nGlobalKnownHostsFile /k3\nHashKnownHosts yes\n" },
        { "a", "StrictHostKeyChecking accept-new\n" },
        { "a", "StrictHostKeyChecking no\nStrictHostKeyChecking yes\n" },
        { "a", "StrictHostKeyChecking yes\nHostKeyAlias alias\n" },
        { "a", "ServerAliveInterval 1m30s\nServerAliveCountMax 9\nConnectTimeout 20\n" },
        { "a", "ProxyJump anna@j:2200,[::1]:3\nProxyCommand none\n" },
        { "a", "ProxyJump none\n" },
        { "a", "ProxyCommand nc -X 5 %h %p %r\nProxyJump j\n" },
        { "a", "Host a\n ProxyJump j\nHost *\n ProxyJump k\n" },
        { "a", "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPubkeyAuthentication yes\nNumberOfPasswordPrompts 1\n" },
        { "a", "PreferredAuthentications password,publickey\nCompression yes\n" },
        { "a", "Ciphers aes256-ctr,aes128-ctr\nMACs hmac-sha2-512\nKexAlgorithms curve25519-sha256\nHostKeyAlgorithms ssh-ed25519,rsa-sha2-512\n" },
        { "a", "Ciphers ^aes256-ctr\nMACs -hmac-sha1*,umac*\n" },
        { "a", "Include more\nPort 9\n" },
        { "a", "Host b\n Include more\nHost a\n Port 9\n" },
        { "a", "Include mo*\nInclude none-such\nPort 9\n" },
        { "a", "Host a\n Include more\n User late\n" },
        { "a", "\tHost\ta\t\n\t\tPort\t77\t\n" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task We_read_what_ssh_reads(string host, string text)
    {
        string ssh = Require.Program("ssh", "openssh-client");
        string folder = Directory.CreateTempSubdirectory("wharf-config-").FullName;
        try
        {
            // OpenSSH takes the home from the user database.
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string more = Path.Combine(folder, "more");
            await File.WriteAllTextAsync(more, "Host a\n Port 44\nHost b\n Port 45\n", TestContext.Current.CancellationToken);
            string file = Path.Combine(folder, "config");
            await File.WriteAllTextAsync(file, text.Replace("Include mo", $"Include {folder}/mo", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            var said = (await Tool.RunAsync(ssh, ["-G", "-F", file, host], folder)).Succeeded().Text.Split('\n')
                .Select(line => line.Split(' ', 2)).Where(words => words.Length == 2).ToLookup(words => words[0], words => words[1]);
            var files = new PersonalFiles(new LocalDisk("/"), home);
            var ours = await new SettingsResolver(files, Environment.GetEnvironmentVariable, Environment.UserName, NullLogger.Instance)
                .ResolveAsync([file], host, null, null, TestContext.Current.CancellationToken);

            Assert.Equal(said["hostname"].Single(), ours.HostName);
            Assert.Equal(said["port"].Single(), $"{ours.Port}");
            Assert.Equal(said["user"].Single(), ours.User);
            Assert.Equal(said["hostkeyalias"].SingleOrDefault(), ours.HostKeyAlias);
            Assert.Equal(said["identitiesonly"].Single() == "yes", ours.IdentitiesOnly);
            Assert.Equal(said["hashknownhosts"].Single() == "yes", ours.HashKnownHosts);
            Assert.Equal(said["numberofpasswordprompts"].Single(), $"{ours.NumberOfPasswordPrompts}");
            Assert.Equal(said["serveraliveinterval"].Single(), $"{(ours.ServerAliveInterval ?? TimeSpan.Zero).TotalSeconds}");
            Assert.Equal(said["serveralivecountmax"].Single(), $"{ours.ServerAliveCountMax ?? 3}");
            Assert.Equal(said["connecttimeout"].Single(), ours.ConnectTimeout is { } limit ? limit.TotalSeconds.ToString(CultureInfo.InvariantCulture) : "none");
            Assert.Equal(said["stricthostkeychecking"].Single(), ours.StrictHostKeyChecking switch
            {
                StrictHostKeyChecking.Yes => "true", StrictHostKeyChecking.No => "false", StrictHostKeyChecking.AcceptNew => "accept-new", _ => "ask",
            });
            Assert.Equal(said["compression"].Single() == "yes", ours.Compression ?? false);

            // "ssh -G" leaves the tokens of files as they are, and expands the home.
            if (ours.HasIdentityFiles)
            {
                Assert.Equal(
                    said["identityfile"].Select(path => files.Expand(Tokens.Expand(path, token => Meaning(token, ours, home)))), ours.IdentityFiles.Select(files.Expand));
            }

            Assert.Equal(said["certificatefile"].Select(files.Expand), ours.CertificateFiles.Select(files.Expand));
            if (ours.UserKnownHostsFiles is { } known)
            {
                Assert.Equal(said["userknownhostsfile"].Single(), string.Join(' ', known.Select(files.Expand)));
            }

            if (ours.GlobalKnownHostsFiles is { } global)
            {
                Assert.Equal(said["globalknownhostsfile"].Single(), string.Join(' ', global));
            }

            Assert.Equal(said["proxyjump"].SingleOrDefault(), ours.ProxyJump.Count == 0 ? null : string.Join(',', ours.ProxyJump.Select(Written)));
            Assert.Equal(
                said["proxycommand"].SingleOrDefault() is { } command ? Tokens.Expand(command, token => Meaning(token, ours, home)) : null, ours.ProxyCommand);
            Assert.Equal(said["passwordauthentication"].Single() == "yes" && Prefers("password"), ours.Methods.Contains("password"));
            Assert.Equal(said["kbdinteractiveauthentication"].Single() == "yes" && Prefers("keyboard-interactive"), ours.Methods.Contains("keyboard-interactive"));
            Same("ciphers", ours.Ciphers);
            Same("macs", ours.Macs);
            Same("kexalgorithms", ours.KexAlgorithms);
            Same("hostkeyalgorithms", ours.HostKeyAlgorithms);

            bool Prefers(string method) => said["preferredauthentications"].SingleOrDefault() is not { } list || list.Split(',').Contains(method);

            void Same(string keyword, string? setting)
            {
                if (setting is null)
                {
                    return;
                }

                string[] theirs = said[keyword].Single().Split(',');
                string[] usual = AlgorithmChoice.IsWhole(setting) && setting[0] != '^' ? [] : Usual(ssh, keyword);
                Assert.Equal(theirs, AlgorithmChoice.Apply(usual, [.. usual.Union(theirs)], setting));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What OpenSSH does without a setting.</summary>
    private static string[] Usual(string ssh, string keyword)
    {
        var (_, text, _) = Wharf.Bench.Peers.Command.Run("/", ssh, "-G", "-F", "none", "a");
        return text.Split('\n').First(line => line.StartsWith(keyword + " ", StringComparison.Ordinal))[(keyword.Length + 1)..].Split(',');
    }

    private static string? Meaning(char token, SshHostSettings settings, string home) => token switch
    {
        'd' => home,
        'h' => settings.HostName,
        'p' => $"{settings.Port}",
        'r' => settings.User,
        'u' => Environment.UserName,
        _ => null,
    };

    private static string Written(JumpHost jump) =>
        $"{(jump.User is null ? "" : jump.User + "@")}{(jump.Host.Contains(':', StringComparison.Ordinal) ? $"[{jump.Host}]" : jump.Host)}{(jump.Port is null ? "" : $":{jump.Port}")}";
}
