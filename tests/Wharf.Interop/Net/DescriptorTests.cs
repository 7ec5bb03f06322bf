using System.Net;
using Wharf.Net;

namespace Wharf.Interop.Net;

/// <summary>Counts what the whole process has open, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(AloneCollection))]
public sealed class DescriptorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Neither_transfers_nor_refused_or_aborted_connections_leave_a_descriptor_behind()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "No /proc here.");
        var network = new TcpNetwork(new TcpOptions { TransferThreads = 2 });
        string name = Path.GetTempFileName();
        try
        {
            using var file = File.OpenHandle(name, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.SetLength(file, 4 << 20);
            await RoundAsync();
            int before = Open();
            for (int i = 0; i < 30; i++)
            {
                await RoundAsync();
            }

            Assert.InRange(Open(), 0, before + 8);

            async Task RoundAsync()
            {
                await using var pair = await TcpPair.MakeAsync(network, Cancel);
                using var enough = new CancellationTokenSource();
                var sending = pair.Server.SendFileAsync(file, 0, 4 << 20, CopyPath.Auto, new ByteMeter(), Cancel).AsTask();
                var never = pair.Server.ReceiveFileAsync(file, 0, long.MaxValue, CopyPath.Auto, new ByteMeter(), enough.Token).AsTask();
                await enough.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
                pair.Client.Abort();
                await Record.ExceptionAsync(() => sending);
                await Assert.ThrowsAsync<IOException>(async () => await network.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), null, Cancel));
            }
        }
        finally
        {
            File.Delete(name);
        }
    }

    private static int Open() => Directory.GetFiles("/proc/self/fd").Length;
}
