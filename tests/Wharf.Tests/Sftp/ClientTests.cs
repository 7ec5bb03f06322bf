using System.IO.Pipes;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Sftp;

/// <summary>Both ends of ours over two pipes of the system, as below an sshd that is not ours.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task A_file_goes_up_and_comes_down_with_many_requests_in_flight()
    {
        var clock = new ManualClock();
        var files = new Memory(clock);
        byte[] content = new byte[10_000_000];
        new Random(3).NextBytes(content);
        byte[] back = new byte[content.Length];
        int status = await WithServerAsync(
            channel => new SftpServerSession(files, channel, new(), "s1", "alice", clock, NullLogger.Instance),
            async client =>
            {
                Assert.Equal(3u, (await client.BeginAsync()).Version);
                byte[] handle = await client.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
                Assert.Equal(content.Length, await client.WriteAsync(handle, 0, content.Length, 32_768, 64, (at, into) => content.AsMemory((int)at, into.Length).CopyTo(into)));
                Assert.Equal(content.Length, await client.ReadAsync(handle, 0, content.Length + 100_000, 32_768, 64, (at, piece) => piece.CopyTo(back.AsMemory((int)at))));
                await client.CloseAsync(handle);
                for (int i = 0; i < 500; i++)
                {
                    await client.CloseAsync(await client.OpenAsync($"/{i}", OpenFlags.Write | OpenFlags.Create));
                }

                Assert.Equal(503, (await client.ListAsync("/", 4)).Names);
                var refused = await Assert.ThrowsAsync<SftpStatusException>(() => client.OpenAsync("/none", OpenFlags.Read, TestContext.Current.CancellationToken));
                Assert.Equal(SftpCode.NoSuchFile, refused.Code);
            });
        Assert.Equal(content, back);
        Assert.Equal(0, status);
    }

    [Fact]
    public async Task A_server_whose_client_breaks_the_framing_ends_with_1()
    {
        using var up = new AnonymousPipeServerStream(PipeDirection.Out);
        using var upEnd = new AnonymousPipeClientStream(PipeDirection.In, up.ClientSafePipeHandle);
        using var output = new MemoryStream();
        var running = StreamChannel.RunAsync(
            upEnd,
            output,
            channel => new SftpServerSession(new Memory(new ManualClock()), channel, new(), "s1", "alice", new ManualClock(), NullLogger.Instance),
            TestContext.Current.CancellationToken);
        await up.WriteAsync(new byte[8], TestContext.Current.CancellationToken);
        Assert.Equal(1, await running);
    }

    private static async Task<int> WithServerAsync(Func<IMessageChannel, SftpServerSession> server, Func<SftpClientSession, Task> use)
    {
        using var up = new AnonymousPipeServerStream(PipeDirection.Out);
        using var upEnd = new AnonymousPipeClientStream(PipeDirection.In, up.ClientSafePipeHandle);
        using var down = new AnonymousPipeServerStream(PipeDirection.Out);
        using var downEnd = new AnonymousPipeClientStream(PipeDirection.In, down.ClientSafePipeHandle);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var serving = StreamChannel.RunAsync(upEnd, down, server, stop.Token);
        SftpClientSession client = null!;
        var asking = StreamChannel.RunAsync(downEnd, up, channel => client = new SftpClientSession(channel), stop.Token);
        await use(client);
        up.Dispose();
        int status = await serving;
        down.Dispose();
        await stop.CancelAsync();
        await asking;
        return status;
    }
}
