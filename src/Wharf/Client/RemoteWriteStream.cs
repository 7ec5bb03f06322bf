using System.IO.Pipelines;
using Wharf.Client.Streams;
using Wharf.Files;

namespace Wharf.Client;

/// <summary>
/// A file of a source, open for writing: a stream whose bytes go out while more are written. <see cref="CompleteAsync"/> puts the
/// file under its name; a stream that is disposed without it aborts and leaves what was there before. Asynchronous only; not seekable.
/// </summary>
public sealed class RemoteWriteStream : Stream
{
    /// <summary>Most bytes that wait to be sent.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    private const int SegmentBytes = 128 * 1024;

    private static readonly PipeOptions Bounds = new(
        pauseWriterThreshold: MostBytes, resumeWriterThreshold: MostBytes / 2, minimumSegmentSize: SegmentBytes, useSynchronizationContext: false);

    private readonly Pipe _pipe = new(Bounds);
    private readonly CancellationTokenSource _over = new();
    private readonly IFile _file;
    private readonly RemoteCalls _calls;
    private readonly WriteOptions _options;
    private readonly string _path;
    private readonly long _begin;
    private Task<Exception?>? _sending;
    private long _written;
    private bool _broken;
    private bool _completed;
    private int _disposed;

    internal RemoteWriteStream(RemoteCalls calls, IFile file, WriteOptions options, string path, long begin)
    {
        _calls = calls;
        _file = file;
        _options = options;
        _path = path;
        _begin = begin;
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => _disposed == 0 && !_completed;

    /// <summary>Not known before the end.</summary>
    public override long Length => throw new NotSupportedException("The stream is written from its beginning to its end.");

    /// <summary>Bytes written so far.</summary>
    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException("The stream is written from its beginning to its end.");
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_completed)
        {
            throw new InvalidOperationException("The file is complete already.");
        }

        RequireWhole();
        cancellationToken.ThrowIfCancellationRequested();
        _sending ??= SendAsync();
        try
        {
            var flushed = await _pipe.Writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            _written += buffer.Length;
            if (flushed.IsCompleted && await _sending.ConfigureAwait(false) is { } failure)
            {
                _broken = true;
                Rethrow(failure);
            }
        }
        catch (OperationCanceledException)
        {
            // Whether these bytes will be sent is not known.
            _broken = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Nothing: the bytes are on their way as soon as they are written.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits until the server has all the bytes and puts the file under its name. Then only disposing is left.</summary>
    /// <exception cref="RemoteException">The file was not written; what was there before stays.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_completed)
        {
            return;
        }

        RequireWhole();
        _broken = true;
        await _calls.RunAsync(
            "write", _path, Repeats.Never,
            async cancel =>
            {
                _sending ??= SendAsync();
                await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
                if (await _sending.WaitAsync(cancel).ConfigureAwait(false) is { } failure)
                {
                    Rethrow(failure);
                }

                await _file.CommitAsync(_options.Replace, _options.Durable, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        _completed = true;
    }

    /// <summary>Nothing, as <see cref="FlushAsync(CancellationToken)"/>.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A remote stream is written asynchronously: call WriteAsync.");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for writing.");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream is written from its beginning to its end.");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("The stream is written from its beginning to its end.");

    /// <summary>Ends it; without <see cref="CompleteAsync"/> before, nothing of it stays.</summary>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="DisposeAsync"/>, without waiting for it.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ = CloseAsync();
        }

        base.Dispose(disposing);
    }

    private void Rethrow(Exception failure)
    {
        if (RemoteFaults.IsFault(failure))
        {
            RemoteFaults.Throw(failure, _path);
        }

        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private void RequireWhole()
    {
        if (_broken)
        {
            throw new InvalidOperationException("A write before this one failed or was cancelled: the file can only be given up.");
        }
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _over.CancelAsync().ConfigureAwait(false);
        if (_sending is not null)
        {
            await _sending.ConfigureAwait(false);
        }

        await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        _over.Dispose();
    }

    /// <summary>Moves what is written into the file; returns what it failed with.</summary>
    private async Task<Exception?> SendAsync()
    {
        Exception? failure = null;
        try
        {
            var source = new PipeSource(_pipe.Reader);
            _ = _file is IBulkFile bulk
                ? await bulk.CopyFromAsync(source, new BulkRange(0, _begin, long.MaxValue) { InOrder = true }, _over.Token).ConfigureAwait(false)
                : await FileCopy.CopyAsync(source, 0, _file, _begin, long.MaxValue, _over.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It surfaces at the next write or at the end.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            failure = failed;
        }

        await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        return failure;
    }
}
