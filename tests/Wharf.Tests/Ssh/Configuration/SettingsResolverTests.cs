using Wharf.Ssh.Configuration;
using Wharf.Ssh.KnownHosts;
using Wharf.Tests.Client.Ssh;

namespace Wharf.Tests.Ssh.Configuration;

/// <summary>What files of configuration mean for a host. Wharf.Interop asks OpenSSH's "ssh -G" about the same.</summary>
public sealed class SettingsResolverTests
{
    [Theory]
    [InlineData("Host a\n HostName a.example", "a.example")]
    [InlineData("HOST=a\nhostname = \"a.example\" # there", "a.example")]
    [InlineData("Host b\n HostName b.example\nHost a\nHostName a.example\nHost *\nHostName c.example", "a.example")]
    [InlineData("Host !a *\nHostName b.example", "a")]
    [InlineData("Host * !a\nHostName b.example", "a")]
    [InlineData("Host x a\nHostName %h.example", "a.example")]
    [InlineData("HostName %%x", "%x")]
    [InlineData("HostName %z", "a")]
    [InlineData("Match host a\nHostName b\nMatch host b\nHostName c", "b")]
    [InlineData("Match all\nHostName b", "b")]
    [InlineData("Match originalhost a user anna\nHostName b", "a")]
    [InlineData("Match originalhost a user bob\nHostName b", "b")]
    [InlineData("User anna\nMatch user anna,x\nHostName b", "b")]
    [InlineData("Match localuser bob\nHostName b", "b")]
    [InlineData("Match !localuser bob\nHostName b", "a")]
    [InlineData("Match host !a,*\nHostName b", "a")]
    [InlineData("Match final\nHostName b", "a")]
    [InlineData("Match exec \"true\"\nHostName b", "a")]
    [InlineData("Match !exec \"false\"\nHostName b", "a")]
    [InlineData("Match something else\nHostName b", "a")]
    [InlineData("Host a\nNoSuchKeyword yes\nForwardAgent yes\nHostName b", "b")]
    [InlineData("Hostname\nHostName \"open\nHostName b", "b")]
    public async Task The_name_to_dial(string text, string expected) => Assert.Equal(expected, (await ResolveAsync(text)).HostName);

    [Fact]
    public async Task All_that_is_known_is_read()
    {
        var settings = await ResolveAsync(
            """
            Port 2222
            User %anna
            Host a
              IdentityFile ~/keys/%r@%h
              IdentityFile "%d/my key"
              IdentityFile ~/keys/%r@%h
              IdentityFile ${KEYS}/id
              CertificateFile ~/c-cert.pub
              IdentitiesOnly yes
              IdentityAgent $SOCK
              ProxyJump anna@one,two:2200,ssh://bob@[::1]:22
              ProxyCommand never
              UserKnownHostsFile ~/.ssh/one ~/.ssh/two
              GlobalKnownHostsFile none
              StrictHostKeyChecking accept-new
              HashKnownHosts yes
              HostKeyAlias Alias
              ServerAliveInterval 1m30s
              ServerAliveCountMax 7
              ConnectTimeout 2m
              PreferredAuthentications password,hostbased,publickey,keyboard-interactive
              KbdInteractiveAuthentication no
              NumberOfPasswordPrompts 1
              Compression yes
              Ciphers aes128-ctr
              MACs +x
              KexAlgorithms -y
              HostKeyAlgorithms ^z
            """);
        Assert.Equal(2222, settings.Port);
        Assert.Equal("%anna", settings.User);
        Assert.Equal(["~/keys/%anna@a", "/home/bob/my key", "/keys/id"], settings.IdentityFiles);
        Assert.Equal(["~/c-cert.pub"], settings.CertificateFiles);
        Assert.True(settings.IdentitiesOnly);
        Assert.Equal("/run/agent", settings.IdentityAgent);
        Assert.Equal([new("anna", "one", null), new(null, "two", 2200), new("bob", "::1", 22)], settings.ProxyJump);
        Assert.Null(settings.ProxyCommand);
        Assert.Equal(["~/.ssh/one", "~/.ssh/two"], settings.UserKnownHostsFiles!);
        Assert.Empty(settings.GlobalKnownHostsFiles!);
        Assert.Equal(StrictHostKeyChecking.AcceptNew, settings.StrictHostKeyChecking);
        Assert.True(settings.HashKnownHosts);
        Assert.Equal("Alias", settings.HostKeyAlias);
        Assert.Equal(TimeSpan.FromSeconds(90), settings.ServerAliveInterval);
        Assert.Equal(7, settings.ServerAliveCountMax);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.ConnectTimeout);
        Assert.Equal(["password", "publickey"], settings.Methods);
        Assert.Equal(1, settings.NumberOfPasswordPrompts);
        Assert.True(settings.Compression);
        Assert.Equal(("aes128-ctr", "+x", "-y", "^z"), (settings.Ciphers, settings.Macs, settings.KexAlgorithms, settings.HostKeyAlgorithms));
    }

    [Fact]
    public async Task Files_are_included_by_pattern_in_order_and_only_where_their_block_matches()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync("/home/bob/.ssh/config", "Include conf.d/*.conf\nHost b\n Include never\nHost *\nUser last\nPort 3");
        await desk.WriteAsync("/home/bob/.ssh/conf.d/20.conf", "User twenty\nPort 20\n");
        await desk.WriteAsync("/home/bob/.ssh/conf.d/10.conf", "Host a\nUser ten\nHost b\n");
        await desk.WriteAsync("/home/bob/.ssh/conf.d/.hidden.conf", "User hidden\nPort 99");
        await desk.WriteAsync("/home/bob/.ssh/never", "User never");
        var settings = await ResolveAsync(desk);
        Assert.Equal(("ten", 20), (settings.User, settings.Port));
    }

    [Fact]
    public async Task T22_a_file_that_includes_itself_ends()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync("/home/bob/.ssh/config", "Include config config\nUser anna");
        Assert.Equal("anna", (await ResolveAsync(desk)).User);
    }

    [Fact]
    public async Task What_cannot_be_understood_is_a_line_in_the_log()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync("/home/bob/.ssh/config", "Port no\nServerAliveInterval 5x\nStrictHostKeyChecking maybe\nProxyJump -oProxyCommand=x\nMatch exec \"touch x\"\n");
        var settings = await ResolveAsync(desk);
        Assert.Equal(22, settings.Port);
        Assert.Null(settings.ServerAliveInterval);
        Assert.Empty(settings.ProxyJump);

        // What is not understood about trust is taken for the strictest.
        Assert.Equal(StrictHostKeyChecking.Yes, settings.StrictHostKeyChecking);
        foreach (string word in new[] { "port", "serveraliveinterval", "stricthostkeychecking", "proxyjump", "Match exec" })
        {
            Assert.Contains(desk.Pair.Log.Texts, line => line.Contains(word, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(null, "a,b,c")]
    [InlineData("b", "b")]
    [InlineData("d,a", "d,a")]
    [InlineData("x", "")]
    [InlineData("+d", "a,b,c,d")]
    [InlineData("+*", "a,b,c,d")]
    [InlineData("-a,c", "b")]
    [InlineData("-?", "")]
    [InlineData("^c,d", "c,d,a,b")]
    public void Algorithms_are_added_taken_out_and_preferred(string? setting, string expected) =>
        Assert.Equal(expected, string.Join(',', AlgorithmChoice.Apply(["a", "b", "c"], ["a", "b", "c", "d"], setting)));

    private static async Task<SshHostSettings> ResolveAsync(string text)
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync("/home/bob/.ssh/config", text);
        return await ResolveAsync(desk);
    }

    private static async Task<SshHostSettings> ResolveAsync(SshDesk desk)
    {
        desk.Variables["SOCK"] = "/run/agent";
        desk.Variables["KEYS"] = "/keys";
        var resolver = new SettingsResolver(desk.Surroundings.Files, desk.Surroundings.Variable, "bob", desk.Pair.Log);
        return await resolver.ResolveAsync(["~/.ssh/config", "/etc/ssh/ssh_config"], "a", null, null, SshDesk.Cancel);
    }
}
