using Wharf.Cli;
using Wharf.Cli.Verbs;

namespace Wharf.Tests.Cli;

public sealed class JsonTests
{
    /// <summary>A line for each verb; what is not there yet is made before it.</summary>
    public static TheoryData<string, string, int> Lines => new()
    {
        { "ls sftp://h/", "entry", 4 },
        { "ls -R sftp://h/", "entry", 5 },
        { "tree sftp://h/", "entry", 5 },
        { "stat sftp://h/a.txt sftp://h/link", "entry", 2 },
        { "find sftp://h/ -type f", "entry", 3 },
        { "cat sftp://h/a.txt", "content", 1 },
        { "du sftp://h/", "usage", 2 },
        { "df sftp://h/", "space", 1 },
        { "hash sftp://h/a.txt", "hash", 1 },
        { "mkdir sftp://h/new", "done", 1 },
        { "rmdir sftp://h/empty/", "done", 0 },
        { "rm sftp://h/a.txt", "done", 1 },
        { "mv sftp://h/a.txt /b.txt", "done", 1 },
        { "ln -s a.txt sftp://h/s", "done", 1 },
        { "chmod -R 700 sftp://h/dir", "done", 2 },
        { "touch sftp://h/a.txt", "done", 1 },
        { "get sftp://h/a.txt LOCAL", "file", 1 },
        { "put LOCAL/up sftp://h/up", "file", 1 },
        { "cp sftp://h/a.txt sftp://h/copy", "file", 1 },
        { "cp -r --dry-run sftp://h/dir sftp://h/copy", "step", 1 },
        { "sync sftp://h/dir sftp://h/copy", "file", 1 },
        { "sync --dry-run sftp://h/dir sftp://h/copy", "step", 2 },
        { "sync sftp://h/dir sftp://h/copy", "total", 1 },
        { "diff sftp://h/none sftp://h/none", "difference", 0 },
        { "edit sftp://h/a.txt", "done", 1 },
        { "watch LOCAL/none sftp://h/", "file", 0 },
        { "bench --size 1K --files 1 sftp://h/", "rate", 4 },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Each_verb_writes_objects_of_the_documented_form(string line, string type, int count)
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a.txt", "abc");
        await desk.WriteAsync("/\udcff.bin");
        await desk.WriteAsync("/dir/c.txt");
        await desk.RunAsync("ln", "-s", "a.txt", "sftp://h/link");
        await File.WriteAllTextAsync(desk.Folder + "/up", "up", TestContext.Current.CancellationToken);
        desk.OpenEditor = (path, cancel) => File.WriteAllTextAsync(path, "edited", cancel);
        string[] words = [.. line.Split(' ').Select(word => word.Replace("LOCAL", desk.Folder, StringComparison.Ordinal)), "--json"];
        var result = await desk.RunAsync(words);
        var objects = result.Lines.Select(JsonForm.Check).ToArray();
        Assert.Equal(count, objects.Count(one => one.GetProperty("type").GetString() == type));
        Assert.Equal(count == 0, result.Code != ExitCode.Done);
    }

    [Fact]
    public void Every_verb_has_a_line_here() => Assert.All(
        VerbTable.Rows, row => Assert.Contains(Lines, line => line.Data.Item1.StartsWith(row.Name + " ", StringComparison.Ordinal)));

    [Fact]
    public async Task A_failure_is_an_object_beside_its_sentence()
    {
        using var desk = new CliDesk();
        var result = await desk.RunAsync("cat", "--json", "sftp://h/none");
        var error = JsonForm.Check(result.Lines.Single());
        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.Equal(6, error.GetProperty("code").GetInt32());
        Assert.Equal("NotFound", error.GetProperty("reason").GetString());
        Assert.Equal("/none", error.GetProperty("path").GetString());
        Assert.Contains(error.GetProperty("message").GetString()!, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_text_keeps_its_bytes()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/\udcff");
        var entry = JsonForm.Check((await desk.RunAsync("ls", "--json", "sftp://h/")).Lines.Single());
        Assert.Equal("\\xFF", entry.GetProperty("name").GetString());
        Assert.Equal([(byte)'/', 0xFF], entry.GetProperty("pathBytes").GetBytesFromBase64());
    }
}
