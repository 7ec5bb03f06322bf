using Wharf.Cli;

namespace Wharf.Tests.Cli.Moves;

public sealed class SyncTests
{
    [Fact]
    public async Task What_differs_is_copied_and_only_delete_removes()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a/one", "1");
        await desk.WriteAsync("/a/sub/two", "2");
        await desk.WriteAsync("/b/one", "other");
        await desk.WriteAsync("/b/extra", "x");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sync", "sftp://h/a", "sftp://h/b")).Code);
        Assert.Equal("1", await CopyTests.ReadAsync(desk, "/b/one"));
        Assert.Equal("2", await CopyTests.ReadAsync(desk, "/b/sub/two"));
        Assert.True(await desk.HasAsync("/b/extra"));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sync", "--delete", "--backup", "kept", "sftp://h/a", "sftp://h/b")).Code);
        Assert.False(await desk.HasAsync("/b/extra"));
        Assert.Equal("x", await CopyTests.ReadAsync(desk, "/b/kept/extra"));

        // What was kept is no part of the target, and stays.
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sync", "--delete", "--backup", "kept", "sftp://h/a", "sftp://h/b")).Code);
        Assert.True(await desk.HasAsync("/b/kept/extra"));
    }

    [Fact]
    public async Task A_plan_is_shown_saved_and_carried_out()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a/one", "1");
        await desk.WriteAsync("/b/extra", "x");
        string file = desk.Folder + "/plan";
        var shown = await desk.RunAsync("sync", "--delete", "--dry-run", "--plan", file, "sftp://h/a", "sftp://h/b");
        Assert.Equal(["copy   one", "delete extra"], shown.Lines);
        Assert.True(await desk.HasAsync("/b/extra"));
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("sync", "--plan", file, "sftp://h/a", "sftp://h/c")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sync", "--plan", file, "sftp://h/a", "sftp://h/b")).Code);
        Assert.False(await desk.HasAsync("/b/extra"));
        Assert.True(await desk.HasAsync("/b/one"));
    }

    [Fact]
    public async Task Several_sources_and_a_slash_mean_into()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a/1", "1");
        await desk.WriteAsync("/b/2", "2");
        await desk.MakeAsync("/to");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sync", "sftp://h/a", "sftp://h/b", "sftp://h/to")).Code);
        Assert.True(await desk.HasAsync("/to/a/1"));
        Assert.True(await desk.HasAsync("/to/b/2"));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sync", "sftp://h/a", "sftp://h/in/")).Code);
        Assert.True(await desk.HasAsync("/in/a/1"));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sync", "sftp://h/a/1", "sftp://h/in/")).Code);
        Assert.True(await desk.HasAsync("/in/1"));
        var again = await desk.RunAsync("sync", "--json", "sftp://h/a/1", "sftp://h/in/");
        Assert.Equal(1, JsonForm.Check(again.Lines[^1]).GetProperty("kept").GetInt32());
    }

    [Fact]
    public async Task Diff_tells_what_is_not_the_same_and_ends_with_9()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a/same", "1");
        await desk.WriteAsync("/a/other", "12");
        await desk.WriteAsync("/a/mine", "1");
        await desk.WriteAsync("/b/other", "123");
        await desk.WriteAsync("/b/its", "1");
        desk.Clock.Advance(TimeSpan.FromHours(1));
        await desk.WriteAsync("/b/same", "1");
        var result = await desk.RunAsync("diff", "sftp://h/a", "sftp://h/b");
        Assert.Equal(ExitCode.Differs, result.Code);
        Assert.Equal(["differ: other", "only in sftp://h/a: mine", "only in sftp://h/b: its"], result.Lines.Order(StringComparer.Ordinal));
        var objects = (await desk.RunAsync("diff", "--json", "sftp://h/a", "sftp://h/b")).Lines.Select(JsonForm.Check);
        Assert.Equal(["content", "only-first", "only-second"], objects.Select(one => one.GetProperty("difference").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("diff", "sftp://h/a/same", "sftp://h/b")).Code);
        Assert.Equal(ExitCode.Differs, (await desk.RunAsync("diff", "sftp://h/a/other", "sftp://h/b")).Code);
        Assert.Equal(ExitCode.NotFound, (await desk.RunAsync("diff", "sftp://h/a", "sftp://h/none")).Code);
    }
}
