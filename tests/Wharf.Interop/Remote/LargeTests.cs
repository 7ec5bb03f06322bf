using System.Buffers;
using Wharf.Files;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Remote;

/// <summary>Two GiB at a stretch: longer than the windows and counters that stalled other clients (libssh2, SSH.NET) at Dropbear.</summary>
public sealed class LargeTests(RemoteServers servers)
{
    private const long TwoGiB = 2L << 30;

    [Fact]
    public async Task Two_GiB_come_from_Dropbear_without_a_stall()
    {
        await using var access = RemoteAccess.Open(await servers.GetAsync(RemoteKind.Dropbear), connections: 1);
        using var desk = new RemoteDesk(access.Server);
        byte[] tail = [1, 2, 3, 4, 5];
        using (var sparse = File.OpenHandle(desk.RemotePath("file"), FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(sparse, tail, TwoGiB);
        }

        access.Server.Own(desk.Remote);
        await using var file = await access.Files.OpenAsync(access.Remote(desk, "file").Path, OpenMode.Read, Cancel);
        await using var sink = new Sink();
        long moved = await ((IBulkFile)file).CopyToAsync(sink, BulkRange.Whole, Cancel);
        Assert.Equal((TwoGiB + tail.Length, TwoGiB + tail.Length), (moved, sink.Bytes));
        Assert.Equal(tail, sink.Tail);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Counts and drops; keeps what lies behind the hole.</summary>
    private sealed class Sink : IFile
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public byte[] Tail { get; } = new byte[5];

        public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref _bytes, bytes.Length);
            if (offset + bytes.Length > TwoGiB)
            {
                bytes.Slice(Math.Max(0, TwoGiB - offset)).CopyTo(Tail.AsSpan((int)Math.Max(0, offset - TwoGiB)));
            }

            return default;
        }

        public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new Entry { Name = "sink", Kind = EntryKind.File, Length = Bytes });

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => default;

        public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

        public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
