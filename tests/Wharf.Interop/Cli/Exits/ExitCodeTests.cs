using System.Diagnostics;
using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Exits;

/// <summary>Each exit code of the program, provoked at real servers: by verbs, and by the same in a batch of the shell.</summary>
public sealed class ExitCodeTests(RemoteServers servers)
{
    [Fact]
    public async Task What_is_not_there_is_6_for_each_verb()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        await AllAsync(
            desk,
            (6, ["ls", Url(desk, "none")]),
            (6, ["ls", Url(desk, "") + "*.none"]),
            (6, ["stat", Url(desk, "none")]),
            (6, ["cat", Url(desk, "none")]),
            (6, ["tree", Url(desk, "none")]),
            (6, ["find", Url(desk, "none")]),
            (6, ["du", Url(desk, "none")]),
            (6, ["hash", Url(desk, "none")]),
            (6, ["get", Url(desk, "") + "*.none"]),
            (6, ["put", "none", Url(desk, "")]),
            (6, ["cp", Url(desk, "none"), Url(desk, "x")]),
            (6, ["sync", Url(desk, "none"), "x"]),
            (6, ["diff", Url(desk, "none"), "."]),
            (6, ["rm", Url(desk, "none")]),
            (6, ["rmdir", Url(desk, "none")]),
            (6, ["mv", Url(desk, "none"), Url(desk, "x")]),
            (6, ["chmod", "644", Url(desk, "none")]),
            (6, ["mkdir", Url(desk, "none/below")]),
            (6, ["touch", Url(desk, "none/below")]),
            (0, ["rm", "-f", Url(desk, "none")]));
    }

    [Theory]
    [InlineData(RemoteKind.Wharfd)]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.Vsftpd)]
    public async Task What_is_done_is_0_what_is_done_in_part_1_what_cannot_be_meant_2(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        desk.RemoteFile("a", 10);
        desk.RemoteFolder("full/x");
        await AllAsync(
            desk,
            (0, ["get", Url(desk, "a"), "got"]),
            (1, ["get", Url(desk, "a"), Url(desk, "none"), "."]),
            (1, ["mkdir", Url(desk, "full")]),
            (1, ["rmdir", Url(desk, "full")]),
            (6, ["get", Url(desk, "none")]),
            (2, ["put", "x", "y", Url(desk, "a")]));
    }

    [Fact]
    public async Task A_command_line_that_cannot_be_used_is_2()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        await AllAsync(
            desk,
            (2, ["mv", Url(desk, "full"), Url(desk, "a"), Url(desk, "none")]),
            (2, ["ls", "--frobnicate", Url(desk, "")]),
            (2, ["frobnicate", Url(desk, "")]),
            (2, ["ls", "--timeout", "never", Url(desk, "")]),
            (2, ["get"]),
            (2, ["ls"]),
            (2, ["put", "x"]));
    }

    [Fact]
    public async Task A_batch_and_commands_end_with_the_same_codes()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        desk.RemoteFile("a", 10);
        desk.RemoteFolder("full/x");
        await BatchesAsync(
            desk,
            (0, "ls -1", ""),
            (0, "-rm none\npwd", ""),
            (6, "cd none", "pwd"),
            (6, "get none", "pwd"),
            (6, "put none", "pwd"),
            (1, "mkdir full", "pwd"),
            (2, "get --frobnicate a", "pwd"));
    }

    [Fact]
    public async Task No_connection_is_3()
    {
        var server = await servers.GetAsync(RemoteKind.Wharfd);
        using var desk = new RemoteDesk(server);
        using var web = OddServer.Saying("HTTP/1.1 400 Bad Request\r\n\r\n");
        using var closing = OddServer.Saying("");
        using var plain = OddServer.Lying();
        await AllAsync(
            desk,
            (3, ["ls", "ftp://127.0.0.1:1/"]),
            (3, ["ls", "sftp://127.0.0.1:1/"]),
            (3, ["ls", "sftp://no-such-host.invalid/"]),
            (3, ["ls", $"ftp://127.0.0.1:{web.Port}/"]),
            (3, ["ls", $"sftp://127.0.0.1:{web.Port}/"]),
            (3, ["ls", $"sftp://127.0.0.1:{closing.Port}/"]),
            (3, ["ls", "--proxy", "socks5://127.0.0.1:1", Url(desk, "")]),
            (3, ["ls", "--tls", "required", $"ftp://u@127.0.0.1:{plain.Port}/"]),
            (3, ["put", "/dev/null", $"ftpes://u@127.0.0.1:{plain.Port}/x"]),
            (3, ["-c", "ls", "sftp://127.0.0.1:1/"]));

        // One answer was enough: before a login has succeeded once nothing is tried again.
        int before = closing.Connections;
        var refused = await WharfRun.RunAsync(desk.Local, "x", ["ls", $"ftp://127.0.0.1:{closing.Port}/"]);
        Assert.True(refused.ExitCode == 3, $"{refused}");
        Assert.Equal(before + 1, closing.Connections);
    }

    [Theory]
    [InlineData(RemoteKind.Wharfd)]
    [InlineData(RemoteKind.WharfdTls)]
    [InlineData(RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.Vsftpd)]
    public async Task A_refused_login_is_4(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        await Task.WhenAll(
            CheckAsync(desk, 4, "wrong", ["ls", Url(desk, "")]),
            CheckAsync(desk, 4, null, ["get", Url(desk, "x")]),
            CheckAsync(desk, 4, "wrong", ["-b", "-", Url(desk, "")]));
    }

    [Fact]
    public async Task A_host_key_or_certificate_that_is_not_believed_is_5()
    {
        var ssh = await servers.GetAsync(RemoteKind.WharfdSftp);
        var other = await servers.GetAsync(RemoteKind.OpenSsh);
        var ftp = await servers.GetAsync(RemoteKind.WharfdTls);
        using var desk = new RemoteDesk(ssh);
        Task<ClientResult> RunAsync(RemoteServer server, params string[] words) => WharfRun.RunAsync(desk.Local, server.Password, words);
        var unknown = await RunAsync(ssh, "ls", ssh.Url(""));
        Assert.True(unknown.ExitCode == 5, $"{unknown}");
        Assert.Contains("SHA256:", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("--accept-new", unknown.Errors, StringComparison.Ordinal);
        Assert.Single(unknown.Errors.TrimEnd().Split('\n'));

        // The file has another server's key for this port.
        string changed = Path.Combine(desk.Local, "changed");
        string key = string.Join(' ', File.ReadLines(other.KnownHosts).First().Split(' ').Skip(1));
        await File.WriteAllTextAsync(changed, $"[127.0.0.1]:{ssh.Port} {key}\n", TestContext.Current.CancellationToken);
        foreach (string[] how in new[] { (string[])[], ["--accept-new"] })
        {
            var refused = await RunAsync(ssh, ["ls", "--known-hosts", changed, .. how, ssh.Url("")]);
            Assert.True(refused.ExitCode == 5, $"{refused}");
            Assert.Contains("changed", refused.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("--accept-new", refused.Errors, StringComparison.Ordinal);
        }

        string right = unknown.Errors[unknown.Errors.IndexOf("SHA256:", StringComparison.Ordinal)..].Split(' ', '.', ',', ')')[0];
        (await RunAsync(ssh, "ls", "--fingerprint", right, ssh.Url(""))).Succeeded();
        Assert.Equal(5, (await RunAsync(ssh, "ls", "--fingerprint", "SHA256:" + new string('A', 43), ssh.Url(""))).ExitCode);
        var insecure = (await RunAsync(ssh, "ls", "--insecure", ssh.Url(""))).Succeeded();
        Assert.Contains("warning", insecure.Errors, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync(ssh, "ls", "-q", "--insecure", ssh.Url(""))).Succeeded().Errors);
        Assert.Equal(5, (await RunAsync(ssh, "-c", "ls", ssh.Url(""))).ExitCode);
        (await RunAsync(ssh, "ls", "--accept-new", ssh.Url(""))).Succeeded();
        (await RunAsync(ssh, "ls", ssh.Url(""))).Succeeded();

        var certificate = await RunAsync(ftp, "ls", ftp.Url(""));
        Assert.True(certificate.ExitCode == 5, $"{certificate}");
        (await RunAsync(ftp, "ls", "--ca", ftp.Certificate, ftp.Url(""))).Succeeded();
        (await RunAsync(ftp, "ls", "--insecure", ftp.Url(""))).Succeeded();
        (await RunAsync(ftp, "ls", "--accept-new", ftp.Url(""))).Succeeded();
        (await RunAsync(ftp, "ls", ftp.Url(""))).Succeeded();
    }

    [Theory]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.Vsftpd)]
    public async Task What_is_not_permitted_is_7(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);

        // Ours, and not the user's who the server becomes.
        string closed = Directory.CreateDirectory(Path.Combine(desk.Remote, "closed", "inner")).Parent!.FullName;
        string secret = Path.Combine(desk.Remote, "secret");
        await File.WriteAllTextAsync(secret, "x", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await File.WriteAllTextAsync(Path.Combine(desk.Local, "up"), "x", TestContext.Current.CancellationToken);
        await AllAsync(
            desk,
            (7, ["get", Url(desk, "secret"), "got"]),
            (7, ["cat", Url(desk, "secret")]),
            (7, ["put", "up", Url(desk, "closed/up")]),
            (7, ["mkdir", Url(desk, "closed/new")]),
            (7, ["rmdir", Url(desk, "closed/inner")]),
            (7, ["chmod", "777", Url(desk, "closed")]));
        await BatchesAsync(desk, (7, "get secret", "pwd"));
    }

    [Theory]
    [InlineData("ftp")]
    [InlineData("ftps")]
    [InlineData("sftp")]
    public async Task A_peer_that_never_answers_is_8_in_bounded_time(string scheme)
    {
        var server = await servers.GetAsync(RemoteKind.Wharfd);
        using var desk = new RemoteDesk(server);
        using var silent = OddServer.Silent();
        var clock = Stopwatch.StartNew();
        var result = await WharfRun.RunAsync(desk.Local, "x", ["ls", "--timeout", "1", $"{scheme}://u@127.0.0.1:{silent.Port}/"]);
        Assert.True(result.ExitCode == 8, $"{result}");
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
        Assert.Equal(1, silent.Connections);

        // The wait is a second; the rest is what a loaded machine may need to start and end a program.
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_difference_and_a_failed_verification_are_9()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new RemoteDesk(server);
        using var lying = OddServer.Lying();
        desk.RemoteFile("a", 10);
        desk.LocalFile("a", 10);
        desk.RemoteFile("tree/x", 10);
        desk.LocalFolder("tree");
        string there = $"ftp://u@127.0.0.1:{lying.Port}/there";
        await AllAsync(
            desk,
            (9, ["diff", "a", Url(desk, "a")]),
            (9, ["diff", "tree", Url(desk, "tree")]),
            (0, ["get", there, "unverified"]),
            (9, ["get", "--verify", there, "got"]));
        Assert.False(File.Exists(desk.LocalPath("got")), "What is not what was sent got its name.");
    }

    [Fact]
    public async Task A_full_disk_is_10()
    {
        var ssh = await servers.GetAsync(RemoteKind.WharfdSftp);
        var ftp = await servers.GetAsync(RemoteKind.Wharfd);
        var openSsh = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(ssh);
        using var ftpDesk = new RemoteDesk(ftp);
        using var openDesk = new RemoteDesk(openSsh);
        desk.RemoteFile("big", 3 << 20);
        desk.LocalFile("big", 3 << 20);
        Assert.Equal(10, (await WharfRun.ScriptAsync(desk.Local, ssh.Password, "wharf ls --known-hosts \"$1\" \"$2\" > /dev/full", ssh.KnownHosts, Url(desk, ""))).ExitCode);
        Assert.Equal(10, (await WharfRun.ScriptAsync(desk.Local, ssh.Password, "wharf cat --known-hosts \"$1\" \"$2\" > /dev/full", ssh.KnownHosts, Url(desk, "big"))).ExitCode);
        using var small = SmallDisk.Mount(desk.LocalFolder("small"));
        using var there = SmallDisk.Mount(desk.RemoteFolder("small"));
        using var ftpThere = SmallDisk.Mount(ftpDesk.RemoteFolder("small"));
        using var openThere = SmallDisk.Mount(openDesk.RemoteFolder("small"));
        await CheckAsync(desk, 10, ssh.Password, ["get", Url(desk, "big"), "small/"]);
        await CheckAsync(desk, 10, ssh.Password, ["put", "big", Url(desk, "small/")]);
        await CheckAsync(desk, 10, ssh.Password, ["cp", Url(desk, "big"), Url(desk, "small/")]);
        var viaFtp = await WharfRun.RunAsync(desk.Local, ftp.Password, ["put", .. WharfRun.Access(ftp), "big", ftpDesk.Server.Url($"{ftpDesk.Name}/small/")]);
        Assert.True(viaFtp.ExitCode == 10, $"{viaFtp}");
        var viaOpen = await WharfRun.RunAsync(desk.Local, openSsh.Password, ["put", .. WharfRun.Access(openSsh), "big", openDesk.Server.Url($"{openDesk.Name}/small/")]);
        Assert.True(viaOpen.ExitCode == 10, $"{viaOpen}");
        var batch = await WharfRun.RunAsync(desk.Local, ssh.Password, ["-b", "-", .. WharfRun.Access(ssh), Url(desk, "")], "get big small/\n");
        Assert.True(batch.ExitCode == 10, $"{batch}");
    }

    private static string Url(RemoteDesk desk, string path) => desk.Server.Url($"{desk.Name}/{path}");

    private static async Task CheckAsync(RemoteDesk desk, int code, string? password, string[] words)
    {
        var result = await WharfRun.RunAsync(desk.Local, password, [.. words, .. words.Contains("--tls") || words.Contains("--frobnicate") ? [] : WharfRun.Access(desk.Server)]);
        Assert.True(result.ExitCode == code, $"expected {code}: {result}");
        Assert.True(code == 0 || result.Errors.StartsWith("wharf: ", StringComparison.Ordinal) || result.Errors.Contains("\nwharf: ", StringComparison.Ordinal) || words[0] is "diff" or "-c" or "-b", $"{result}");
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>Two at a time: each is a program that starts.</summary>
    private static Task AllAsync(RemoteDesk desk, params (int Code, string[] Words)[] rows) => Parallel.ForEachAsync(
        rows, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken },
        async (row, _) => await CheckAsync(desk, row.Code, desk.Server.Password, row.Words));

    /// <summary>A command in a batch ends it with the same code; what stands behind does not run.</summary>
    private static Task BatchesAsync(RemoteDesk desk, params (int Code, string Command, string Behind)[] rows) => Parallel.ForEachAsync(
        rows, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken },
        async (row, _) =>
        {
            string[] words = ["-b", "-", .. WharfRun.Access(desk.Server), Url(desk, "")];
            var result = await WharfRun.RunAsync(desk.Local, desk.Server.Password, words, $"{row.Command}\n{row.Behind}\n");
            Assert.True(result.ExitCode == row.Code, $"{row}: {result}");
            Assert.True(row.Behind.Length == 0 || !result.Text.Contains("sftp> " + row.Behind, StringComparison.Ordinal), $"{row}: {result}");
            var command = await WharfRun.RunAsync(desk.Local, desk.Server.Password, ["-c", row.Command.TrimStart('-').Replace("rm none\npwd", "rm -f none", StringComparison.Ordinal), .. WharfRun.Access(desk.Server), Url(desk, "")]);
            Assert.True(command.ExitCode == row.Code, $"{row}: {command}");
        });
}
