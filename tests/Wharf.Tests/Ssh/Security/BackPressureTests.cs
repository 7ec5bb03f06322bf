using System.Buffers;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Ssh;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Security;

/// <summary>
/// T24: a client that does not read costs bounded memory, whatever it asks for. What is counted is what our own buffers hold;
/// what the kernel holds is its bound.
/// </summary>
public sealed class BackPressureTests
{
    /// <summary>What one direction in memory holds, and a batch that was sealed for it.</summary>
    private const long Pipe = MemoryConnection.DefaultCapacity + (512 * 1024);

    /// <summary>The largest receive buffer of a connection.</summary>
    private const long ReceiveBuffer = 1024 * 1024;

    [Fact]
    public async Task T24_a_service_is_held_by_the_window_and_by_a_client_that_does_not_read()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("flood", window: 100_000);
        long received = 0;
        while (received < 100_000)
        {
            received += (await client.NextAsync<ChannelData>()).Data.Length;
        }

        // The window is used up to its last byte.
        Assert.Equal(100_000, received);
        Assert.Equal([Pong.Number], (await client.ReceiveToPongAsync()).Select(answer => answer![0]));
        Assert.InRange(pair.Flood.Produced, received, received + FloodService.MostUnsent + (16 * 1024));

        await client.SendAsync(new WindowAdjust(channel, 1 << 30));
        for (int round = 0; round < 20; round++)
        {
            await FullAsync(pair, () => pair.Connection.Available);
            Assert.InRange(pair.Flood.Produced, received, received + FloodService.MostUnsent + Pipe);
            received += (await client.NextAsync<ChannelData>()).Data.Length;
        }
    }

    [Fact]
    public async Task T24_requests_that_nobody_reads_the_answers_of_are_not_read_any_more()
    {
        const int Bound = 64 * 1024;
        byte[][] requests =
        [
            Golden.Write(new Ping(new byte[1000])),
            Golden.Write(new GlobalRequest("no-such@wharf", true, default)),
            Golden.Write(new ChannelOpen("x11", 0, 0, 0, default)),
            [99 + 100],
        ];
        foreach (byte[] request in requests)
        {
            await using var pair = SshPair.Start(options => options with { Limits = new() { UnsentBytes = Bound } });
            using var client = pair.Raw();
            await client.LogInAsync();
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(pair.Token);
            var flood = FloodAsync(client, pair, request, enough.Token);
            await FullAsync(pair, () => Math.Min(pair.Connection.Available, pair.Connection.Unreceived));
            await enough.CancelAsync();
            long sent = await flood;
            int each = client.Seal(request).Length;

            // An answer has at least a byte, so that a request of so many bytes counts for one at worst.
            Assert.InRange(sent, 1, ((Bound + Pipe) * each) + ReceiveBuffer + (2 * Pipe));
        }
    }

    [Fact]
    public async Task T21_pings_without_end_are_answered_no_further_than_the_bound_before_the_login_and_within_a_rekey()
    {
        const int Bound = 64 * 1024;
        var limits = new SshLimits { UnsentBytes = Bound };
        await using (var pair = SshPair.Start(options => options with { Limits = limits }))
        {
            using var client = pair.Raw();
            await client.ShakeAsync();

            // Before the login all bytes are counted (Authentication.Bytes), so that a flood ends by itself.
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(pair.Token);
            var flood = FloodAsync(client, pair, Golden.Write(new Ping(new byte[30_000])), enough.Token);
            await client.ReceiveToEndAsync();
            Assert.Contains("LoginTimeout", await pair.EndAsync(), StringComparison.Ordinal);
            await enough.CancelAsync();
            await flood;
        }

        await using (var pair = SshPair.Start(options => options with { Limits = limits with { RekeyBytes = 100_000 } }))
        {
            using var client = pair.Raw();
            await client.LogInAsync();
            byte[] ping = Golden.Write(new Ping(new byte[30_000]));
            for (int i = 0; i < 4; i++)
            {
                await client.SendAsync(ping);
            }

            // The server has begun a rekey and holds its answers back; the client does not go on with it.
            await client.NextAsync(KexInit.Number);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(pair.Token);
            var flood = FloodAsync(client, pair, ping, enough.Token);
            await client.ReceiveToEndAsync();
            Assert.Contains("key exchange that does not end", await pair.EndAsync(), StringComparison.Ordinal);
            await enough.CancelAsync();
            await flood;
        }
    }

    [Fact]
    public async Task T24_a_download_of_ten_gigabytes_reads_the_file_no_further_ahead_than_the_bounds()
    {
        var files = new EndlessFiles(new Memory(new ManualClock()));
        await using var pair = SshPair.Start(files: files);
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("sftp", window: uint.MaxValue, maxPacket: 1 << 18);
        await SftpAsync(client, channel, SftpPair.Bytes(new Init(3, default)));
        await client.NextAsync<ChannelData>();
        await SftpAsync(client, channel, SftpPair.Bytes(new Open<Attributes>(1, "/f"u8.ToArray(), OpenFlags.Read | OpenFlags.Write | OpenFlags.Create, default)));
        var handle = SftpPair.Parse<Handle>((await client.NextAsync<ChannelData>()).Data[4..].ToArray()).Value;
        var limits = new SftpLimits();

        // All at once: 4096 reads of 256,000 bytes, a gigabyte; none is refused, those beyond the bound wait.
        byte[] reads = [.. Enumerable.Range(0, 4096).SelectMany(i => SftpPair.Bytes(new Read((uint)i, handle, (ulong)i * 256_000, 256_000)))];
        var asking = Task.Run(async () =>
        {
            foreach (byte[] some in reads.Chunk(30_000))
            {
                await SftpAsync(client, channel, some);
            }
        }, pair.Token);
        long received = 0;
        for (int round = 0; round < 50; round++)
        {
            await FullAsync(pair, () => pair.Connection.Available);
            Assert.InRange(files.BytesRead, received, received + limits.UnsentBytes + 256_000 + (limits.LongOperations * 256_000L) + Pipe);
            received += (await client.NextAsync<ChannelData>()).Data.Length;
        }

        pair.Connection.Abort();
        await asking;
    }

    private static Task SftpAsync(RawSshClient client, uint channel, byte[] bytes) => client.SendAsync(new ChannelData(channel, bytes));

    /// <summary>Sends it without end and reads nothing; how many bytes went.</summary>
    private static async Task<long> FloodAsync(RawSshClient client, SshPair pair, byte[] request, CancellationToken enough)
    {
        long sent = 0;
        try
        {
            while (true)
            {
                byte[] packet = client.Seal(request);
                await pair.Connection.SendAsync(packet, enough);
                sent += packet.Length;
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            return sent;
        }
    }

    private static async Task FullAsync(SshPair pair, Func<int> count)
    {
        while (count() < MemoryConnection.DefaultCapacity)
        {
            pair.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Every file is ten gigabytes of zeros to read; what is read is counted.</summary>
    private sealed class EndlessFiles(IFileSystem inner) : Layer(inner)
    {
        private long _bytesRead;

        public long BytesRead => Interlocked.Read(ref _bytesRead);

        public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
            new EndlessFile(this, await Inner.OpenAsync(path, mode, cancellationToken));

        private sealed class EndlessFile(EndlessFiles files, IFile inner) : IFile
        {
            public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) =>
                new(new Entry { Name = "f", Kind = EntryKind.File, Length = 10_000_000_000 });

            public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
            {
                into.Span.Clear();
                Interlocked.Add(ref files._bytesRead, into.Length);
                return new(into.Length);
            }

            public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) =>
                inner.WriteAsync(offset, bytes, cancellationToken);

            public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => inner.ChangeAsync(change, cancellationToken);

            public ValueTask FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

            public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => inner.CommitAsync(replace, durable, cancellationToken);

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
