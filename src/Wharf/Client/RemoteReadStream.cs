using Wharf.Client.Streams;
using Wharf.Files;

namespace Wharf.Client;

/// <summary>
/// A file of a source, open for reading: an ordinary stream that fetches ahead, and whose <see cref="CopyToAsync"/> is the fast
/// path. A connection that is lost on the way is made again and reading goes on where it was, if the file is still the same. Asynchronous only.
/// </summary>
internal sealed class RemoteReadStream : Stream
{
    /// <summary>Reads in a row, behind a seek, before fetching ahead is worth it.</summary>
    private const int SequentialReads = 2;

    private readonly RemoteCalls _calls;
    private readonly Func<CancellationToken, ValueTask<IFile>> _open;
    private readonly string _path;
    private readonly Entry _facts;
    private IFile? _file;
    private ReadAhead? _ahead;
    private int _inARow = SequentialReads;
    private long _position;
    private bool _disposed;

    /// <param name="calls">Whose retries and exceptions these are.</param>
    /// <param name="file">The file, open; owned.</param>
    /// <param name="facts">What is known of it.</param>
    /// <param name="open">Opens it again.</param>
    /// <param name="path">Its path, for exceptions.</param>
    /// <param name="position">Where reading begins.</param>
    public RemoteReadStream(
        RemoteCalls calls, IFile file, Entry facts, Func<CancellationToken, ValueTask<IFile>> open, string path, long position)
    {
        _calls = calls;
        _file = file;
        _facts = facts;
        _open = open;
        _path = path;
        _position = position;
    }

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed && HasLength;

    public override bool CanWrite => false;

    public override long Length => HasLength ? _facts.Length : throw new NotSupportedException("The server did not tell the length.");

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    private bool HasLength => _facts.Known.HasFlag(EntryFacts.Length);

    public override long Seek(long offset, SeekOrigin origin)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target != _position)
        {
            // What was fetched ahead is given up at the next read, which can wait for it.
            _position = target;
            _inARow = 0;
        }

        return target;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        // While the bytes are there nothing is set up for retries.
        if (_ahead is { } ahead && ahead.Position == _position)
        {
            try
            {
                int count = await ahead.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                _position += count;
                return count;
            }
            catch (IOException fault) when (_calls.IsWorthRetrying(fault))
            {
                await CloseAsync().ConfigureAwait(false);
            }
            catch (IOException fault)
            {
                throw RemoteFaults.Translate(fault, _path);
            }
        }

        return await _calls.RepeatAsync("read", _path, Repeats.Always, cancel => ReadOnceAsync(buffer, cancel), cancellationToken).ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(destination);
        StreamTarget? target = null;
        try
        {
            await _calls.RunAsync(
                "read", _path, Repeats.Always,
                async cancel =>
                {
                    target = new StreamTarget(destination, _position);
                    try
                    {
                        return await CopyOnceAsync(target, cancel).ConfigureAwait(false);
                    }
                    finally
                    {
                        _position = target.Position;
                    }
                },
                cancellationToken, () => _position).ConfigureAwait(false);
        }
        catch (RemoteException) when (target?.Failure is { } failure)
        {
            // It is passed on as it was.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw Asynchronous();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for reading.");

    public override void SetLength(long value) => throw new NotSupportedException("The stream is for reading.");

    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await CloseAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;

            // Closing takes a round trip, for which a caller that does not wait has no time.
            _ = CloseAsync().AsTask();
        }

        base.Dispose(disposing);
    }

    private static NotSupportedException Asynchronous() => new("A remote stream is read asynchronously: call ReadAsync or CopyToAsync.");

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        var file = await FileAsync(cancel).ConfigureAwait(false);
        if (_ahead is { } old && old.Position != _position)
        {
            _ahead = null;
            await old.DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            if (file is IBulkFile bulk && _inARow >= SequentialReads)
            {
                _ahead ??= new ReadAhead(bulk, _position);
                int fetched = await _ahead.ReadAsync(buffer, cancel).ConfigureAwait(false);
                _position += fetched;
                return fetched;
            }

            int count = await file.ReadAsync(_position, buffer, cancel).ConfigureAwait(false);
            _position += count;
            _inARow++;
            return count;
        }
        catch (IOException fault) when (_calls.IsWorthRetrying(fault))
        {
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<long> CopyOnceAsync(StreamTarget target, CancellationToken cancel)
    {
        var file = await FileAsync(cancel).ConfigureAwait(false);
        if (_ahead is { } ahead)
        {
            _ahead = null;
            await ahead.DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            return file is IBulkFile bulk
                ? await bulk.CopyToAsync(target, new BulkRange(_position, _position, long.MaxValue) { InOrder = true }, cancel).ConfigureAwait(false)
                : await FileCopy.CopyAsync(file, _position, target, _position, long.MaxValue, cancel).ConfigureAwait(false);
        }
        catch (Exception) when (target.Failure is { } failure)
        {
            // Not the server's, so nothing is tried again.
            throw new RemoteException(RemoteError.Io, "The destination of the copy failed.", failure) { Path = _path };
        }
        catch (IOException fault) when (_calls.IsWorthRetrying(fault))
        {
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The file, opened again where the connection it was opened over is gone. It must be the same then.</summary>
    private async ValueTask<IFile> FileAsync(CancellationToken cancel)
    {
        if (_file is { } open)
        {
            return open;
        }

        var file = await _open(cancel).ConfigureAwait(false);
        bool kept = false;
        try
        {
            var now = await file.StatAsync(cancel).ConfigureAwait(false);
            if (Differs(now, EntryFacts.Length, now.Length != _facts.Length) || Differs(now, EntryFacts.Modified, now.Modified != _facts.Modified))
            {
                throw new RemoteException(RemoteError.Conflict, $"The file has changed while it was read: {FileNames.ForDisplay(_path)}") { Path = _path };
            }

            kept = true;
            return _file = file;
        }
        finally
        {
            if (!kept)
            {
                await file.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private bool Differs(Entry now, EntryFacts fact, bool differs) => differs && _facts.Known.HasFlag(fact) && now.Known.HasFlag(fact);

    private async ValueTask CloseAsync()
    {
        var (ahead, file) = (_ahead, _file);
        (_ahead, _file) = (null, null);
        if (ahead is not null)
        {
            await ahead.DisposeAsync().ConfigureAwait(false);
        }

        if (file is not null)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }
}
