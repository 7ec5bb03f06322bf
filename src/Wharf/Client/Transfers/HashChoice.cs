using System.Buffers;
using Wharf.Files;
using Wharf.Ftp.Commands;

namespace Wharf.Client.Transfers;

/// <summary>Which hash a copy is verified by, and how it is calculated here.</summary>
internal static class HashChoice
{
    /// <summary>The algorithm; null where the length is enough, or no server has one and the options do not insist.</summary>
    public static string? Algorithm(TransferCall call)
    {
        if (call.Options.Verify == Verify.Length)
        {
            return null;
        }

        // The best that both have, else that one has: servers tell the best first.
        var ofTarget = Known(call.ToFacts);
        var ofSource = Known(call.FromFacts);
        return ofTarget.Intersect(ofSource).FirstOrDefault() ?? ofTarget.FirstOrDefault() ?? ofSource.FirstOrDefault()
            ?? (call.Options.Verify == Verify.Hash ? HashTable.Rows[0].Name : null);
    }

    /// <summary>The algorithms of a server that we can calculate too.</summary>
    public static IEnumerable<string> Known(RemoteFacts? facts) => facts?.HashAlgorithms.Where(name => HashTable.Find(name) is not null) ?? [];

    /// <summary>
    /// Whether the first bytes of two files are the same, where that can be known without sending them over a network: a server calculates its
    /// hash, and a local file is read. Null where it cannot.
    /// </summary>
    public static async Task<bool?> SameBeginningAsync(TransferCall call, FilePlace one, FilePlace other, long count, CancellationToken cancel)
    {
        var ofOne = one.Remote is null ? null : Known(call.FromFacts).ToArray();
        var ofOther = other.Remote is null ? null : Known(call.ToFacts).ToArray();
        string? algorithm = (ofOne, ofOther) switch
        {
            (null, null) => HashTable.Rows[0].Name,
            (null, { } known) => known.FirstOrDefault(),
            ({ } known, null) => known.FirstOrDefault(),
            ({ } first, { } second) => second.Intersect(first).FirstOrDefault(),
        };
        if (algorithm is null)
        {
            return null;
        }

        byte[] left = await OfAsync(one, algorithm, count, cancel).ConfigureAwait(false);
        byte[] right = await OfAsync(other, algorithm, count, cancel).ConfigureAwait(false);
        return left.AsSpan().SequenceEqual(right);
    }

    private static async Task<byte[]> OfAsync(FilePlace place, string algorithm, long count, CancellationToken cancel)
    {
        if (place.Remote is { } remote)
        {
            return await remote.HashAsync(place.Path, algorithm, 0, count, cancel).ConfigureAwait(false);
        }

        var file = await place.Files.OpenAsync(place.Path, OpenMode.Read, cancel).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            return await OfAsync(file, algorithm, 0, count, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The hash of a range, by reading it.</summary>
    public static async Task<byte[]> OfAsync(IFile file, string algorithm, long offset, long count, CancellationToken cancel)
    {
        var sum = new HashedSink(algorithm, offset);
        await using (sum.ConfigureAwait(false))
        {
            await ByteCopy.CopyAsync(file, sum, new BulkRange(offset, offset, count) { InOrder = true }, cancel).ConfigureAwait(false);
            return sum.Finish();
        }
    }

    /// <summary>A file that keeps nothing of what is written to it but the hash.</summary>
    private sealed class HashedSink(string algorithm, long position) : IFile
    {
        private readonly IRunningHash _hash = HashTable.Find(algorithm)!.Start();
        private long _position = position;

        public byte[] Finish() => _hash.Finish();

        public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) =>
            new(new Entry { Name = "", Kind = EntryKind.File, Length = _position, Known = EntryFacts.Length });

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) =>
            throw new FileException(FileError.Denied, "");

        public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            if (offset != _position)
            {
                throw new FileException(FileError.Invalid, "");
            }

            foreach (var piece in bytes)
            {
                _hash.Append(piece.Span);
            }

            _position += bytes.Length;
            return default;
        }

        public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => default;

        public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

        public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync()
        {
            _hash.Dispose();
            return default;
        }
    }
}
