using Wharf.Cli;
using Wharf.Files;

namespace Wharf.Tests.Cli.Moves;

public sealed class EditTests
{
    [Fact]
    public async Task What_the_editor_changes_is_put_back_and_nothing_else()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/motd", "old");
        desk.OpenEditor = (path, cancel) => File.AppendAllTextAsync(path, " and new", cancel);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("edit", "sftp://h/motd")).Code);
        Assert.Equal("old and new", await CopyTests.ReadAsync(desk, "/motd"));
        desk.OpenEditor = (_, _) => Task.CompletedTask;
        Assert.Equal("Nothing was changed.\n", (await desk.RunAsync("edit", "sftp://h/motd")).Errors);
        desk.OpenEditor = (path, cancel) => File.WriteAllTextAsync(path, "begun", cancel);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("edit", "sftp://h/fresh")).Code);
        Assert.Equal("begun", await CopyTests.ReadAsync(desk, "/fresh"));
    }

    [Fact]
    public async Task A_file_that_somebody_else_changed_meanwhile_is_left_and_the_own_text_kept()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/motd", "old");
        string? edited = null;
        desk.OpenEditor = async (path, cancel) =>
        {
            edited = path;
            await File.WriteAllTextAsync(path, "mine", cancel);
            await desk.WriteAsync("/motd", "somebody else's");
        };
        var result = await desk.RunAsync("edit", "sftp://h/motd");
        Assert.Equal(ExitCode.SomeFailed, result.Code);
        Assert.Equal("somebody else's", await CopyTests.ReadAsync(desk, "/motd"));
        Assert.Contains($"What you changed is in {edited}.", result.Errors, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(edited!, TestContext.Current.CancellationToken));
        Directory.Delete(Path.GetDirectoryName(edited)!, recursive: true);
    }

    [Fact]
    public async Task Bench_measures_four_rates_and_leaves_nothing()
    {
        using var desk = new CliDesk();
        await desk.MakeAsync("/tmp");
        var result = await desk.RunAsync("bench", "--json", "--size", "100K", "--files", "3", "sftp://h/tmp");
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal(
            ["upload", "download", "upload-small", "download-small"],
            result.Lines.Select(line => JsonForm.Check(line).GetProperty("measured").GetString()));
        Assert.Equal("", (await desk.RunAsync("ls", "-a", "sftp://h/tmp")).Output);
    }

    [Fact]
    public async Task Watch_uploads_again_when_its_time_is_over_and_ends_when_it_is_interrupted()
    {
        using var desk = new CliDesk();
        Directory.CreateDirectory(desk.Folder + "/site");
        await File.WriteAllTextAsync(desk.Folder + "/site/a", "1", TestContext.Current.CancellationToken);
        using var interrupt = new CancellationTokenSource();
        var run = desk.RunUntilAsync(interrupt.Token, "watch", "--interval", "5", desk.Folder + "/site", "sftp://h/www");
        await UntilAsync("/www/a");
        await File.WriteAllTextAsync(desk.Folder + "/site/b", "2", TestContext.Current.CancellationToken);
        await UntilAsync("/www/b");
        await interrupt.CancelAsync();
        var result = await run;
        Assert.Equal(ExitCode.Interrupted, result.Code);
        Assert.EndsWith("Ended.\n", result.Errors, StringComparison.Ordinal);

        async Task UntilAsync(string path)
        {
            while (!await desk.HasAsync(path))
            {
                Assert.False(run.IsCompleted, "it has ended");
                desk.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Watch_compares_only_what_changed_and_all_when_its_time_is_over()
    {
        using var desk = new CliDesk();
        var cancel = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(desk.Folder + "/site/sub");
        await File.WriteAllTextAsync(desk.Folder + "/site/a", "1", cancel);
        await File.WriteAllTextAsync(desk.Folder + "/site/sub/b", "1", cancel);
        using var interrupt = new CancellationTokenSource();
        var run = desk.RunUntilAsync(interrupt.Token, "watch", "--delete", "--interval", "1000000", desk.Folder + "/site", "sftp://h/www");
        var moment = TimeSpan.FromMilliseconds(1);
        await UntilAsync("/www/a", moment);
        await UntilAsync("/www/sub/b", moment);

        // Nobody here has changed it, so that it is not looked at.
        await desk.Files.RemoveFileAsync(VirtualPath.Parse("/www/a"), cancel);
        await File.WriteAllTextAsync(desk.Folder + "/site/sub/c", "1", cancel);
        await UntilAsync("/www/sub/c", moment);
        Assert.False(await desk.HasAsync("/www/a"));
        Directory.Move(desk.Folder + "/site/sub", desk.Folder + "/site/renamed");
        await UntilAsync("/www/renamed/c", moment);
        await UntilAsync("/www/sub", moment, isThere: false);
        Assert.False(await desk.HasAsync("/www/a"));
        await UntilAsync("/www/a", TimeSpan.FromSeconds(1000));
        await interrupt.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, (await run).Code);

        async Task UntilAsync(string path, TimeSpan step, bool isThere = true)
        {
            while (await desk.HasAsync(path) != isThere)
            {
                Assert.False(run.IsCompleted, "it has ended");
                desk.Clock.Advance(step);
                await Task.Yield();
            }
        }
    }
}
