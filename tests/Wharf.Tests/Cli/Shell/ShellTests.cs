using System.Text;
using Wharf.Cli;
using Wharf.Files;

namespace Wharf.Tests.Cli.Shell;

public sealed class ShellTests
{
    [Fact]
    public async Task Commands_run_at_the_directory_they_are_in()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/in/a.txt");
        var result = await desk.RunAsync("sftp://h/", "-c", "cd in; pwd; ls; mkdir new; cd new && pwd; cd -; rm a.txt");
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal(["Remote working directory: /in", "a.txt", "Remote working directory: /in/new"], result.Lines);
        Assert.False(await desk.HasAsync("/in/a.txt"));
    }

    [Fact]
    public async Task The_first_failure_is_the_exit_code_of_commands_and_the_others_run()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a");
        var result = await desk.RunAsync("sftp://h/", "-c", "cd none; rm none || mkdir made; ls none && mkdir not");
        Assert.Equal(ExitCode.NotFound, result.Code);
        Assert.True(await desk.HasAsync("/made"));
        Assert.False(await desk.HasAsync("/not"));
    }

    [Fact]
    public async Task A_batch_echoes_and_ends_at_its_first_failure_with_its_code()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a");
        desk.Input = () => new MemoryStream(Encoding.UTF8.GetBytes("@mkdir x\n-rm none\nmkdir y\nrm none\nmkdir z\n"));
        var result = await desk.RunAsync("-b", "-", "sftp://h/");
        Assert.Equal(ExitCode.NotFound, result.Code);
        Assert.Equal(["sftp> -rm none", "sftp> mkdir y", "sftp> rm none"], result.Lines);
        Assert.True(await desk.HasAsync("/x"));
        Assert.True(await desk.HasAsync("/y"));
        Assert.False(await desk.HasAsync("/z"));
    }

    [Fact]
    public async Task Quoted_wildcards_mean_themselves()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a*b");
        await desk.WriteAsync("/axb");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sftp://h/", "-c", "rm 'a*b'")).Code);
        Assert.False(await desk.HasAsync("/a*b"));
        Assert.True(await desk.HasAsync("/axb"));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sftp://h/", "-c", "rm a*")).Code);
        Assert.False(await desk.HasAsync("/axb"));
    }

    [Fact]
    public async Task Files_come_and_go()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/d/one", "1");
        await desk.WriteAsync("/d/two", "2");
        string here = desk.Folder;
        var result = await desk.RunAsync("sftp://h/d", "-c", $"lcd {here}; mget *; !echo > made\nlmkdir x; get one x/three; put two four; put x/three");
        Assert.True(result.Code == ExitCode.Done, result.Errors);
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(here, "one"), TestContext.Current.CancellationToken));
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(here, "x", "three"), TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(here, "made")));
        Assert.True(await desk.HasAsync("/d/four"));
        Assert.True(await desk.HasAsync("/d/three"));
    }

    [Fact]
    public async Task Jobs_run_beside_and_are_waited_for()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a");
        var result = await desk.RunAsync("sftp://h/", "-c", "mkdir one & mkdir two &\nqueue mkdir three\nqueue mkdir four\nwait\nls");
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal(["a", "four", "one", "three", "two"], result.Lines);
        Assert.Contains("[1] mkdir one", result.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, (await desk.RunAsync("sftp://h/", "-c", "rm none &")).Code);
    }

    [Fact]
    public async Task Bookmarks_are_kept_without_passwords_and_opened()
    {
        using var desk = new CliDesk();
        desk.Variables["XDG_CONFIG_HOME"] = desk.Folder;
        await desk.WriteAsync("/in/a");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sftp://u:secret@h/in", "-c", "bookmark add work; bookmark add other ftp://u:secret@x/y --active")).Code);
        string file = Path.Combine(desk.Folder, "wharf", "settings.json");
        Assert.DoesNotContain("secret", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var result = await desk.RunAsync("shell", "work", "-c", "pwd; bookmark");
        Assert.Equal(["Remote working directory: /in", "other           ftp://u@x/y --active", "work            sftp://u@h/in"], result.Lines);
    }

    [Fact]
    public async Task What_SFTP_has_not_is_no_command_there()
    {
        using var desk = new CliDesk();
        foreach (string command in new[] { "ascii", "quote FEAT", "site HELP", "mode block", "passive", "nonsense" })
        {
            var result = await desk.RunAsync("sftp://h/", "-c", command);
            Assert.Equal(ExitCode.Usage, result.Code);
            Assert.Contains("Invalid command.", result.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_is_open_before_open()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/in/a");
        var result = await desk.RunAsync("shell", "-c", "ls; open sftp://h/in; ls; close; pwd");
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Equal(["a"], result.Lines);
        Assert.Contains("Not connected", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_explains_itself()
    {
        using var desk = new CliDesk();
        foreach (var row in Wharf.Cli.Shell.Commands.CommandTable.Rows)
        {
            var result = await desk.RunAsync("shell", "-c", $"help {row.Name}");
            Assert.Equal((row.Name, ExitCode.Done), (row.Name, result.Code));
            Assert.Contains("usage:", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Help_has_a_line_for_every_command_and_says_more_of_each()
    {
        using var desk = new CliDesk();
        string all = (await desk.RunAsync("shell", "-c", "help")).Output;
        foreach (var row in Wharf.Cli.Shell.Commands.CommandTable.Rows)
        {
            Assert.Matches($@"(?m)^  {row.Name} +\S", all);
        }

        Assert.Contains("Also called: recv", (await desk.RunAsync("shell", "-c", "help get")).Output, StringComparison.Ordinal);
        string program = (await desk.RunAsync("help", "shell")).Output;
        Assert.Contains("usage: wharf shell ", program, StringComparison.Ordinal);
        Assert.Contains("--batch FILE", program, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_options_and_the_local_directory_of_a_bookmark_hold_where_the_shell_begins_with_it()
    {
        using var desk = new CliDesk();
        desk.Variables["XDG_CONFIG_HOME"] = desk.Folder;
        await desk.MakeAsync("/y");
        Directory.CreateDirectory(Path.Combine(desk.Folder, "site"));
        Assert.Equal(
            ExitCode.Done,
            (await desk.RunAsync("shell", "-c", $"bookmark add other ftp://u@x/y --active --limit-rate 5K --timeout 7 --local {desk.Folder}/site")).Code);
        desk.Opened.Clear();
        var result = await desk.RunAsync("shell", "other", "--timeout", "9", "-c", "pwd; lpwd");
        Assert.Equal(["Remote working directory: /y", $"Local working directory: {desk.Folder}/site"], result.Lines);
        var options = desk.Opened.Last(opened => opened.Url.IsRemote).Options;
        Assert.True(options.Ftp.Active);
        Assert.Equal(5 * 1024, options.DownloadBytesPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(9), options.Timeouts.Idle);
    }

    [Fact]
    public async Task Copies_are_those_of_the_program_told_by_lines_or_objects()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/d/one", "1");
        await desk.WriteAsync("/d/two", "22");
        string here = desk.Folder;
        var single = await desk.RunAsync("sftp://h/d", "-c", $"lcd {here}; get o* first");
        Assert.Equal($"/d/one -> {here}/first  1 in 0.0 s\n", single.Errors);
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(here, "first"), TestContext.Current.CancellationToken));
        var several = await desk.RunAsync("sftp://h/d", "-c", $"lcd {here}; mget * none");
        Assert.Equal(ExitCode.SomeFailed, several.Code);
        Assert.Contains($"/d/two -> {here}/two  2 in 0.0 s\n", several.Errors, StringComparison.Ordinal);
        Assert.EndsWith("2 copied, 1 failed, 3 in 0.0 s\n", several.Errors, StringComparison.Ordinal);
        var json = await desk.RunAsync("sftp://h/d", "-c", $"lcd {here}; put --json one again");
        Assert.Equal(["file", "total"], json.Lines.Select(line => JsonForm.Check(line).GetProperty("type").GetString()));
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("sftp://h/d", "-c", $"lcd {here}; get * first")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sftp://h/d", "-c", $"lcd {here}; get -E two; put -q -E first last")).Code);
        Assert.False(await desk.HasAsync("/d/two"));
        Assert.True(await desk.HasAsync("/d/last"));
        Assert.False(File.Exists(Path.Combine(here, "first")));
    }

    [Fact]
    public async Task A_copy_may_have_a_rate_of_its_own()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/one", "1");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("sftp://h/", "-c", $"lcd {desk.Folder}; get --limit-rate 3K one; get one two")).Code);
        Assert.Equal([0, 3 * 1024], desk.Opened.Where(opened => opened.Url.IsRemote).Select(opened => opened.Options.DownloadBytesPerSecond).Distinct().Order());
    }

    [Fact]
    public async Task A_mirror_takes_regular_expressions_as_lftp_has_them()
    {
        using var desk = new CliDesk();
        foreach (string name in new[] { "a.txt", "b.log", ".git/x", "sub/c.txt", "sub/d.log" })
        {
            await desk.WriteAsync($"/t/{name}");
        }

        async Task<string[]> MirrorAsync(string target, string options)
        {
            var result = await desk.RunAsync("sftp://h/", "-c", $"mirror {options} t {desk.Folder}/{target}");
            Assert.True(result.Code == ExitCode.Done, result.Errors);
            string root = Path.Combine(desk.Folder, target);
            return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)];
        }

        Assert.Equal(["a.txt", "b.log", "sub/c.txt", "sub/d.log"], await MirrorAsync("one", "-x '^\\.git/$'"));
        Assert.Equal(["a.txt", "sub/c.txt"], await MirrorAsync("two", "-i '\\.txt$'"));
        Assert.Equal([".git/x", "a.txt", "sub/c.txt", "sub/d.log"], await MirrorAsync("three", "-x 'log$' -i '^sub/d'"));
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("sftp://h/", "-c", $"mirror -x '(' t {desk.Folder}/four")).Code);
    }

    [Fact]
    public async Task Over_SFTP_a_directory_that_is_entered_by_a_link_is_the_one_it_leads_to()
    {
        using var desk = new CliDesk();
        await desk.MakeAsync("/real/below");
        await desk.Files.MakeLinkAsync(VirtualPath.Parse("/link"), "real/below", LinkKind.Symbolic, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["Remote working directory: /real/below", "Remote working directory: /real", "Remote working directory: /real", "Remote working directory: /link"],
            [
                .. (await desk.RunAsync("sftp://h/", "-c", "cd link; pwd; cd ..; pwd; cd /link/..; pwd")).Lines,
                .. (await desk.RunAsync("ftp://h/", "-c", "cd link; pwd")).Lines,
            ]);
    }
}
