using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Interop.Net;

/// <summary>Files through the kernel, a buffer, and the asynchronous way that is taken when no thread is free.</summary>
public sealed class PlainFileTransferTests : FileTransferContract
{
    private protected override Task<TcpPair> PairAsync(INetwork network) => TcpPair.MakeAsync(network, Cancel);
}

/// <summary>Files through OpenSSL's TLS, on a thread of the pump and asynchronously.</summary>
public sealed class TlsFileTransferTests : FileTransferContract
{
    private protected override Task<TcpPair> PairAsync(INetwork network)
    {
        Assert.SkipWhen(TlsProviders.OpenSsl is null, "OpenSSL 3 is not on this machine.");
        return TcpPair.MakeAsync(network, TlsProviders.OpenSsl, Cancel);
    }
}

/// <summary>What transfers between a socket and a file keep, plain or inside TLS.</summary>
public abstract class FileTransferContract : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-net-").FullName;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected abstract Task<TcpPair> PairAsync(INetwork network);

    public static TheoryData<int, CopyPath, int> Ways()
    {
        var ways = new TheoryData<int, CopyPath, int>();
        foreach (int size in new[] { 0, 1, 65_535, 65_536, 10 << 20 })
        {
            foreach (var path in Enum.GetValues<CopyPath>())
            {
                ways.Add(size, path, 2);
            }

            ways.Add(size, CopyPath.Auto, 0);
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_file_arrives_as_it_was(int size, CopyPath path, int threads)
    {
        await using var pair = await PairAsync(Network(threads));
        byte[] bytes = RandomNumberGenerator.GetBytes(size);
        using var source = FileOf("source", bytes);
        using var target = FileOf("target", []);
        var (sent, received) = (new ByteMeter(), new ByteMeter());

        var receiving = pair.Client.ReceiveFileAsync(target, 0, long.MaxValue, path, received, Cancel).AsTask();
        await pair.Server.SendFileAsync(source, 0, size, path, sent, Cancel);
        await pair.Server.FinishAsync(Cancel);

        Assert.Equal(size, await receiving);
        Assert.Equal((size, size), (sent.Bytes, received.Bytes));
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(Content(target)));
    }

    [Theory]
    [InlineData(CopyPath.Kernel, 2)]
    [InlineData(CopyPath.Copy, 2)]
    [InlineData(CopyPath.Auto, 0)]
    public async Task A_part_is_sent_from_its_offset_and_received_at_another_and_a_short_file_ends_early(CopyPath path, int threads)
    {
        await using var pair = await PairAsync(Network(threads));
        byte[] bytes = RandomNumberGenerator.GetBytes(3_000_000);
        using var source = FileOf("source", bytes);
        using var target = FileOf("target", new byte[100]);
        var meter = new ByteMeter();
        meter.Add(7);

        var receiving = pair.Client.ReceiveFileAsync(target, 50, long.MaxValue, path, new ByteMeter(), Cancel).AsTask();
        await pair.Server.SendFileAsync(source, 1_000_000, 1_000_000, path, meter, Cancel);
        await pair.Server.SendFileAsync(source, 2_500_000, long.MaxValue, path, meter, Cancel);
        await pair.Server.FinishAsync(Cancel);

        Assert.Equal(1_500_000, await receiving);
        Assert.Equal(1_500_007, meter.Bytes);
        Assert.Equal([.. new byte[50], .. bytes[1_000_000..2_000_000], .. bytes[2_500_000..]], Content(target));
    }

    [Theory]
    [InlineData(CopyPath.Kernel, 2)]
    [InlineData(CopyPath.Copy, 2)]
    [InlineData(CopyPath.Auto, 0)]
    public async Task Who_receives_so_many_bytes_leaves_the_rest_to_the_next(CopyPath path, int threads)
    {
        await using var pair = await PairAsync(Network(threads));
        byte[] bytes = RandomNumberGenerator.GetBytes(3_000_000);
        using var source = FileOf("source", bytes);
        using var target = FileOf("target", []);
        var meter = new ByteMeter();
        var sending = pair.Server.SendFileAsync(source, 0, bytes.Length, path, new ByteMeter(), Cancel).AsTask();

        foreach (int part in new[] { 1, 700_000, 2_000_000 })
        {
            Assert.Equal(part, await pair.Client.ReceiveFileAsync(target, meter.Bytes, part, path, meter, Cancel));
        }

        await sending;
        await pair.Server.FinishAsync(Cancel);
        Assert.Equal(299_999, await pair.Client.ReceiveFileAsync(target, meter.Bytes, 300_000, path, meter, Cancel));
        Assert.Equal(bytes, Content(target));
    }

    [Theory]
    [InlineData(CopyPath.Kernel, 2)]
    [InlineData(CopyPath.Copy, 2)]
    [InlineData(CopyPath.Auto, 0)]
    public async Task A_peer_that_leaves_early_breaks_both_kinds_of_transfer(CopyPath path, int threads)
    {
        await using var pair = await PairAsync(Network(threads));
        using var source = FileOf("source", new byte[64 << 20]);
        var sending = pair.Server.SendFileAsync(source, 0, 64 << 20, path, new ByteMeter(), Cancel).AsTask();
        await pair.Client.ReceiveAsync(new byte[1000], Cancel);
        await pair.Client.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => sending);

        await using var other = await PairAsync(Network(threads));
        using var target = FileOf("target", []);
        var meter = new ByteMeter();
        var receiving = other.Server.ReceiveFileAsync(target, 0, long.MaxValue, path, meter, Cancel).AsTask();
        await other.Client.SendAsync(new byte[100_000], Cancel);
        other.Client.Abort();
        await Assert.ThrowsAsync<IOException>(() => receiving);
        Assert.Equal(meter.Bytes, RandomAccess.GetLength(target));
    }

    [Theory]
    [InlineData(CopyPath.Kernel, 2)]
    [InlineData(CopyPath.Copy, 2)]
    [InlineData(CopyPath.Auto, 0)]
    public async Task A_download_that_nobody_reads_holds_no_memory_and_can_be_cancelled(CopyPath path, int threads)
    {
        await using var pair = await PairAsync(Network(threads));
        using var source = SparseFile("source", 10L << 30);
        var meter = new ByteMeter();
        using var enough = new CancellationTokenSource();
        var sending = pair.Server.SendFileAsync(source, 0, 10L << 30, path, meter, enough.Token).AsTask();

        // What the kernel's buffers take, and not a byte more.
        await pair.Client.ReceiveAsync(Memory<byte>.Empty, Cancel);
        Assert.False(sending.IsCompleted);
        Assert.InRange(meter.Bytes, 0, 64 << 20);

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
    }

    [Theory]
    [InlineData(CopyPath.Kernel, 2)]
    [InlineData(CopyPath.Copy, 2)]
    [InlineData(CopyPath.Auto, 0)]
    public async Task A_cancelled_upload_has_in_the_file_what_it_counted_and_the_connection_goes_on(CopyPath path, int threads)
    {
        await using var pair = await PairAsync(Network(threads));
        byte[] bytes = RandomNumberGenerator.GetBytes(5_000_000);
        using var target = FileOf("target", []);
        var meter = new ByteMeter();
        using var enough = new CancellationTokenSource();
        var receiving = pair.Server.ReceiveFileAsync(target, 0, long.MaxValue, path, meter, enough.Token).AsTask();
        await pair.Client.SendAsync(bytes, Cancel);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        Assert.Equal(bytes[..(int)meter.Bytes], Content(target));

        await pair.Client.FinishAsync(Cancel);
        await pair.Server.ReceiveFileAsync(target, meter.Bytes, long.MaxValue, path, meter, Cancel);
        Assert.Equal(bytes, Content(target));
    }

    [Theory]
    [InlineData(CopyPath.Kernel, 2)]
    [InlineData(CopyPath.Copy, 2)]
    [InlineData(CopyPath.Auto, 0)]
    public async Task An_abort_ends_a_transfer_from_another_thread_and_the_peer_sees_no_proper_end(CopyPath path, int threads)
    {
        await using var pair = await PairAsync(Network(threads));
        using var source = SparseFile("source", 10L << 30);
        var sending = pair.Server.SendFileAsync(source, 0, 10L << 30, path, new ByteMeter(), Cancel).AsTask();
        await pair.Client.ReceiveAsync(Memory<byte>.Empty, Cancel);
        pair.Server.Abort();
        await Assert.ThrowsAsync<IOException>(() => sending.WaitAsync(TimeSpan.FromSeconds(10), Cancel));

        await Assert.ThrowsAsync<IOException>(async () =>
        {
            byte[] away = new byte[1 << 20];
            while (await pair.Client.ReceiveAsync(away, Cancel) > 0)
            {
                // Whatever had arrived before the reset.
            }
        });
    }

    [Theory]
    [InlineData(CopyPath.Kernel, 2)]
    [InlineData(CopyPath.Copy, 2)]
    [InlineData(CopyPath.Auto, 0)]
    public async Task A_full_disk_is_the_disks_failure_and_not_the_connections(CopyPath path, int threads)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "No /dev/full here.");
        await using var pair = await PairAsync(Network(threads));
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        var receiving = pair.Server.ReceiveFileAsync(full, 0, long.MaxValue, path, new ByteMeter(), Cancel).AsTask();
        await pair.Client.SendAsync(new byte[1000], Cancel);
        var failed = await Assert.ThrowsAsync<DiskException>(() => receiving);
        Assert.Equal(28, failed.HResult);
    }

    [Fact]
    public async Task Two_hundred_transfers_at_once_all_end_with_four_threads()
    {
        var network = Network(4);
        byte[] bytes = RandomNumberGenerator.GetBytes(700_000);
        using var source = FileOf("source", bytes);
        byte[] expected = SHA256.HashData(bytes);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            await using var pair = await PairAsync(network);
            using var target = FileOf($"target{number}", []);
            var receiving = pair.Client.ReceiveFileAsync(target, 0, long.MaxValue, CopyPath.Auto, new ByteMeter(), Cancel).AsTask();
            await pair.Server.SendFileAsync(source, 0, bytes.Length, CopyPath.Auto, new ByteMeter(), Cancel);
            await pair.Server.FinishAsync(Cancel);
            Assert.Equal(bytes.Length, await receiving);
            Assert.Equal(expected, SHA256.HashData(Content(target)));
        }));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static TcpNetwork Network(int threads) => new(new TcpOptions { TransferThreads = threads });

    private static byte[] Content(SafeFileHandle file)
    {
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        Assert.Equal(bytes.Length, RandomAccess.Read(file, bytes, 0));
        return bytes;
    }

    private SafeFileHandle FileOf(string name, byte[] bytes)
    {
        var file = File.OpenHandle(Path.Combine(_folder, name), FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.Write(file, bytes, 0);
        return file;
    }

    private SafeFileHandle SparseFile(string name, long length)
    {
        var file = FileOf(name, []);
        RandomAccess.SetLength(file, length);
        return file;
    }
}
