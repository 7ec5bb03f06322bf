using System.Diagnostics;
using System.Net.Sockets;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ssh;

/// <summary>OpenSSH's ssh asks for what there is not: it is told no, and neither its connection nor the server comes to harm.</summary>
public sealed class RefusalTests(SharedSftp shared) : IClassFixture<SharedSftp>
{
    private readonly string _ssh = Require.Program("ssh", "openssh-client");

    [Theory]
    [InlineData("shell request failed", "-T")]
    [InlineData("PTY allocation request failed", "-tt")]
    [InlineData("exec request failed", "-T", "127.0.0.1", "uname -a")]
    [InlineData("PTY allocation request failed", "-tt", "127.0.0.1", "/bin/sh")]
    [InlineData("exec request failed", "-T", "127.0.0.1", "scp -t /; id")]
    [InlineData("subsystem request failed", "-s", "127.0.0.1", "netconf")]
    [InlineData("Forwarding is not allowed here.", "-W", "127.0.0.1:22")]
    [InlineData("Forwarding is not allowed here.", "-W", "[::1]:22")]
    [InlineData("remote port forwarding failed", "-N", "-oExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22")]
    [InlineData("remote port forwarding failed", "-N", "-oExitOnForwardFailure=yes", "-R", "/tmp/wharf-never:127.0.0.1:22")]
    [InlineData("unnel", "-N", "-w", "any:any", "-oExitOnForwardFailure=yes")]
    public async Task What_is_not_served_is_refused_and_the_next_session_works(string words, params string[] arguments)
    {
        using var desk = new Desk(shared.Process);
        var login = shared.Login();
        string[] host = arguments.Contains("127.0.0.1") ? [] : ["127.0.0.1"];
        var run = await Tool.RunAsync(_ssh, [.. OpenSsh.Options(login), .. arguments, .. host], desk.Local, environment: OpenSsh.Environment(login));
        Assert.False(run.TimedOut, $"{run}");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(words, run.Errors, StringComparison.Ordinal);
        await WorksAsync(desk);
    }

    [Fact]
    public async Task One_connection_goes_on_after_each_refusal()
    {
        using var desk = new Desk(shared.Process);
        var login = shared.Login();
        string socket = desk.LocalPath("master");
        string forwarded = desk.LocalPath("forwarded");
        string agent = desk.LocalPath("agent");
        using var keeper = Tool.Start(Require.Program("ssh-agent", "openssh-client"), ["-D", "-a", agent], desk.Local);
        using var master = Tool.Start(
            _ssh, ["-M", "-S", socket, "-N", "-L", $"{forwarded}:127.0.0.1:22", $"-oForwardAgent={agent}", .. OpenSsh.Options(login), "127.0.0.1"], desk.Local,
            OpenSsh.Environment(login));
        try
        {
            await Eventually.HoldsAsync(() => File.Exists(socket) && File.Exists(forwarded) && File.Exists(agent), "ssh does not connect.", Tool.Patience);
            for (int i = 0; i < 2; i++)
            {
                var run = await Tool.RunAsync(_ssh, ["-S", socket, "127.0.0.1", "uname"], desk.Local);
                Assert.NotEqual(0, run.ExitCode);
                Assert.Equal(0, await BytesBehindAsync(forwarded));
                run = await Tool.RunAsync(_ssh, ["-S", socket, "-O", "forward", "-R", "0:127.0.0.1:22", "127.0.0.1"], desk.Local);
                Assert.NotEqual(0, run.ExitCode);
                await WorksAsync(desk, $"-oControlPath={socket}");
            }

            Assert.False(master.HasExited);
        }
        finally
        {
            await EndAsync(master);
            await EndAsync(keeper);
        }
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            Posix.Signal(process.Id, Posix.SigTerm);
        }

        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>What comes out of a forwarding whose other end is refused: nothing, and then its end.</summary>
    private static async Task<int> BytesBehindAsync(string path)
    {
        using var patience = new CancellationTokenSource(Tool.Patience);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token);
        return await socket.ReceiveAsync(new byte[10], patience.Token);
    }

    private async Task WorksAsync(Desk desk, params string[] options)
    {
        var login = shared.Login();
        string file = desk.LocalFile("file", 10_000);
        string batch = desk.LocalText("batch", $"put file /{desk.Name}/file\n");
        (await Tool.RunAsync(
            Require.Program("sftp", "openssh-client"), [.. options, .. OpenSsh.Options(login), "-b", batch, "127.0.0.1"], desk.Local,
            environment: OpenSsh.Environment(login))).Succeeded();
        Desk.SameFile(file, desk.RemotePath("file"));
        File.Delete(desk.RemotePath("file"));
    }
}
