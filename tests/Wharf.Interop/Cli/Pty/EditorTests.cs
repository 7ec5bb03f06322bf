using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Pty;

/// <summary>The shell's line editor on a real terminal: wharf without a server.</summary>
public sealed class EditorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-pty-").FullName;

    private string History => Path.Combine(_folder, ".local", "state", "wharf", "history");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Keys_completion_and_a_long_line_look_as_they_should()
    {
        foreach (string name in (string[])["with space", "tick", "tock"])
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, name), "", TestContext.Current.CancellationToken);
        }

        await using var shell = Start(columns: 30, rows: 10);
        await shell.ShowsAsync("wharf>");
        shell.Type("put wi\t");
        await shell.ShowsAsync("wharf> put with\\ space");
        shell.Type("\x17\x17t\t\t");
        await shell.ShowsAsync("wharf> put t\ntick  tock\nwharf> put t");
        shell.Type("\x15" + "echo 漢字 a long line that goes on below\x01\e[C\e[C\e[C\e[C\e[C\e[C!");
        await shell.ShowsAsync("wharf> put t\ntick  tock\nwharf> echo 漢!字 a long line\nthat goes on below");
        shell.Type("\r");
        await shell.ShowsAsync("wharf> put t\ntick  tock\nwharf> echo 漢!字 a long line\nthat goes on below\n漢!字 a long line that goes on\n below\nwharf>");
        shell.Type("\x04");
        Assert.Equal(0, await shell.ExitAsync());
    }

    [Fact]
    public async Task The_history_is_there_in_the_next_session_and_keeps_no_password()
    {
        await using (var first = Start())
        {
            await first.ShowsAsync("wharf>");
            first.Type("echo alpha\ropen ftp://me:secret@127.0.0.1:1/\r unseen\recho end\r");
            await first.UntilAsync(screen => screen.Text.EndsWith("\nend\nwharf>", StringComparison.Ordinal));
            first.Type("\x04");
            Assert.Equal(0, await first.ExitAsync());
        }

        Assert.Equal("echo alpha\necho end\n", await File.ReadAllTextAsync(History, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(History));
        await using var second = Start();
        await second.ShowsAsync("wharf>");
        second.Type("\x12lph");
        await second.ShowsAsync("(reverse-i-search)`lph': echo alpha");
        second.Type("\x05!");
        await second.ShowsAsync("wharf> echo alpha!");
        second.Type("\e[B\e[A\e[A\r");
        await second.UntilAsync(screen => screen.Text.EndsWith("\nwharf>", StringComparison.Ordinal) && screen.Contains("\nalpha"));
    }

    [Fact]
    public async Task The_window_changes_and_others_write_while_a_line_is_edited()
    {
        await using var shell = Start(columns: 70, rows: 10);
        await shell.ShowsAsync("wharf>");
        string command = $"mkdir file://{_folder}/made";
        shell.Type($"{command} &\rabcdefghijklmnopqrstuvwxyz");
        string screen = $"wharf> {command} &\n[1] {command}\n[1] Done       {command}\n";
        await shell.ShowsAsync($"{screen}wharf> abcdefghijklmnopqrstuvwxyz");
        Assert.True(Directory.Exists(Path.Combine(_folder, "made")));
        shell.Resize(20, 10);
        await shell.UntilAsync(now => now.Text.EndsWith("\nwharf> abcdefghijklm\nnopqrstuvwxyz", StringComparison.Ordinal));
        shell.Type("\x15!stty size\r");
        await shell.UntilAsync(now => now.Text.EndsWith("\nwharf> !stty size\n10 20\nwharf>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_paste_waits_for_Enter_and_Control_C_only_leaves_the_line()
    {
        await using var shell = Start();
        await shell.UntilAsync(screen => screen.Text == "wharf>" && screen.BracketsPaste);
        shell.Type("\e[200~one\rtwo\r\e[201~");
        await shell.ShowsAsync("wharf> one\ntwo");
        shell.Type("\x03");
        await shell.ShowsAsync("wharf> one\ntwo^C\nwharf>");
        shell.Type("\x1a" + "echo x\r");
        await shell.ShowsAsync("wharf> one\ntwo^C\nwharf> echo x\nx\nwharf>");
    }

    [Theory]
    [InlineData("bye 3", 3)]
    [InlineData("!stty -a", 0)]
    public async Task The_terminal_is_as_it_was_for_those_who_come_later(string command, int code)
    {
        string stty = Require.Program("stty", "coreutils");
        await using var shell = PtyProgram.Start(
            "/bin/sh", ["-c", $"{stty} -a >before; '{WharfTool.Program}' shell; echo code $?; {stty} -a >after; diff before after && echo same"], _folder,
            new Dictionary<string, string?> { ["SHELL"] = "/bin/sh" }, columns: 132);
        await shell.ShowsAsync("wharf>");
        shell.Type(command + "\r");
        if (code == 0)
        {
            await shell.UntilAsync(screen => screen.Text.EndsWith("wharf>", StringComparison.Ordinal) && screen.Contains(" icanon "));
            shell.Type("\x04");
        }

        Assert.Equal(0, await shell.ExitAsync());
        Assert.EndsWith($"code {code}\nsame", shell.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Posix.SigTerm, (int)Wharf.Cli.ExitCode.Interrupted)]
    [InlineData(Posix.SigInt, (int)Wharf.Cli.ExitCode.Interrupted)]
    [InlineData(Posix.SigHup, 128 + Posix.SigHup)]
    public async Task The_terminal_is_as_it_was_when_a_signal_ends_the_program(int signal, int code)
    {
        string stty = Require.Program("stty", "coreutils");
        await using var shell = PtyProgram.Start(
            "/bin/sh",
            ["-c", $"{stty} -a >before; sh -c 'echo $$ >pid; exec \"$0\" shell' '{WharfTool.Program}'; echo code $?; {stty} -a >after; diff before after && echo same"],
            _folder);
        await shell.ShowsAsync("wharf>");
        Posix.Signal(int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "pid"), TestContext.Current.CancellationToken)), signal);
        Assert.Equal(0, await shell.ExitAsync());
        Assert.EndsWith($"code {code}\nsame", shell.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_Z_stops_it_for_the_shell_and_fg_goes_on()
    {
        string bash = Require.Program("bash", "bash");
        await using var shell = PtyProgram.Start(bash, ["--norc", "--noprofile", "--noediting", "-i"], _folder, new Dictionary<string, string?> { ["PS1"] = "bash$ " });
        await shell.ShowsAsync("bash$");
        shell.Type($"'{WharfTool.Program}' shell\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("\nwharf>", StringComparison.Ordinal));
        shell.Type("echo alp\x1a");
        await shell.UntilAsync(screen => screen.Contains("Stopped") && screen.Text.EndsWith("bash$", StringComparison.Ordinal));
        shell.Type("stty -a | grep -c ' icanon .* echo '\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("1\nbash$", StringComparison.Ordinal));
        shell.Type("fg\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("\nwharf> echo alp", StringComparison.Ordinal));
        shell.Type("ha\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("wharf> echo alpha\nalpha\nwharf>", StringComparison.Ordinal));
        shell.Type("\x04");
        await shell.UntilAsync(screen => screen.Text.EndsWith("wharf>\nbash$", StringComparison.Ordinal));
        shell.Type("exit\r");
        Assert.Equal(0, await shell.ExitAsync());
    }

    private PtyProgram Start(int columns = 80, int rows = 24) =>
        PtyProgram.Start(WharfTool.Program, ["shell"], _folder, new Dictionary<string, string?> { ["SHELL"] = "/bin/sh" }, columns, rows);
}
