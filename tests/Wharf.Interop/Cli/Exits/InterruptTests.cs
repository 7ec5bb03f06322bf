using System.Diagnostics;
using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Exits;

/// <summary>Signals to the program in the midst of its work, and the command that it says goes on.</summary>
public sealed class InterruptTests(RemoteServers servers)
{
    private const int Bytes = 24 << 20;

    /// <summary>Slow enough to be met in the middle, and the rest does not take long.</summary>
    private static readonly string[] Slowly = ["--limit-rate", "12M"];

    /// <summary>Longest time from a signal to the end of the program; a loaded machine takes its own.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(RemoteKind.WharfdSftp, "get")]
    [InlineData(RemoteKind.Vsftpd, "get")]
    [InlineData(RemoteKind.OpenSsh, "put")]
    [InlineData(RemoteKind.Wharfd, "put")]
    [InlineData(RemoteKind.OpenSsh, "get -r")]
    [InlineData(RemoteKind.WharfdSftp, "sync")]
    public async Task Interrupted_once_it_says_the_command_that_finishes_it_to_the_byte(RemoteKind kind, string verb)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        bool isUp = verb == "put", isTree = verb != "get" && verb != "put";
        string name = isTree ? "it's a tree" : "it's big";
        foreach (string file in isTree ? new[] { "one", "two words" } : [""])
        {
            _ = isUp ? desk.LocalFile(name, Bytes) : desk.RemoteFile(Path.Combine(name, file).TrimEnd('/'), isTree ? Bytes / 2 : Bytes);
        }

        string url = server.Url($"{desk.Name}/{(isUp ? "" : name)}");
        string[] words = [.. verb.Split(' '), .. Slowly, .. WharfRun.Access(server), .. isUp ? (string[])[name, url] : isTree ? [url, "tree"] : [url]];
        string target = isUp ? desk.Remote : isTree ? desk.LocalPath("tree") : desk.Local;
        using var process = WharfRun.Start(desk.Local, server.Password, words);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await HasSomeAsync(process, isUp ? desk.Remote : desk.Local, isUp ? null : name);
        Posix.Signal(process.Id, Posix.SigInt);
        await EndsAsync(process, 130);
        string said = await errors;
        int at = said.IndexOf("To go on: ", StringComparison.Ordinal);
        Assert.True(at > 0, said);
        Assert.False(File.Exists(Path.Combine(target, name)), "What is not whole has its name.");
        string command = said[(at + "To go on: ".Length)..].TrimEnd();
        (await WharfRun.ScriptAsync(desk.Local, server.Password, command)).Succeeded();
        if (isTree)
        {
            Desk.SameTree(desk.RemotePath(name), target);
        }
        else
        {
            Desk.SameFile(isUp ? desk.LocalPath(name) : desk.RemotePath(name), Path.Combine(target, name));
            Assert.DoesNotContain(Directory.GetFiles(target), file => Path.GetFileName(file) != name);
        }
    }

    [Fact]
    public async Task Twice_ends_at_once_and_a_termination_as_cleanly_as_an_interrupt()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new RemoteDesk(server);
        desk.RemoteFile("big", Bytes);
        foreach (var (first, second) in new[] { (Posix.SigInt, Posix.SigInt), (Posix.SigTerm, 0) })
        {
            using var process = WharfRun.Start(desk.Local, server.Password, ["get", .. Slowly, .. WharfRun.Access(server), server.Url($"{desk.Name}/big"), "got"]);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await HasSomeAsync(process, desk.Local, null);
            Posix.Signal(process.Id, first);
            if (second != 0 && !process.HasExited)
            {
                Posix.Signal(process.Id, second);
            }

            await EndsAsync(process, 130);
            Assert.True(second != 0 || (await errors).Contains("To go on: ", StringComparison.Ordinal), await errors);
            Assert.False(File.Exists(desk.LocalPath("got")));
            Desk.Remove(desk.Local);
            Directory.CreateDirectory(desk.Local);
        }
    }

    [Theory]
    [InlineData("sftp")]
    [InlineData("ftp")]
    public async Task While_a_peer_says_nothing_it_ends_all_the_same(string scheme)
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new RemoteDesk(server);
        using var silent = OddServer.Silent();
        using var process = WharfRun.Start(desk.Local, "x", ["ls", "--json", $"{scheme}://u@127.0.0.1:{silent.Port}/"]);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => silent.Connections > 0, "It does not connect.");
        Posix.Signal(process.Id, Posix.SigInt);
        await EndsAsync(process, 130);
        var last = Wharf.Tests.Cli.JsonForm.Check((await output).TrimEnd());
        Assert.Equal((130, "Interrupted"), (last.GetProperty("code").GetInt32(), last.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_batch_ends_with_130_and_does_nothing_more()
    {
        var server = await servers.GetAsync(RemoteKind.OpenSsh);
        using var desk = new RemoteDesk(server);
        desk.RemoteFile("big", Bytes);
        using var process = WharfRun.Start(desk.Local, server.Password, ["-b", "-", .. Slowly, .. WharfRun.Access(server), server.Url(desk.Name)]);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync("-get big\nmkdir made\n");
        process.StandardInput.Close();
        await HasSomeAsync(process, desk.Local, null);
        Posix.Signal(process.Id, Posix.SigInt);
        await EndsAsync(process, 130);
        Assert.DoesNotContain("mkdir", await output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(desk.RemotePath("made")));
    }

    [Fact]
    public async Task Who_has_read_enough_ends_it_without_a_word()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new RemoteDesk(server);
        desk.RemoteFile("big", Bytes);
        string many = desk.RemoteFolder("many");
        for (int i = 0; i < 3000; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(many, $"a name that is long enough to fill what a pipe takes by itself {i}"), [], TestContext.Current.CancellationToken);
        }

        foreach (string line in new[] { "ls -1 \"$1/many\" | head -n 1", "find \"$1\" | head -n 1", "cat \"$1/big\" | head -c 100", "get \"$1/big\" - | head -c 100", "ls --json \"$1/many\" | head -n 1" })
        {
            var result = await WharfRun.ScriptAsync(
                desk.Local, server.Password, $"wharf --known-hosts \"$2\" {line} > head; exit ${{PIPESTATUS[0]}}", server.Url(desk.Name), server.KnownHosts);
            Assert.True(result.ExitCode == 1, $"{result}");
            Assert.Equal("", result.Errors);
            Assert.NotEqual(0, new FileInfo(desk.LocalPath("head")).Length);
        }
    }

    /// <summary>Waits until some of the bytes are on disk.</summary>
    private static Task HasSomeAsync(Process process, string folder, string? source) => Eventually.HoldsAsync(
        () =>
        {
            Assert.False(process.HasExited, "It ended before it was interrupted.");
            return new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true })
                .Any(file => file.Name != source && file.Length is > 1 << 20);
        },
        "Nothing arrives.", TimeSpan.FromSeconds(60));

    private static async Task EndsAsync(Process process, int code)
    {
        using var patience = new CancellationTokenSource(Soon);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"It did not end within {Soon} of the signal.");
        }

        Assert.Equal(code, process.ExitCode);
    }
}
