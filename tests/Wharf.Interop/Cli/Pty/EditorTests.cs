using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Pty;

/// <summary>The line editor and the questions on a real terminal, in a small program of their own (tests/Wharf.EditorHost).</summary>
public sealed class EditorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-pty-").FullName;

    private static string Host
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            string path = Path.Combine(own.Parent!.Parent!.FullName, "Wharf.EditorHost", own.Name, "Wharf.EditorHost");
            Assert.True(File.Exists(path), $"The build has not left the editor's host at {path}.");
            return path;
        }
    }

    private string History => Path.Combine(_folder, ".local", "state", "wharf", "history");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Keys_completion_and_a_long_line_look_as_they_should()
    {
        await using var host = Start(columns: 30, rows: 10);
        await host.ShowsAsync("host>");
        host.Type("get wi\t");
        await host.ShowsAsync("host> get \"with space\"");
        host.Type("\x17\x17t\t\t");
        await host.ShowsAsync("host> get t\ntick  tock\nhost> get t");
        host.Type("\x15漢字 a long line that goes on below\x01\e[C!");
        await host.ShowsAsync("host> get t\ntick  tock\nhost> 漢!字 a long line that g\noes on below");
        host.Type("\r");
        await host.ShowsAsync("host> get t\ntick  tock\nhost> 漢!字 a long line that g\noes on below\n<漢!字 a long line that goes o\nn below>\nhost>");
        host.Type("\x04");
        Assert.Equal(0, await host.ExitAsync());
        Assert.EndsWith("host>\nbye", host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_not_shown_and_is_asked_for_at_the_terminal_itself()
    {
        await using var host = Start();
        await host.ShowsAsync("host>");
        host.Type("secret\r");
        await host.UntilAsync(screen => screen.Text.EndsWith("Password:", StringComparison.Ordinal));
        host.Type("hunter2\r");
        await host.ShowsAsync("host> secret\nPassword:\n7 characters\nhost>");
        Assert.DoesNotContain("hunter2", host.Written, StringComparison.Ordinal);

        host.Type("ask\r");
        await host.UntilAsync(screen => screen.Contains("[fingerprint])?"));
        host.Type("maybe\r");
        await host.UntilAsync(screen => screen.Contains("Please type"));
        host.Type("SHA256:abc\r");
        await host.UntilAsync(screen => screen.Text.EndsWith("SHA256:abc\nbelieved\nhost>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_input_is_a_pipe_lines_are_plain_and_secrets_come_from_the_terminal()
    {
        await using var host = PtyProgram.Start("/bin/sh", ["-c", $"printf 'one\\nsecret\\ntwo' | '{Host}'"], _folder);
        await host.UntilAsync(screen => screen.Text.EndsWith("Password:", StringComparison.Ordinal));
        host.Type("hunter2\r");
        Assert.Equal(0, await host.ExitAsync());
        Assert.Equal("<one>\nPassword:\n7 characters\n<two>\nbye", host.Text);
    }

    [Fact]
    public async Task The_history_is_there_in_the_next_session_and_keeps_no_password()
    {
        await using (var first = Start())
        {
            await first.ShowsAsync("host>");
            first.Type("get alpha\ropen ftp://me:secret@host\r unseen\rls\r");
            await first.UntilAsync(screen => screen.Text.EndsWith("<ls>\nhost>", StringComparison.Ordinal));
            first.Type("\x04");
            Assert.Equal(0, await first.ExitAsync());
        }

        Assert.Equal("get alpha\nls\n", await File.ReadAllTextAsync(History, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(History));
        await using var second = Start();
        await second.ShowsAsync("host>");
        second.Type("\x12lph");
        await second.ShowsAsync("(reverse-i-search)`lph': get alpha");
        second.Type("\x05!");
        await second.ShowsAsync("host> get alpha!");
        second.Type("\e[B\e[A\e[A\r");
        await second.UntilAsync(screen => screen.Text.EndsWith('>') && screen.Contains("<get alpha"));
    }

    [Fact]
    public async Task The_window_changes_and_others_write_while_a_line_is_edited()
    {
        await using var host = Start(columns: 40, rows: 10);
        await host.ShowsAsync("host>");
        host.Type("job\rabcdefghijklmnopqrstuvwxyz");
        await host.ShowsAsync("host> job\n[1] done\nhost> abcdefghijklmnopqrstuvwxyz");
        host.Resize(20, 10);
        await host.ShowsAsync("host> job\n[1] done\nhost> abcdefghijklmn\nopqrstuvwxyz");
        host.Type("\x15size\r");
        await host.ShowsAsync("host> job\n[1] done\nhost> size\n20 by 10\nhost>");
    }

    [Fact]
    public async Task A_paste_waits_for_Enter_and_Control_C_only_leaves_the_line()
    {
        await using var host = Start();
        await host.UntilAsync(screen => screen.Text == "host>" && screen.BracketsPaste);
        host.Type("\e[200~one\rtwo\r\e[201~");
        await host.ShowsAsync("host> one\ntwo");
        host.Type("\x03");
        await host.ShowsAsync("host> one\ntwo^C\n<>\nhost>");
        host.Type("\x1ax\r");
        await host.UntilAsync(screen => screen.Text.EndsWith("host> x\n<x>\nhost>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("die", 134)]
    [InlineData("exit", 3)]
    [InlineData("modes", 0)]
    public async Task The_terminal_is_as_it_was_however_the_program_ends(string end, int code)
    {
        string stty = Require.Program("stty", "coreutils");
        await using var host = PtyProgram.Start(
            "/bin/sh", ["-c", $"{stty} -a >before; '{Host}' 2>/dev/null; echo code $?; {stty} -a >after; diff before after && echo same"], _folder,
            new Dictionary<string, string?> { ["DOTNET_DbgEnableMiniDump"] = "0" }, columns: 132);
        await host.ShowsAsync("host>");
        host.Type(end + "\r");
        if (code == 0)
        {
            await host.UntilAsync(screen => screen.Text.EndsWith("host>", StringComparison.Ordinal) && screen.Contains(" icanon "));
            host.Type("\x04");
        }

        Assert.Equal(0, await host.ExitAsync());
        Assert.EndsWith($"code {code}\nsame", host.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Posix.SigTerm)]
    [InlineData(Posix.SigHup)]
    [InlineData(Posix.SigInt)]
    public async Task The_terminal_is_as_it_was_when_a_signal_ends_the_program(int signal)
    {
        string stty = Require.Program("stty", "coreutils");
        await using var host = PtyProgram.Start(
            "/bin/sh",
            ["-c", $"{stty} -a >before; sh -c 'echo $$ >pid; exec \"$0\"' '{Host}'; echo code $?; {stty} -a >after; diff before after && echo same"],
            _folder);
        await host.ShowsAsync("host>");
        Posix.Signal(int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "pid"), TestContext.Current.CancellationToken)), signal);
        Assert.Equal(0, await host.ExitAsync());
        Assert.EndsWith($"code {128 + signal}\nsame", host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_Z_stops_it_for_the_shell_and_fg_goes_on()
    {
        string bash = Require.Program("bash", "bash");
        await using var shell = PtyProgram.Start(bash, ["--norc", "--noprofile", "--noediting", "-i"], _folder, new Dictionary<string, string?> { ["PS1"] = "bash$ " });
        await shell.ShowsAsync("bash$");
        shell.Type($"'{Host}' '> '\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("\n>", StringComparison.Ordinal));
        shell.Type("get alp\x1a");
        await shell.UntilAsync(screen => screen.Contains("Stopped") && screen.Text.EndsWith("bash$", StringComparison.Ordinal));
        shell.Type("stty -a | grep -c ' icanon .* echo '\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("1\nbash$", StringComparison.Ordinal));
        shell.Type("fg\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("\n> get alp", StringComparison.Ordinal));
        shell.Type("ha\r");
        await shell.UntilAsync(screen => screen.Text.EndsWith("> get alpha\n<get alpha>\n>", StringComparison.Ordinal));
        shell.Type("\x04");
        await shell.UntilAsync(screen => screen.Text.EndsWith("bye\nbash$", StringComparison.Ordinal));
        shell.Type("exit\r");
        Assert.Equal(0, await shell.ExitAsync());
    }

    private PtyProgram Start(int columns = 80, int rows = 24) => PtyProgram.Start(Host, [], _folder, columns: columns, rows: rows);
}
