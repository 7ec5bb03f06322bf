using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Pty;

/// <summary>The shell at a server, as somebody types and sees it.</summary>
public sealed class ShellScreenTests(RemoteServers servers)
{
    [Theory]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.Wharfd)]
    public async Task A_remote_path_with_blanks_is_completed_and_means_the_file(RemoteKind kind)
    {
        var server = await servers.GetAsync(kind);
        using var desk = new ShellDesk(server);
        Write(desk, "my folder/file one.txt", "first\n");
        Write(desk, "my folder/file two.txt", "second\n");
        Write(desk, "other", "");
        server.Own(desk.Desk.Remote);
        string prompt = desk.Prompt;
        await using var shell = desk.Enter();
        await shell.ShowsAsync(prompt);
        shell.Type("cat m\t");
        await shell.ShowsAsync($"{prompt} cat my\\ folder/");
        shell.Type("f\t");
        await shell.ShowsAsync($"{prompt} cat my\\ folder/file\\");
        shell.Type("\t");
        await shell.ShowsAsync($"{prompt} cat my\\ folder/file\\\nfile one.txt  file two.txt\n{prompt} cat my\\ folder/file\\");
        string above = shell.Text[..(shell.Text.LastIndexOf('\n') + 1)];
        shell.Type("o\t");
        await shell.ShowsAsync($"{above}{prompt} cat my\\ folder/file\\ one.txt");
        shell.Type("\r");
        await shell.ShowsAsync($"{above}{prompt} cat my\\ folder/file\\ one.txt\nfirst\n{prompt}");
        above = shell.Text[..(shell.Text.LastIndexOf('\n') + 1)];
        shell.Type("cat \"my\t");
        await shell.ShowsAsync($"{above}{prompt} cat \"my folder/");
        shell.Type("file t\t\r");
        await shell.ShowsAsync($"{above}{prompt} cat \"my folder/file two.txt\"\nsecond\n{prompt}");
        shell.Type("\x04");
        Assert.Equal(0, await shell.ExitAsync());
    }

    [Fact]
    public async Task The_history_of_one_session_is_there_in_the_next()
    {
        var server = await servers.GetAsync(RemoteKind.WharfdSftp);
        using var desk = new ShellDesk(server);
        string prompt = desk.Prompt, here = desk.Desk.Local;
        await using (var first = desk.Enter())
        {
            await first.ShowsAsync(prompt);
            first.Type("lpwd\r");
            await first.ShowsAsync($"{prompt} lpwd\nLocal working directory: {here}\n{prompt}");
            first.Type("echo 'one  more'\r");
            await first.ShowsAsync($"{prompt} lpwd\nLocal working directory: {here}\n{prompt} echo 'one  more'\none  more\n{prompt}");
            first.Type("\e[A\e[A");
            await first.ShowsAsync($"{prompt} lpwd\nLocal working directory: {here}\n{prompt} echo 'one  more'\none  more\n{prompt} lpwd");
            first.Type("\x15 echo unseen\r\x04");
            Assert.Equal(0, await first.ExitAsync());
        }

        await using var second = desk.Enter();
        await second.ShowsAsync(prompt);
        second.Type("\e[A");
        await second.ShowsAsync($"{prompt} echo 'one  more'");
        second.Type("\e[A");
        await second.ShowsAsync($"{prompt} lpwd");
        second.Type("\e[B\e[B");
        await second.ShowsAsync(prompt);
        second.Type("\x12" + "ne  m");
        await second.ShowsAsync("(reverse-i-search)`ne  m': echo 'one  more'");
        second.Type("\x07");
        await second.ShowsAsync(prompt);
        second.Type("\x12lpw\r");
        await second.ShowsAsync($"{prompt} lpwd\nLocal working directory: {here}\n{prompt}");
        second.Type("\x04");
        Assert.Equal(0, await second.ExitAsync());
    }

    [Theory]
    [InlineData("sftp")]
    [InlineData("ftp")]
    public async Task A_job_runs_beside_what_is_typed_and_its_end_is_told(string scheme)
    {
        // A server of its own: while it is stopped, nothing that asks it ends.
        await using var server = await WharfdProcess.ListenAsync([$"{scheme}://127.0.0.1:0"]);
        using var goesOn = new GoesOn(server.Pid);
        string folder = Directory.CreateDirectory(Path.Combine(server.Folder, "home")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(server.Root, "big"), new byte[3_000_000], TestContext.Current.CancellationToken);
        string prompt = $"{WharfdProcess.User}@127.0.0.1:/>";
        await using var shell = PtyProgram.Start(
            WharfTool.Program, [$"{scheme}://{WharfdProcess.User}@127.0.0.1:{server.Port}", "--accept-new", "--tls", "none"], folder,
            new Dictionary<string, string?> { ["WHARF_PASSWORD"] = WharfdProcess.Password }, columns: 140);
        await shell.ShowsAsync(prompt);
        Posix.Signal(server.Pid, Posix.SigStop);
        shell.Type("get big &\r");
        await shell.ShowsAsync($"{prompt} get big &\n[1] get big\n{prompt}");
        shell.Type("jobs\r");
        await shell.ShowsAsync($"{prompt} get big &\n[1] get big\n{prompt} jobs\n[1] Running    get big\n{prompt}");
        shell.Type("lpw");
        string screen = $"{prompt} get big &\n[1] get big\n{prompt} jobs\n[1] Running    get big\n";
        await shell.ShowsAsync($"{screen}{prompt} lpw");
        Posix.Signal(server.Pid, Posix.SigCont);
        screen += $"/big -> {folder}/big  #\n[1] Done       get big\n";
        await MaskedAsync(shell, $"{screen}{prompt} lpw");
        shell.Type("d\r");
        screen += $"{prompt} lpwd\nLocal working directory: {folder}\n";
        await MaskedAsync(shell, $"{screen}{prompt}");
        Desk.SameFile(Path.Combine(server.Root, "big"), Path.Combine(folder, "big"));

        // Ended by waiting for it, which tells its end once.
        Posix.Signal(server.Pid, Posix.SigStop);
        shell.Type("get big second &\rwait\r");
        screen += $"{prompt} get big second &\n[1] get big second\n{prompt} wait\n";
        await MaskedAsync(shell, screen.TrimEnd('\n'));
        Posix.Signal(server.Pid, Posix.SigCont);
        screen += $"/big -> {folder}/second  #\n[1] Done       get big second\n";
        await MaskedAsync(shell, $"{screen}{prompt}");

        // And fetched to the foreground, where Ctrl-C stops it.
        Posix.Signal(server.Pid, Posix.SigStop);
        shell.Type("get big third &\rfg\r");
        screen += $"{prompt} get big third &\n[1] get big third\n{prompt} fg\n";
        await MaskedAsync(shell, screen + "get big third");
        screen += "get big third\n";
        shell.Type("\x03");
        screen += "Interrupted. To go on: reget big third\n[1] Stopped    get big third\n";
        await MaskedAsync(shell, $"{screen}{prompt}");
        Posix.Signal(server.Pid, Posix.SigCont);
        shell.Type("\x04");
        Assert.Equal(0, await shell.ExitAsync());
    }

    [Theory]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.Wharfd)]
    public async Task Control_C_stops_a_copy_and_says_how_it_goes_on(RemoteKind kind)
    {
        const int Bytes = 24_000_000;
        var server = await servers.GetAsync(kind);
        using var desk = new ShellDesk(server);
        string remote = desk.Desk.RemoteFile("big file", Bytes), local = desk.Desk.LocalPath("big file"), prompt = desk.Prompt;
        await using (var shell = desk.Enter())
        {
            await shell.ShowsAsync(prompt);
            shell.Type("get --limit-rate 512K 'big file'\r");
            await shell.UntilAsync(screen => screen.Contains("━") && screen.Contains("big file ") && screen.Contains("left"));
            await Eventually.HoldsAsync(() => Parts(desk.Desk.Local).Any(part => new FileInfo(part).Length > 500_000), "Nothing came of it.");
            shell.Type("\x03");
            await shell.ShowsAsync($"{prompt} get --limit-rate 512K 'big file'\nInterrupted. To go on: reget --limit-rate 524288 big\\ file\n{prompt}");
            Assert.False(File.Exists(local));
            string part = Assert.Single(Parts(desk.Desk.Local));
            Assert.InRange(new FileInfo(part).Length, 500_000, Bytes - 1);

            // The shell is as it was.
            shell.Type("lpwd\r");
            await shell.UntilAsync(screen => screen.Text.EndsWith($"Local working directory: {desk.Desk.Local}\n{prompt}", StringComparison.Ordinal));
            shell.Type("\x04");
            Assert.Equal(0, await shell.ExitAsync());
        }

        await using (var again = desk.Enter())
        {
            await again.ShowsAsync(prompt);
            again.Type("reget big\\ file\r");
            await MaskedAsync(again, $"{prompt} reget big\\ file\n{desk.Desk.Folder}/big file -> {local}  #\n{prompt}");
            Desk.SameFile(remote, local);
            Assert.Empty(Parts(desk.Desk.Local));

            // The other way.
            again.Type("put --limit-rate 512K 'big file' up\r");
            await again.UntilAsync(screen => screen.Contains("━") && screen.Contains("left"));
            if (kind != RemoteKind.Wharfd)
            {
                // What comes to wharfd over FTP has no name before it is whole.
                await Eventually.HoldsAsync(() => Parts(desk.Desk.Remote).Any(part => new FileInfo(part).Length > 500_000), "Nothing went.");
            }

            again.Type("\x03");
            await again.UntilAsync(screen => screen.Text.EndsWith($"\nInterrupted. To go on: reput --limit-rate 524288 big\\ file up\n{prompt}", StringComparison.Ordinal));
            Assert.False(File.Exists(desk.Desk.RemotePath("up")));
            again.Type("put -a 'big file' up\r");
            await again.UntilAsync(screen => screen.Text.EndsWith($"\n{prompt}", StringComparison.Ordinal) && screen.Contains($"-> {desk.Desk.Folder}/up  "));
            Desk.SameFile(local, desk.Desk.RemotePath("up"));
            Assert.Empty(Parts(desk.Desk.Remote));
            again.Type("\x04");
            Assert.Equal(0, await again.ExitAsync());
        }
    }

    /// <summary>Whatever happens, a stopped program goes on: it shall end by itself.</summary>
    private sealed class GoesOn(int process) : IDisposable
    {
        public void Dispose() => Posix.Signal(process, Posix.SigCont);
    }

    private static string[] Parts(string folder) => Directory.GetFiles(folder, "*.wharf-part-*");

    private static Task MaskedAsync(PtyProgram shell, string text) => shell.UntilAsync(screen => ShellDesk.Masked(screen.Text) == text, text);

    private static void Write(ShellDesk desk, string name, string text)
    {
        string path = desk.Desk.RemotePath(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
