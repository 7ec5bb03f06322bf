using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Exits;

/// <summary>The verbs as users of curl, lftp, scp and the programs of their own machine would try them, from a shell.</summary>
public sealed class UseTests(RemoteServers servers)
{
    [Theory]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.VsftpdTls)]
    public async Task Pipes_and_devices_are_ends_like_files(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        desk.LocalFile("big", 300_000);
        string url = server.Url(desk.Name);
        string hash = Desk.HashOf(desk.LocalPath("big"));
        foreach (string script in new[]
        {
            "wharf put - \"$U/piped\" < big",
            "wharf put <(cat big) \"$U/substituted\"",
            "wharf put /dev/stdin \"$U/stdin\" < big",
            "cat big | wharf put /dev/stdin \"$U/stdin-pipe\"",
            "wharf get \"$U/piped\" - > 1 && wharf get \"$U/piped\" /dev/stdout > 2 && wharf cat \"$U/piped\" > 3",
            "wharf get \"$U/piped\" /dev/stdout | cat > 4",
            "mkfifo pipe && { cat pipe > 5 & wharf get \"$U/piped\" pipe && wait && test -p pipe; }",
            "wharf get \"$U/piped\" \"$U/stdin\" - > 6 && truncate -s 300000 6",
            "wharf get \"$U/piped\" /dev/null && test -c /dev/null",
        })
        {
            (await RunAsync(desk, script)).Succeeded();
        }

        Assert.All(["piped", "substituted", "stdin", "stdin-pipe"], name => Assert.Equal(hash, Desk.HashOf(desk.RemotePath(name))));
        Assert.All(["1", "2", "3", "4", "5", "6"], name => Assert.Equal(hash, Desk.HashOf(desk.LocalPath(name))));
    }

    [Theory]
    [InlineData(RemoteKind.Vsftpd)]
    public async Task Patterns_are_the_servers_and_names_with_their_characters_can_be_named(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        foreach (string name in new[] { "a*b", "axb", "x[1]", "x1", "q?", "qq", ".hidden", "with blank", "100%", "ü" })
        {
            desk.RemoteFile("in/" + name, 5);
        }

        string url = $"{server.Url(desk.Name)}/in";
        foreach (var (pattern, found) in new[]
        {
            ("*", "100% a*b axb q? qq with blank x1 x[1] ü"), ("a%2Ab", "a*b"), ("a\\*b", "a*b"), ("x[1]", "x1"), ("q%3F", "q?"), (".h*", ".hidden"), ("100%25", "100%"), ("[!aqxw1]*", "ü"),
        })
        {
            string folder = desk.LocalFolder("got" + Guid.NewGuid().ToString("N"));
            (await WharfRun.RunAsync(desk.Local, server.Password, ["get", .. WharfRun.Access(server), $"{url}/{pattern}", folder])).Succeeded();
            Assert.Equal(found, string.Join(' ', Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
        }
    }

    [Fact]
    public async Task Find_finds_what_find_does()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        foreach (var (name, bytes, age) in new[] { ("a.LOG", 0, 0), ("b.log", 1024, 1), ("sub/c.log", 1025, 10), ("sub/.d.txt", 5000, 3), ("sub/deep/[e].Txt", 2_000_000, 20) })
        {
            File.SetLastWriteTimeUtc(desk.RemoteFile(name, bytes), DateTime.UtcNow.AddDays(-age));
        }

        File.CreateSymbolicLink(desk.RemotePath("link"), "b.log");
        string reference = Path.Combine(desk.Local, "reference");
        await File.WriteAllTextAsync(reference, "x", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(reference, DateTime.UtcNow.AddDays(-5));
        foreach (string conditions in new[]
        {
            "", "-iname *.LOG", "-iname \\[E\\]*", "-name .*", "-type l", "-maxdepth 1", "-type f -size +1024c", "-type f -size -1025c", "-type f -newer reference",
        })
        {
            string[] words = conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var theirs = (await Tool.RunAsync("/usr/bin/find", [desk.Remote, .. words], desk.Local)).Succeeded();
            var ours = (await WharfRun.RunAsync(desk.Local, server.Password, ["find", server.Url(desk.Name), .. words, .. WharfRun.Access(server)])).Succeeded();
            string[] Sorted(string text, string top) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace(top, "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

            string[] expected = [.. Sorted(theirs.Text, desk.Remote)];
            Assert.True(expected.SequenceEqual(Sorted(ours.Text, server.Url(desk.Name))), $"{conditions}\n{theirs}\n{ours}");
        }
    }

    [Fact]
    public async Task The_long_listing_is_that_of_ls()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        File.SetLastWriteTimeUtc(desk.RemoteFile("new", 10), DateTime.UtcNow.AddHours(-3));
        File.SetLastWriteTimeUtc(desk.RemoteFile("old and long", 123_456), new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        File.SetUnixFileMode(desk.RemotePath("new"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser);
        File.CreateSymbolicLink(desk.RemotePath("link"), "new");
        server.Own(desk.Remote);
        File.SetUnixFileMode(desk.RemotePath("new"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser);
        string theirs = (await Tool.RunAsync("/bin/ls", ["-l", desk.Remote], desk.Local)).Succeeded().Text;
        string ours = (await WharfRun.RunAsync(desk.Local, server.Password, ["ls", "-l", .. WharfRun.Access(server), server.Url(desk.Name)])).Succeeded().Text;
        Assert.Equal(theirs[(theirs.IndexOf('\n', StringComparison.Ordinal) + 1)..], ours);
        foreach (string flags in new[] { "-A", "-S", "-tr" })
        {
            string[] words = ["-1", flags];
            string[] expected = (await Tool.RunAsync("/bin/ls", [.. words, desk.Remote], desk.Local)).Succeeded().Text.Split('\n');
            string[] found = (await WharfRun.RunAsync(desk.Local, server.Password, ["ls", .. words, .. WharfRun.Access(server), server.Url(desk.Name)])).Succeeded().Text.Split('\n');
            Assert.Equal(expected, found);
        }
    }

    [Theory]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.Vsftpd)]
    [InlineData(RemoteKind.WharfdSftp)]
    public async Task A_hash_is_that_of_sha256sum_whoever_calculates_it(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        string file = desk.RemoteFile("a", 100_000);
        foreach (string algorithm in new[] { "sha256", "md5" })
        {
            var result = (await WharfRun.RunAsync(desk.Local, server.Password, ["hash", "--algorithm", algorithm, .. WharfRun.Access(server), server.Url(desk.Name + "/a")])).Succeeded();
            string expected = (await Tool.RunAsync($"/usr/bin/{algorithm}sum", [file], desk.Local)).Succeeded().Text.Split(' ')[0];
            Assert.Equal(expected, result.Text.Split(' ')[0]);
        }

        var there = await WharfRun.RunAsync(desk.Local, server.Password, ["hash", "--there", .. WharfRun.Access(server), server.Url(desk.Name + "/a")]);
        Assert.Equal(kind.IsOurs() ? 0 : 1, there.ExitCode);
    }

    [Theory]
    [InlineData(RemoteKind.Wharfd, RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.OpenSsh, RemoteKind.VsftpdTls)]
    [InlineData(RemoteKind.VsftpdTls, RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.Vsftpd, RemoteKind.Vsftpd)]
    public async Task Copies_and_syncs_go_between_any_two_servers(RemoteKind one, RemoteKind other)
    {
        var (from, to) = (await servers.GetAsync(one), await servers.GetAsync(other));
        using var source = new RemoteDesk(from);
        using var target = new RemoteDesk(to);
        source.RemoteFile("tree/a", 10_000);
        source.RemoteFile("tree/sub/b c", 200_000);
        source.RemoteFolder("tree/empty");

        // A password for each of them; that they are seen is said.
        string With(RemoteServer server, string path) => server.Url(path).Replace($"//{server.User}@", $"//{server.User}:{Uri.EscapeDataString(server.Password)}@", StringComparison.Ordinal);
        string[] trust =
        [
            .. new[] { from, to }.Where(server => server.KnownHosts.Length > 0).SelectMany(server => (string[])["--known-hosts", server.KnownHosts]),
            "--accept-new", "--tls", "optional",
        ];
        async Task<ClientResult> RunAsync(params string[] words) => await WharfRun.RunAsync(source.Local, null, [.. words, .. trust]);

        var copied = (await RunAsync("cp", With(from, $"{source.Name}/tree/a"), With(to, $"{target.Name}/copy"))).Succeeded();
        Assert.Contains("warning: a password in a URL", copied.Errors, StringComparison.Ordinal);
        Desk.SameFile(source.RemotePath("tree/a"), target.RemotePath("copy"));
        (await RunAsync("cp", "-r", "-p", With(from, $"{source.Name}/tree"), With(to, $"{target.Name}/"))).Succeeded();
        Desk.SameTree(source.RemotePath("tree"), target.RemotePath("tree"));
        (await RunAsync("sync", "--delete", With(from, $"{source.Name}/tree"), With(to, $"{target.Name}/synced"))).Succeeded();
        Desk.SameTree(source.RemotePath("tree"), target.RemotePath("synced"));
        File.Delete(source.RemotePath("tree/a"));
        source.RemoteFile("tree/new", 3);
        (await RunAsync("sync", With(from, $"{source.Name}/tree"), With(to, $"{target.Name}/synced"), "--delete", "-q")).Succeeded();
        Desk.SameTree(source.RemotePath("tree"), target.RemotePath("synced"));
        Assert.Equal(0, (await RunAsync("diff", With(from, $"{source.Name}/tree"), With(to, $"{target.Name}/synced"))).ExitCode);
        var itself = await RunAsync("cp", With(from, $"{source.Name}/tree/new"), With(from, $"{source.Name}/tree/new"));
        Assert.True(itself.ExitCode == 2, $"{itself}");
        Assert.Equal(3, new FileInfo(source.RemotePath("tree/new")).Length);
    }

    [Theory]
    [InlineData(RemoteKind.Wharfd)]
    [InlineData(RemoteKind.OpenSsh)]
    public async Task A_password_comes_from_a_descriptor_a_variable_or_netrc(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        desk.RemoteFile("a", 1);
        string netrc = Path.Combine(desk.Local, ".netrc");
        (await ScriptAsync("wharf ls --password-fd 3 \"$U\" 3< <(printf '%s\\n' \"$P\")")).Succeeded();
        (await ScriptAsync("printf '%s' \"$P\" | wharf ls --password-fd 0 \"$U\"")).Succeeded();
        (await ScriptAsync("export MINE=\"$P\"; wharf ls --password-env MINE \"$U\"")).Succeeded();
        Assert.Equal(2, (await ScriptAsync("wharf ls --password-env NONE_OF_THAT_NAME \"$U\"")).ExitCode);
        Assert.Equal(2, (await ScriptAsync("wharf ls --password-fd 99 \"$U\"")).ExitCode);
        await File.WriteAllTextAsync(netrc, $"machine elsewhere login x password y\nmachine 127.0.0.1 login {server.User} password {server.Password}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(netrc, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await ScriptAsync("wharf ls \"$U\"")).Succeeded();
        File.SetUnixFileMode(netrc, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var open = await ScriptAsync("wharf ls \"$U\"");
        Assert.Equal(4, open.ExitCode);
        Assert.Contains("others may read", open.Errors, StringComparison.Ordinal);

        Task<ClientResult> ScriptAsync(string script) => WharfRun.ScriptAsync(
            desk.Local, null, $"P='{server.Password}' U='{server.Url(desk.Name)}'; wharf() {{ command wharf {string.Join(' ', WharfRun.Access(server))} \"$@\"; }}; {script}");
    }

    [Fact]
    public async Task A_link_is_made_and_turned_to_another_target()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        desk.RemoteFolder("releases/1");
        desk.RemoteFolder("releases/2");
        (await RunAsync(desk, "wharf ln -s releases/1 \"$U/current\"")).Succeeded();
        (await RunAsync(desk, "wharf ln -sfn releases/2 \"$U/current\"")).Succeeded();
        Assert.Equal("releases/2", new DirectoryInfo(desk.RemotePath("current")).LinkTarget);
        (await RunAsync(desk, "wharf ln -s \"$U/releases/1\" \"$U/absolute\"")).Succeeded();
        Assert.Equal(desk.RemotePath("releases/1"), new DirectoryInfo(desk.RemotePath("absolute")).LinkTarget);
    }

    private static Task<ClientResult> RunAsync(RemoteDesk desk, string script) => WharfRun.ScriptAsync(
        desk.Local, desk.Server.Password,
        $"set -o pipefail; U='{desk.Server.Url(desk.Name)}'; wharf() {{ command wharf {string.Join(' ', WharfRun.Access(desk.Server))} \"$@\"; }}; {script}");
}
