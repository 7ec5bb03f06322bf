using System.Buffers;
using System.Security.Cryptography;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Net;

namespace Wharf.Tests.Client.Transfers;

/// <summary>
/// A server that is none: a file system in memory behind a connection that a test can cut at a byte, hold up, or have lie. What was open when
/// the connection was lost is dead; the next call makes a new one.
/// </summary>
internal sealed class FakeRemote(IFileSystem inner) : Layer(inner), IRemoteFiles
{
    private readonly Lock _gate = new();
    private long _left = long.MaxValue;
    private int _connection;
    private int _segments;

    public RemoteFacts Facts { get; init; } = new() { ParallelFiles = 4 };

    /// <summary>Whether writes may land anywhere; a stream such as FTP's otherwise.</summary>
    public bool WritesAnywhere { get; init; } = true;

    /// <summary>Bytes that go in one message.</summary>
    public int MessageBytes { get; init; } = 64;

    /// <summary>What the server says a file's length is, where it lies.</summary>
    public Func<long, long>? StatedLength { get; init; }

    /// <summary>Waited for with every message; null for nothing.</summary>
    public Func<CancellationToken, Task>? Delay { get; set; }

    /// <summary>Asked before every call on a name; throws what the server would.</summary>
    public Action<string, VirtualPath>? Asked { get; set; }

    /// <summary>How often the connection is lost again, each time after as many bytes.</summary>
    public int Cuts { get; set; } = 1;

    public long CutBytes { get; private set; }

    /// <summary>Bytes that went over the connection.</summary>
    public long Moved { get; private set; }

    /// <summary>Further connections that were asked for, for one file.</summary>
    public int Segments => _segments;

    /// <summary>Connections made.</summary>
    public int Connections => _connection + 1;

    public int Connection => _connection;

    public override Abilities Abilities => WritesAnywhere ? Inner.Abilities : Inner.Abilities & ~Abilities.RandomWrites;

    /// <summary>The connection is lost after so many more bytes.</summary>
    public void CutAfter(long bytes, int times = 1)
    {
        CutBytes = _left = bytes;
        Cuts = times;
    }

    public ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken) => new(Facts);

    public override ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        Asked?.Invoke("stat", path);
        return base.StatAsync(path, links, cancellationToken);
    }

    public override IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken)
    {
        Asked?.Invoke("list", directory);
        return base.ListAsync(directory, detail, cancellationToken);
    }

    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        Asked?.Invoke("open", path);
        return new RemoteFile(this, await Inner.OpenAsync(path, mode, cancellationToken), _connection);
    }

    public async ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken)
    {
        Asked?.Invoke("hash", path);
        Assert.Equal("SHA-256", algorithm);
        await using var file = await Inner.OpenAsync(path, OpenMode.Read, cancellationToken);
        var bytes = new byte[Math.Min(count, (await file.StatAsync(cancellationToken)).Length - offset)];
        await file.ReadAsync(offset, bytes, cancellationToken);
        return SHA256.HashData(bytes);
    }

    public async ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken)
    {
        Asked?.Invoke("copy", from);
        await using var source = await Inner.OpenAsync(from, OpenMode.Read, cancellationToken);
        await using var target = await Inner.OpenAsync(to, OpenMode.Replace, cancellationToken);
        await FileCopy.CopyAsync(source, 0, target, 0, long.MaxValue, cancellationToken);
        await target.CommitAsync(replace: true, durable: false, cancellationToken);
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>How many of these bytes still get through; throws behind them.</summary>
    private int Take(int count)
    {
        lock (_gate)
        {
            int taken = (int)Math.Min(count, _left);
            Moved += taken;
            _left -= _left == long.MaxValue ? 0 : taken;
            return taken;
        }
    }

    private void Lose()
    {
        lock (_gate)
        {
            _connection++;
            _left = --Cuts > 0 ? CutBytes : long.MaxValue;
        }

        throw new ConnectionException(ConnectionError.Lost, "The connection was cut.");
    }

    private sealed class RemoteFile(FakeRemote remote, IFile inner, int connection, bool isSegment = false) : LayerFile(inner), ISegmentedFile
    {
        public ValueTask<IBulkFile> OpenSegmentAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref remote._segments);
            return new(new RemoteFile(remote, Inner, remote.Connection, isSegment: true));
        }

        public override ValueTask DisposeAsync() => isSegment ? default : base.DisposeAsync();

        public override async ValueTask<Entry> StatAsync(CancellationToken cancellationToken)
        {
            Check();
            var entry = await Inner.StatAsync(cancellationToken);
            return remote.StatedLength is { } lie
                ? new Entry { Name = entry.Name, Kind = entry.Kind, Length = lie(entry.Length), Modified = entry.Modified }
                : entry;
        }

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            int total = 0;
            while (total < into.Length)
            {
                int count = await MessageAsync(offset + total, into[total..], cancellationToken);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }

            return total;
        }

        public override async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            while (!bytes.IsEmpty)
            {
                var piece = bytes.Slice(0, Math.Min(bytes.Length, remote.MessageBytes));
                await SendAsync(offset, piece, cancellationToken);
                offset += piece.Length;
                bytes = bytes.Slice(piece.Length);
            }
        }

        public async ValueTask<long> CopyToAsync(IFile target, BulkRange range, CancellationToken cancellationToken)
        {
            var buffer = new byte[remote.MessageBytes];
            long total = 0;
            while (total < range.Count)
            {
                int count = await MessageAsync(range.From + total, buffer.AsMemory(0, (int)Math.Min(buffer.Length, range.Count - total)), cancellationToken);
                if (count == 0)
                {
                    break;
                }

                await target.WriteAsync(range.To + total, new(buffer, 0, count), cancellationToken);
                range.Moved?.Invoke(count);
                total += count;
            }

            return total;
        }

        public async ValueTask<long> CopyFromAsync(IFile source, BulkRange range, CancellationToken cancellationToken)
        {
            var buffer = new byte[remote.MessageBytes];
            long total = 0;
            while (total < range.Count)
            {
                int count = await source.ReadAsync(
                    range.From + total, buffer.AsMemory(0, (int)Math.Min(buffer.Length, range.Count - total)), cancellationToken);
                if (count == 0)
                {
                    break;
                }

                await SendAsync(range.To + total, new(buffer, 0, count), cancellationToken);
                range.Moved?.Invoke(count);
                total += count;
            }

            return total;
        }

        public override ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken)
        {
            Check();
            return base.ChangeAsync(change, cancellationToken);
        }

        public override ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken)
        {
            Check();
            return base.CommitAsync(replace, durable, cancellationToken);
        }

        private void Check()
        {
            if (connection != remote.Connection)
            {
                throw new ConnectionException(ConnectionError.Lost, "The connection of this file was lost.");
            }
        }

        private async Task WaitAsync(CancellationToken cancel)
        {
            Check();
            if (remote.Delay is { } delay)
            {
                await delay(cancel);
            }
        }

        private async Task<int> MessageAsync(long offset, Memory<byte> into, CancellationToken cancel)
        {
            await WaitAsync(cancel);
            int count = await Inner.ReadAsync(offset, into[..Math.Min(into.Length, remote.MessageBytes)], cancel);
            if (count == 0)
            {
                return 0;
            }

            int taken = remote.Take(count);
            if (taken == 0)
            {
                remote.Lose();
            }

            return taken;
        }

        private async Task SendAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancel)
        {
            await WaitAsync(cancel);
            int taken = remote.Take((int)bytes.Length);
            await Inner.WriteAsync(offset, bytes.Slice(0, taken), cancel);
            if (taken < bytes.Length)
            {
                remote.Lose();
            }
        }
    }
}
