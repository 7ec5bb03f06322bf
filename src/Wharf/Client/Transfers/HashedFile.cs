using System.Buffers;
using Wharf.Files;
using Wharf.Ftp.Commands;

namespace Wharf.Client.Transfers;

/// <summary>
/// Hashes what is read from or written to a file, as long as it comes in order from the first byte on: then the copy needs no second reading.
/// The file below stays its opener's.
/// </summary>
internal sealed class HashedFile(IFile inner, string algorithm) : IFile, IDisposable
{
    private readonly IRunningHash _hash = HashTable.Find(algorithm)!.Start();
    private long _position;
    private bool _isBroken;

    /// <summary>The hash of the bytes from 0 to that length; null where they did not all come by in order.</summary>
    public byte[]? Finish(long length) => _isBroken || _position != length ? null : _hash.Finish();

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        int count = await inner.ReadAsync(offset, into, cancellationToken).ConfigureAwait(false);
        Saw(offset, new(into[..count]));
        return count;
    }

    public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        Saw(offset, bytes);
        await inner.WriteAsync(offset, bytes, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _hash.Dispose();

    public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => inner.StatAsync(cancellationToken);

    public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => inner.ChangeAsync(change, cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => inner.CommitAsync(replace, durable, cancellationToken);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Saw(long offset, in ReadOnlySequence<byte> bytes)
    {
        lock (_hash)
        {
            if (offset != _position || _isBroken)
            {
                // Reading at the end once more is no gap.
                _isBroken |= bytes.Length > 0;
                return;
            }

            foreach (var piece in bytes)
            {
                _hash.Append(piece.Span);
            }

            _position += bytes.Length;
        }
    }
}
