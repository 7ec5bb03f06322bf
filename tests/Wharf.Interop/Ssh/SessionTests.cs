using System.Diagnostics;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ssh;

/// <summary>Sessions of OpenSSH's client from their beginning to their end: many at once, many in one connection, and when the daemon is told to end.</summary>
public sealed class SessionTests(Keyring keys)
{
    private readonly string _sftp = Require.Program("sftp", "openssh-client");
    private readonly string _ssh = Require.Program("ssh", "openssh-client");

    [Fact]
    public async Task Ten_sessions_of_one_connection_transfer_at_once()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        desk.LocalFile("file", 3_000_000);
        string socket = desk.LocalPath("master");
        var login = server.Login(Proof.Ed25519, keys);
        using var master = Tool.Start(_ssh, ["-M", "-S", socket, "-N", .. OpenSsh.Options(login), "127.0.0.1"], desk.Local);
        try
        {
            await Eventually.HoldsAsync(() => File.Exists(socket), "ssh does not connect.", Tool.Patience);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(i => TransferAsync(desk, login, i, $"-oControlPath={socket}")));
        }
        finally
        {
            Posix.Signal(master.Id, Posix.SigTerm);
            await master.WaitForExitAsync(CancellationToken.None);
        }

        // One login was enough.
        Assert.Single(server.Log.Split('\n'), line => line.Contains("logged in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ten_connections_transfer_at_once()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        desk.LocalFile("file", 3_000_000);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => TransferAsync(desk, server.Login(Proof.Ed25519, keys), i)));
    }

    [Fact]
    public async Task A_running_transfer_ends_whole_and_an_idle_session_at_once_when_the_daemon_is_told_to_end()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        string file = desk.RemoteFile("file", 15_000_000);
        var login = server.Login(Proof.Ed25519, keys);

        // Not sftp, which would not see the end before it is told a command.
        using var idle = Tool.Start(_ssh, [.. OpenSsh.Options(login), "-s", "127.0.0.1", "sftp"], desk.Local);
        string batch = desk.LocalText("batch", $"get /{desk.Name}/file back\n");

        // 40 Mbit/s: three seconds, of which the daemon's end falls into the first.
        var busy = Tool.RunAsync(_sftp, [.. OpenSsh.Options(login), "-l", "40000", "-b", batch, "127.0.0.1"], desk.Local);
        await Eventually.HoldsAsync(
            () => File.Exists(desk.LocalPath("back")) && server.Log.Split("logged in").Length == 3, "The sessions do not begin.", Tool.Patience);
        server.Terminate();
        await EndedAsync(idle);
        (await busy).Succeeded();
        Desk.SameFile(file, desk.LocalPath("back"));
        Assert.Equal(0, await server.ExitAsync());
    }

    [Fact]
    public async Task Sftp_server_ends_with_its_input_and_with_sshd()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys);
        using var desk = new Desk(server);
        var run = await Tool.RunAsync(WharfdProcess.Program, ["sftp-server", "--root", desk.Remote], desk.Local);
        run.Succeeded();
        Assert.Empty(run.Output);

        var sshd = await SshdProgram.PrepareAsync(server.Folder, keys);
        using var client = Tool.Start(_sftp, [.. sshd.Options(), "sshd"], desk.Local);
        await Eventually.HoldsAsync(() => Subsystems(sshd).Length == 1, "The subsystem does not start.", Tool.Patience);
        client.Kill(entireProcessTree: true);
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => Subsystems(sshd).Length == 0, "The subsystem stays behind.", Tool.Patience);
    }

    private static string[] Subsystems(SshdProgram sshd) =>
        [.. Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Where(folder => CommandLine(folder).Contains($"sftp-server\0--root\0{sshd.Root}\0", StringComparison.Ordinal))];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // ended in the meantime
        }
    }

    private static async Task EndedAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Tool.Patience);
        await process.WaitForExitAsync(patience.Token);
        Assert.NotEqual(0, process.ExitCode);
    }

    private async Task TransferAsync(Desk desk, SshLogin login, int number, params string[] options)
    {
        string batch = desk.LocalText($"batch{number}", $"put file /{desk.Name}/file{number}\nget /{desk.Name}/file{number} back{number}\n");
        (await Tool.RunAsync(_sftp, [.. options, .. OpenSsh.Options(login), "-b", batch, "127.0.0.1"], desk.Local)).Succeeded();
        Desk.SameFile(desk.LocalPath("file"), desk.RemotePath($"file{number}"));
        Desk.SameFile(desk.LocalPath("file"), desk.LocalPath($"back{number}"));
    }
}
