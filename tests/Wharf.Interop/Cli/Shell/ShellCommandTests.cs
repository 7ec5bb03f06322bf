using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Shell;

/// <summary>Commands of the shell at real servers, where no batch of sftp(1) has them.</summary>
public sealed class ShellCommandTests(RemoteServers servers)
{
    [Theory]
    [InlineData(RemoteKind.Wharfd)]
    [InlineData(RemoteKind.Vsftpd)]
    [InlineData(RemoteKind.PureFtpd)]
    public async Task Quote_sends_a_command_of_FTP_and_shows_what_the_server_says(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        Task<ClientResult> RunAsync(string commands) => WharfTool.RunAsync(desk.Local, server.Password, [server.Url(desk.Name), "-c", commands, .. WharfTool.Clear]);
        Assert.Matches("^2[0-9][0-9] .+\n$", (await RunAsync("quote NOOP")).Succeeded().Text);
        Assert.Matches("(?i)^211-.*\n(.*\n)*.*MDTM.*\n(.*\n)*211 .*\n$", (await RunAsync("features")).Succeeded().Text);
        var refused = await RunAsync("quote NOSUCHCOMMAND; quote NOOP");
        Assert.Equal(1, refused.ExitCode);
        Assert.Matches("^5[0-9][0-9] .+\n2[0-9][0-9] .+\n$", refused.Text);

        // What would change the session behind our back is refused here.
        var own = await RunAsync("quote PASV");
        Assert.NotEqual(0, own.ExitCode);
        Assert.Empty(own.Text);
    }

    [Theory]
    [InlineData(RemoteKind.Wharfd)]
    [InlineData(RemoteKind.ProFtpd)]
    [InlineData(RemoteKind.Pyftpdlib)]
    public async Task Text_goes_and_comes_with_the_lines_of_each_side(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        string text = string.Concat(Enumerable.Range(0, 30_000).Select(number => $"line {number}\n"));
        await File.WriteAllTextAsync(desk.RemotePath("there.txt"), text, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(desk.LocalPath("here.txt"), text, TestContext.Current.CancellationToken);
        server.Own(desk.Remote);
        var result = await WharfTool.RunAsync(
            desk.Local, server.Password, [server.Url(desk.Name), "-v", "-c", "ascii; get there.txt got.txt; put here.txt put.txt; binary; get there.txt bytes.txt", .. WharfTool.Clear]);
        result.Succeeded();
        Assert.Contains("TYPE A", result.Errors, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(desk.LocalPath("got.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(text, await File.ReadAllTextAsync(desk.RemotePath("put.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(text, await File.ReadAllTextAsync(desk.LocalPath("bytes.txt"), TestContext.Current.CancellationToken));
        var resumed = await WharfTool.RunAsync(desk.Local, server.Password, [server.Url(desk.Name), "-c", "ascii; reget there.txt", .. WharfTool.Clear]);
        Assert.Equal(2, resumed.ExitCode);
    }

    [Fact]
    public async Task Commands_through_a_pipe_run_as_with_sftp_and_go_on_behind_a_failure()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        string input = "mkdir one\nrm none\nmkdir two\nlmkdir here\n";
        var theirs = await Tool.RunAsync(
            Require.Program("sftp", "openssh-client"),
            [
                "-q", "-F", "none", $"-oPort={server.Port}", $"-oUser={server.User}", $"-oUserKnownHostsFile={server.KnownHosts}", "-oGlobalKnownHostsFile=/dev/null",
                "-oStrictHostKeyChecking=yes", "-oIdentityAgent=none", "-oIdentitiesOnly=yes", $"-oIdentityFile={server.KeyFile}", $"127.0.0.1:{desk.Folder}",
            ],
            desk.Local, input);
        string[] Left() => [.. Directory.GetFileSystemEntries(desk.Remote).Concat(Directory.GetDirectories(desk.Local, "here")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["here", "one", "two"], Left());
        foreach (string name in Left())
        {
            Directory.Delete(name == "here" ? desk.LocalPath(name) : desk.RemotePath(name));
        }

        var ours = await Tool.RunAsync(WharfTool.Program, ["--known-hosts", server.KnownHosts, "-i", server.KeyFile, server.Url(desk.Name)], desk.Local, input);
        Assert.Equal(["here", "one", "two"], Left());
        Assert.Equal(Echoes(theirs), Echoes(ours));

        // Its code is 0 whatever happened; ours tells.
        Assert.Equal((0, 6), (theirs.ExitCode, ours.ExitCode));
    }

    private static string[] Echoes(ClientResult result) => [.. result.Text.Split('\n').Where(line => line.StartsWith("sftp> ", StringComparison.Ordinal) && line.Length > 6)];
}
