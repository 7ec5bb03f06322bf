using System.Runtime.CompilerServices;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Net;

namespace Wharf.Tests.Client;

/// <summary>A server whose way fails when a test wants it: files in memory, and an exception in place of an answer.</summary>
internal sealed class ShakyFiles(IFileSystem inner) : Layer(inner), IRemoteFiles
{
    /// <summary>Asked before each call, which it may fail; the number counts calls of that kind from 1.</summary>
    public Func<string, int, Exception?> Fails { get; set; } = (_, _) => null;

    /// <summary>Bytes after which each transfer of an open file fails.</summary>
    public long BreaksAfter { get; set; } = long.MaxValue;

    public Dictionary<string, int> Calls { get; } = [];

    public static ConnectionException Lost => new(ConnectionError.Lost, "The link is gone.");

    public ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken)
    {
        Count("facts");
        return new(new RemoteFacts { Software = "shaky", ParallelFiles = 4, Home = VirtualPath.Parse("/home") });
    }

    public override ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        Count("stat");
        return base.StatAsync(path, links, cancellationToken);
    }

    public override async IAsyncEnumerable<Entry> ListAsync(
        VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Count("list");
        int yielded = 0;
        await foreach (var entry in base.ListAsync(directory, detail, cancellationToken))
        {
            if (yielded++ == 5)
            {
                Count("list on");
            }

            yield return entry;
        }
    }

    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        Count("open");
        return new ShakyFile(this, await base.OpenAsync(path, mode, cancellationToken));
    }

    public override ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken)
    {
        Count("rename");
        return base.RenameAsync(from, to, replace, cancellationToken);
    }

    public ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken) =>
        throw new FileException(FileError.NotSupported, path);

    public ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken) => throw new FileException(FileError.NotSupported, from);

    public ValueTask DisposeAsync() => default;

    private void Count(string call)
    {
        int number;
        lock (Calls)
        {
            number = Calls[call] = Calls.GetValueOrDefault(call) + 1;
        }

        if (Fails(call, number) is { } failure)
        {
            throw failure;
        }
    }

    private sealed class ShakyFile(ShakyFiles files, IFile inner) : LayerFile(inner), IBulkFile
    {
        public override ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            files.Count("read");
            return base.ReadAsync(offset, into, cancellationToken);
        }

        public async ValueTask<long> CopyToAsync(IFile target, BulkRange range, CancellationToken cancellationToken)
        {
            files.Count("bulk");
            long count = Math.Min(range.Count, files.BreaksAfter);
            long copied = await FileCopy.CopyAsync(Inner, range.From, target, range.To, count, cancellationToken);
            range.Moved?.Invoke(copied);
            return copied == files.BreaksAfter ? throw Lost : copied;
        }

        public async ValueTask<long> CopyFromAsync(IFile source, BulkRange range, CancellationToken cancellationToken)
        {
            files.Count("bulk");
            long count = Math.Min(range.Count, files.BreaksAfter);
            long copied = await FileCopy.CopyAsync(source, range.From, Inner, range.To, count, cancellationToken);
            range.Moved?.Invoke(copied);
            return copied == files.BreaksAfter ? throw Lost : copied;
        }
    }
}
