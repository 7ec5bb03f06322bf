using System.Text;
using Wharf.Cli;
using Wharf.Cli.Writing;
using Wharf.Files;

namespace Wharf.Tests.Cli.Moves;

public sealed class CopyTests
{
    [Fact]
    public async Task A_file_comes_under_its_own_name_a_new_name_or_into_a_directory()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/in/a.txt", "hello");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("get", "sftp://h/in/a.txt", desk.Folder)).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("get", "sftp://h/in/a.txt", desk.Folder + "/b.txt")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("get", "sftp://h/in/a.txt", desk.Folder + "/new/")).Code);
        Assert.All(["a.txt", "b.txt", "new/a.txt"], name => Assert.Equal("hello", Local(desk, name)));
    }

    [Fact]
    public async Task A_pattern_and_several_words_go_into_a_directory_and_what_is_missing_is_told()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a.csv", "1");
        await desk.WriteAsync("/b.csv", "22");
        await desk.WriteAsync("/c.txt", "333");
        var result = await desk.RunAsync("get", "sftp://h/*.csv", "sftp://h/c.txt", "sftp://h/none", desk.Folder);
        Assert.Equal(ExitCode.SomeFailed, result.Code);
        Assert.Contains("There is no such file or directory: sftp://h/none", result.Errors, StringComparison.Ordinal);
        Assert.Equal(["a.csv", "b.csv", "c.txt"], Directory.GetFiles(desk.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var wrong = await desk.RunAsync("get", "sftp://h/*.csv", desk.Folder + "/no-directory");
        Assert.Equal(ExitCode.Usage, wrong.Code);
    }

    [Fact]
    public async Task A_directory_wants_r_and_keeps_its_name()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/www/index.html", "<p>");
        await desk.WriteAsync("/www/css/a.css", "a");
        var refused = await desk.RunAsync("get", "sftp://h/www", desk.Folder);
        Assert.Equal(ExitCode.SomeFailed, refused.Code);
        Assert.Contains("get -r copies it", refused.Errors, StringComparison.Ordinal);
        var result = await desk.RunAsync("get", "-r", "--exclude", "*.css", "sftp://h/www", desk.Folder);
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal("<p>", Local(desk, "www/index.html"));
        Assert.False(File.Exists(Path.Combine(desk.Folder, "www/css/a.css")));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("get", "-r", "sftp://h/www", desk.Folder + "/copy")).Code);
        Assert.Equal("a", Local(desk, "copy/css/a.css"));
    }

    [Fact]
    public async Task Put_uploads_files_trees_and_standard_input()
    {
        using var desk = new CliDesk();
        Directory.CreateDirectory(desk.Folder + "/site/sub");
        await File.WriteAllTextAsync(desk.Folder + "/site/a", "A", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(desk.Folder + "/site/sub/b", "B", TestContext.Current.CancellationToken);
        desk.Input = () => new MemoryStream(Encoding.UTF8.GetBytes("from a pipe"));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("put", desk.Folder + "/site/a", "sftp://h/x")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("put", "-r", desk.Folder + "/site", "sftp://h/www")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("put", "-", "sftp://h/piped")).Code);
        Assert.Equal("A", await ReadAsync(desk, "/x"));
        Assert.Equal("B", await ReadAsync(desk, "/www/sub/b"));
        Assert.Equal("from a pipe", await ReadAsync(desk, "/piped"));
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("put", "-", "sftp://h/into/")).Code);
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("put", desk.Folder + "/site/a")).Code);
    }

    [Fact]
    public async Task Standard_output_gets_the_bytes_and_nothing_else()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a", "one");
        await desk.WriteAsync("/b", "two");
        Assert.Equal("onetwo", (await desk.RunAsync("get", "sftp://h/a", "sftp://h/b", "-")).Output);
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("get", "--json", "sftp://h/a", "-")).Code);
    }

    [Fact]
    public async Task Each_file_is_an_object_and_the_last_one_is_the_total()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/in/a", "12345");
        await desk.WriteAsync("/in/b", "123");
        var result = await desk.RunAsync("get", "-r", "--json", "sftp://h/in", desk.Folder);
        var lines = result.Lines.Select(JsonForm.Check).ToArray();
        Assert.Equal(["file", "file", "total"], lines.Select(line => line.GetProperty("type").GetString()));
        Assert.Equal(8, lines[2].GetProperty("bytes").GetInt64());
        Assert.Equal(2, lines[2].GetProperty("files").GetInt64());
        Assert.Equal(["/in/a", "/in/b"], lines[..2].Select(line => line.GetProperty("from").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal("", result.Errors);
    }

    [Fact]
    public async Task Without_a_terminal_each_file_is_a_line_and_quiet_says_nothing()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a", "12345");
        Assert.Equal($"sftp://h/a -> {desk.Folder}/a  5 in 0.0 s\n", (await desk.RunAsync("get", "sftp://h/a", desk.Folder)).Errors);
        Assert.Equal("", (await desk.RunAsync("get", "-q", "sftp://h/a", desk.Folder)).Errors);
    }

    [Fact]
    public async Task A_terminal_ends_without_standing_lines()
    {
        using var desk = new CliDesk { Screen = new Screen(false, true, 80, false) };
        await desk.WriteAsync("/a", "12345");
        var result = await desk.RunAsync("get", "sftp://h/a", desk.Folder);
        Assert.DoesNotContain('\e', result.Errors);
        Assert.Equal($"sftp://h/a -> {desk.Folder}/a  5 in 0.0 s\n", result.Errors);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_does_nothing()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/in/a", "1");
        await desk.WriteAsync("/in/sub/b", "2");
        var result = await desk.RunAsync("cp", "-r", "--dry-run", "sftp://h/in", "sftp://h/out");
        Assert.Equal(["sftp://h/in/a -> sftp://h/out/a", "sftp://h/in/sub/b -> sftp://h/out/sub/b"], result.Lines.Order(StringComparer.Ordinal));
        Assert.False(await desk.HasAsync("/out"));
    }

    [Fact]
    public async Task Newer_keeps_what_is_not_older_and_a_backup_keeps_what_is_replaced()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a", "new");
        await desk.WriteAsync("/b", "old");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("cp", "--newer", "sftp://h/a", "sftp://h/b")).Code);
        Assert.Equal("old", await ReadAsync(desk, "/b"));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("cp", "--backup", "saved", "--backup-suffix", ".bak", "sftp://h/a", "sftp://h/b")).Code);
        Assert.Equal("new", await ReadAsync(desk, "/b"));
        Assert.Equal("old", await ReadAsync(desk, "/saved/b.bak"));
    }

    internal static async Task<string> ReadAsync(CliDesk desk, string path)
    {
        await using var file = await desk.Files.OpenAsync(VirtualPath.Parse(path), OpenMode.Read, TestContext.Current.CancellationToken);
        byte[] bytes = new byte[100];
        int count = await file.ReadAsync(0, bytes, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    private static string Local(CliDesk desk, string name) => File.ReadAllText(Path.Combine(desk.Folder, name));
}
