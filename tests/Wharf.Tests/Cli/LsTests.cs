using Wharf.Cli;
using Wharf.Cli.Writing;

namespace Wharf.Tests.Cli;

public sealed class LsTests
{
    [Fact]
    public async Task Names_come_in_order_without_those_that_begin_with_a_dot()
    {
        using var desk = await DeskAsync();
        Assert.Equal(["a.txt", "b.txt", "dir"], (await desk.RunAsync("ls", "sftp://h/")).Lines);
        Assert.Equal([".hidden", "a.txt", "b.txt", "dir"], (await desk.RunAsync("ls", "-a", "sftp://h/")).Lines);
        Assert.Equal(["dir", "b.txt", "a.txt"], (await desk.RunAsync("ls", "-r", "sftp://h/")).Lines);
        Assert.Equal(["b.txt", "a.txt"], (await desk.RunAsync("ls", "-S", "sftp://h/*.txt")).Lines.Select(line => line[1..]));
    }

    [Fact]
    public async Task A_pattern_is_expanded_at_the_server()
    {
        using var desk = await DeskAsync();
        Assert.Equal(["/a.txt", "/b.txt"], (await desk.RunAsync("ls", "sftp://h/*.txt")).Lines);
        Assert.Equal(["/dir/c.txt"], (await desk.RunAsync("ls", "sftp://h/d*/*.txt")).Lines);
        Assert.Equal(["/a.txt", "/b.txt", "/dir/c.txt"], (await desk.RunAsync("ls", "sftp://h/**/*.txt")).Lines);
        var none = await desk.RunAsync("ls", "sftp://h/*.csv");
        Assert.Equal(ExitCode.NotFound, none.Code);
        Assert.Equal("wharf: Nothing fits sftp://h/*.csv.\n", none.Errors);
    }

    [Fact]
    public async Task What_is_escaped_means_itself_and_a_pattern_that_fits_nothing_may_be_a_name()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a*b");
        await desk.WriteAsync("/axb");
        await desk.WriteAsync("/x[1]");
        Assert.Equal(["/a*b", "/axb"], (await desk.RunAsync("ls", "sftp://h/a*b")).Lines);
        Assert.Equal(["sftp://h/a%2Ab"], (await desk.RunAsync("ls", "sftp://h/a%2Ab")).Lines);
        Assert.Equal(["/x[1]"], (await desk.RunAsync("ls", "sftp://h/x[1]")).Lines);
    }

    [Fact]
    public async Task The_long_form_is_that_of_ls()
    {
        using var desk = await DeskAsync();
        var result = await desk.RunAsync("ls", "-l", "sftp://h/");
        Assert.Matches(@"^-rw-r--r-- +1 \S+ +\S+ +1 Jan  2 03:04 a\.txt$", result.Lines[0]);
        Assert.Matches(@"^drwxr-xr-x +\d+ \S+ +\S+ +\d+ Jan  2 03:04 dir$", result.Lines[2]);
    }

    [Fact]
    public async Task Several_directories_have_titles_and_R_goes_down()
    {
        using var desk = await DeskAsync();
        var result = await desk.RunAsync("ls", "-R", "sftp://h/");
        Assert.Equal("sftp://h/:\na.txt\nb.txt\ndir\n\nsftp://h/dir:\nc.txt\n", result.Output);
    }

    [Fact]
    public async Task A_terminal_gets_columns_and_colours_and_nothing_that_moves_its_cursor()
    {
        using var desk = await DeskAsync();
        await desk.WriteAsync("/evil\u001b[2J");
        desk.Screen = new Screen(true, true, 40, false);
        Assert.Equal("a.txt  b.txt  dir  evil\\x1B[2J\n", (await desk.RunAsync("ls", "sftp://h/")).Output);
        desk.Screen = new Screen(true, true, 12, false);
        Assert.Equal(4, (await desk.RunAsync("ls", "sftp://h/")).Lines.Length);
        desk.Screen = new Screen(true, true, 40, true);
        Assert.Contains("\u001b[1;34mdir\u001b[0m", (await desk.RunAsync("ls", "sftp://h/")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_is_told_and_the_others_are_listed()
    {
        using var desk = await DeskAsync();
        var result = await desk.RunAsync("ls", "sftp://h/none", "sftp://h/a.txt");
        Assert.Equal(ExitCode.SomeFailed, result.Code);
        Assert.Equal("sftp://h/a.txt\n", result.Output);
        Assert.Equal("wharf: There is no such file or directory: sftp://h/none.\n", result.Errors);
        Assert.Equal(ExitCode.NotFound, (await desk.RunAsync("ls", "sftp://h/none")).Code);
    }

    [Fact]
    public async Task Bytes_of_names_survive_into_a_pipe()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/\udcff.bin");
        Assert.Equal("\udcff.bin\n", (await desk.RunAsync("ls", "sftp://h/")).Output);
    }

    private static async Task<CliDesk> DeskAsync()
    {
        var desk = new CliDesk();
        await desk.WriteAsync("/a.txt");
        await desk.WriteAsync("/b.txt", "bb");
        await desk.WriteAsync("/.hidden");
        await desk.WriteAsync("/dir/c.txt");
        return desk;
    }
}
