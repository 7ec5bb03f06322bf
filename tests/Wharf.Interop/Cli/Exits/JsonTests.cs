using System.Text.Json;
using Wharf.Cli.Verbs;
using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;
using Wharf.Tests.Cli;

namespace Wharf.Interop.Cli.Exits;

/// <summary>What each verb writes with --json at real servers: objects of the documented form, one a line, and nothing else.</summary>
public sealed class JsonTests(RemoteServers servers)
{
    /// <summary>In this order at one desk; R is the desk's URL. Behind it the types that must be among the lines.</summary>
    private static readonly (int Code, string Line, string Types)[] Lines =
    [
        (0, "mkdir R/d", "done"),
        (0, "put up R/d/up", "file total"),
        (0, "put -r tree R/d/", "file total"),
        (0, "ls R/d", "entry"),
        (0, "ls -lR R/", "entry"),
        (0, "tree R/", "entry"),
        (0, "stat R/d/up", "entry"),
        (0, "find R/ -name *p", "entry"),
        (0, "cat R/d/up", "content"),
        (0, "du R/d", "usage"),
        (0, "hash R/d/up", "hash"),
        (0, "get R/d/up got", "file total"),
        (0, "get --resume R/d/up got", "file total"),
        (0, "get --dry-run R/d/up got2", "step"),
        (0, "cp R/d/up R/d/copy", "file total"),
        (0, "sync --dry-run tree R/synced", "step"),
        (0, "sync tree R/synced", "file total"),
        (0, "sync --delete tree R/synced", "total"),
        (9, "diff tree R/d", "difference"),
        (0, "edit R/d/up", "done"),
        (0, "bench --size 64K --files 2 R/d", "rate"),
        (0, "mv R/d/copy R/d/moved", "done"),
        (0, "touch R/d/touched", "done"),
        (0, "chmod 600 R/d/moved", "done"),
        (0, "rm R/d/moved", "done"),
        (6, "rm R/d/none", "error"),
        (1, "cat R/d/up R/d/none", "content error"),
        (6, "get R/d/none", "error"),
        (6, "ls R/none*", "error"),
        (2, "ls --frobnicate R/", "error"),
        (2, "get", "error"),
        (3, "ls ftp://127.0.0.1:1/", "error"),
        (0, "rm -r R/d R/synced", "done"),
        (0, "mkdir R/gone", "done"),
        (0, "rmdir R/gone", "done"),
    ];

    [Theory]
    [InlineData(RemoteKind.Vsftpd)]
    [InlineData(RemoteKind.OpenSsh)]
    public async Task Each_verb_writes_objects_of_the_documented_form_and_nothing_else(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        desk.LocalFile("up", 1000);
        desk.LocalFile("tree/one", 10);
        desk.LocalFile("tree/two", 10);
        string editor = Path.Combine(desk.Local, "editor");
        await File.WriteAllTextAsync(editor, "#!/bin/sh\necho more >> \"$1\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(editor, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (int Code, string Line, string Types)[] lines = kind.IsSftp()
            ? [.. Lines, (0, "ln -s up R/link", "done"), (0, "stat R/link", "entry"), (0, "df R/", "space")]
            : [.. Lines.Where(line => line.Line.Split(' ')[0] is "ls" or "stat" or "put" or "hash" or "find" or "mkdir" or "cat")];
        foreach (var (code, line, types) in lines)
        {
            string[] words = [.. line.Split(' ').Select(word => word.StartsWith("R/", StringComparison.Ordinal) ? server.Url(desk.Name) + word[1..] : word)];
            var result = await Tool.RunAsync(
                Require.Program("setsid", "util-linux"), ["--wait", WharfTool.Program, .. words, "--json", .. WharfRun.Access(server)], desk.Local,
                environment: new Dictionary<string, string> { ["WHARF_PASSWORD"] = server.Password, ["EDITOR"] = editor });
            Assert.True(result.ExitCode == code, $"expected {code}: {result}");
            Check(result, types);
        }
    }

    [Fact]
    public async Task A_watch_tells_each_file_and_the_end()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new RemoteDesk(server);
        desk.LocalFile("tree/one", 10);
        using var process = WharfRun.Start(desk.Local, server.Password, ["watch", "--json", .. WharfRun.Access(server), "tree", server.Url(desk.Name + "/watched")]);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string? first = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Equal("file", JsonForm.Check(first!).GetProperty("type").GetString());
        desk.LocalFile("tree/two", 10);
        string? second = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("two", JsonForm.Check(second!).GetProperty("to").GetString(), StringComparison.Ordinal);
        Posix.Signal(process.Id, Posix.SigInt);
        string rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 130, await errors);
        Assert.Equal("error", JsonForm.Check(rest.TrimEnd().Split('\n')[^1]).GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_program_carries_the_schema_with_it()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new RemoteDesk(server);
        var schema = JsonDocument.Parse((await WharfRun.RunAsync(desk.Local, null, ["help", "json"])).Succeeded().Text).RootElement;
        Assert.Equal(JsonForm.Types, schema.GetProperty("$defs").EnumerateObject().Select(form => form.Name));
    }

    [Fact]
    public void Every_verb_has_a_line_here()
    {
        string[] own = ["watch", "ln", "df"];
        Assert.All(VerbTable.Rows, row => Assert.True(own.Contains(row.Name) || Lines.Any(line => line.Line.StartsWith(row.Name, StringComparison.Ordinal)), row.Name));
    }

    private static void Check(ClientResult result, string types)
    {
        string[] found = [.. result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonForm.Check(line).GetProperty("type").GetString()!).Distinct()];
        Assert.True(types.Split(' ').All(type => found.Contains(type)), $"expected {types}: {result}");
    }
}
