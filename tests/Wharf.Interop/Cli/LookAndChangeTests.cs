using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli;

/// <summary>The program's verbs that look and change, at a server of each protocol.</summary>
public sealed class LookAndChangeTests(RemoteServers servers)
{
    [Theory]
    [InlineData(RemoteKind.Wharfd)]
    [InlineData(RemoteKind.WharfdTls)]
    [InlineData(RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.OpenSsh)]
    public async Task A_tree_is_made_looked_at_and_removed(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        desk.RemoteFile("a b.txt", 1000);
        desk.RemoteFile("c.csv", 24);
        string Url(string path) => server.Url($"{desk.Name}/{path}");
        Task<ClientResult> RunAsync(params string[] words) => WharfTool.RunAsync(desk.Local, server.Password, [.. words, .. kind == RemoteKind.Wharfd ? WharfTool.Clear : WharfTool.Trust(server)]);

        Assert.Equal("a b.txt\nc.csv\n", (await RunAsync("ls", Url(""))).Succeeded().Text);
        Assert.Matches(@"^-rw.+ 1000 .+ a b\.txt\n-rw.+ 24 .+ c\.csv\n$", (await RunAsync("ls", "-l", Url(""))).Succeeded().Text);
        (await RunAsync("mkdir", "-p", Url("x/y"))).Succeeded();
        (await RunAsync("mv", server.Url(desk.Name) + "/*.csv", Url("x/"))).Succeeded();
        Assert.Equal("24\t", (await RunAsync("du", "-s", Url("x"))).Succeeded().Text[..3]);
        (await RunAsync("chmod", "640", Url("x/c.csv"))).Succeeded();
        (await RunAsync("touch", "-d", "2025-06-07T08:09:00Z", Url("x/c.csv"))).Succeeded();
        string stat = (await RunAsync("stat", Url("x/c.csv"))).Succeeded().Text;
        Assert.Contains("(rw-r-----)", stat, StringComparison.Ordinal);
        Assert.Contains("Modified: 2025-06-07T08:09:00Z", stat, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(desk.RemotePath("x/c.csv")).Length, (await RunAsync("cat", Url("x/c.csv"))).Succeeded().Output.Length);
        Assert.EndsWith("x/c.csv\n", (await RunAsync("find", Url("x"), "-name", "*.csv")).Succeeded().Text, StringComparison.Ordinal);
        var missing = await RunAsync("ls", Url("none"));
        Assert.Equal(6, missing.ExitCode);
        var verbose = await RunAsync("ls", "-v", Url(""));
        Assert.Contains(server.KnownHosts.Length > 0 ? "> " : "PASS ***", verbose.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Password, verbose.Errors, StringComparison.Ordinal);
        (await RunAsync("rm", "-r", Url("x"), Url("a b.txt"))).Succeeded();
        Assert.Empty(Directory.GetFileSystemEntries(desk.Remote));
    }

    [Fact]
    public async Task Who_is_not_believed_not_let_in_or_not_there_is_told_by_the_exit_code()
    {
        var ssh = await servers.GetAsync(RemoteKind.WharfdSftp);
        var ftp = await servers.GetAsync(RemoteKind.Wharfd);
        using var desk = new RemoteDesk(ssh);
        var unknown = await WharfTool.RunAsync(desk.Local, ssh.Password, "ls", ssh.Url(""));
        Assert.True(unknown.ExitCode == 5, $"{unknown}");
        Assert.Contains("SHA256:", unknown.Errors, StringComparison.Ordinal);
        (await WharfTool.RunAsync(desk.Local, ssh.Password, "ls", "--accept-new", ssh.Url(""))).Succeeded();
        (await WharfTool.RunAsync(desk.Local, ssh.Password, "ls", ssh.Url(""))).Succeeded();
        var refused = await WharfTool.RunAsync(desk.Local, "wrong", ["ls", ftp.Url(""), .. WharfTool.Clear]);
        Assert.True(refused.ExitCode == 4, $"{refused}");
        Assert.Single(refused.Errors.TrimEnd().Split('\n'));
        var nobody = await WharfTool.RunAsync(desk.Local, "x", "ls", "--timeout", "5", "ftp://127.0.0.1:1/");
        Assert.True(nobody.ExitCode == 3, $"{nobody}");
    }
}
