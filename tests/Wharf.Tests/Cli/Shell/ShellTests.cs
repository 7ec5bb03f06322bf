using System.Text;
using Wharf.Cli;

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
}
