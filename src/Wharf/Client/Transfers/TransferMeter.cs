using System.Runtime.ExceptionServices;

namespace Wharf.Client.Transfers;

/// <summary>
/// Counts what a transfer moves and reports it: once when it begins, then at most every <see cref="Interval"/> where something changed, and
/// once when it ends. Counting takes no lock; reports come from a timer of the clock, one after another, so a slow listener holds nobody up.
/// </summary>
internal sealed class TransferMeter : IDisposable
{
    /// <summary>Least time between two reports, but for the last.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Over how long the rate is measured.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(5);

    private readonly IProgress<TransferProgress>? _listener;
    private readonly ITransferWatcher? _watcher;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private readonly ITimer? _timer;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<(long At, long Bytes)> _samples = new();
    private ExceptionDispatchInfo? _failure;
    private TransferProgress _reported;
    private string _path = "";
    private string? _verifiedBy;
    private long _bytes;
    private long _totalBytes;
    private long _files;
    private long _totalFiles;
    private long _failed;
    private long _bytesKept;
    private long _left;
    private long _leftOut;
    private bool _ended;
    private long _removed;
    private long _version;
    private long _reportedVersion;

    public TransferMeter(IProgress<TransferProgress>? listener, TimeProvider clock)
    {
        _listener = listener;
        _watcher = listener as ITransferWatcher;
        _clock = clock;
        _begun = clock.GetTimestamp();
        _samples.Enqueue((_begun, 0));
        if (listener is not null)
        {
            Report(isDone: false);
            _timer = clock.CreateTimer(_ => Tick(), null, Interval, Interval);
        }
    }

    /// <summary>Files that are copied.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Bytes that arrived.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Items that failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>There is more to do than was known.</summary>
    public void Expect(long files, long bytes)
    {
        Interlocked.Add(ref _totalFiles, files);
        Interlocked.Add(ref _totalBytes, bytes);
        Changed();
    }

    /// <summary>A file begins.</summary>
    public void Began(string path)
    {
        Volatile.Write(ref _path, path);
        Changed();
    }

    /// <summary>A file begins that somebody watches; null where nobody does.</summary>
    public TransferItem? Begin(string from, string to, long length)
    {
        if (_watcher is null)
        {
            return null;
        }

        var item = new TransferItem(from, to, length, _clock.GetTimestamp());
        _watcher.Began(item);
        return item;
    }

    /// <summary>A watched file ended.</summary>
    public ValueTask EndAsync(TransferItem? item, TransferItemState state)
    {
        if (item is not { State: TransferItemState.UnderWay })
        {
            return default;
        }

        item.End(state, _clock.GetElapsedTime(item.Begun));
        return _watcher!.EndedAsync(item);
    }

    /// <summary>Something is over that took no time.</summary>
    public ValueTask TellAsync(string from, string to, TransferItemState state) => EndAsync(_watcher is null ? null : new(from, to, 0, _clock.GetTimestamp()), state);

    /// <summary>Bytes arrived.</summary>
    public void Moved(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Changed();
    }

    /// <summary>Bytes that were there already; they count as arrived.</summary>
    public void Kept(long bytes)
    {
        Interlocked.Add(ref _bytesKept, bytes);
        Moved(bytes);
    }

    /// <summary>A file is copied.</summary>
    public void Copied(string verifiedBy)
    {
        // Several ways in one tree: the weakest is what the whole was verified by.
        if (Interlocked.CompareExchange(ref _verifiedBy, verifiedBy, null) is { } before && before != verifiedBy)
        {
            Volatile.Write(ref _verifiedBy, FileTransfer.ByLength);
        }

        Interlocked.Increment(ref _files);
        Changed();
    }

    /// <summary>A file is left as it is.</summary>
    public void Left(long bytes)
    {
        Interlocked.Increment(ref _left);
        Kept(bytes);
    }

    /// <summary>An entry takes no part.</summary>
    public void LeftOut() => Interlocked.Increment(ref _leftOut);

    /// <summary>An entry of the target is gone.</summary>
    public void Removed()
    {
        Interlocked.Increment(ref _removed);
        Changed();
    }

    /// <summary>An item failed.</summary>
    public void ItemFailed()
    {
        Interlocked.Increment(ref _failed);
        Changed();
    }

    /// <summary>The last report, whatever came of the transfer. Throws what the listener threw, if it did.</summary>
    public async Task<TransferResult> EndAsync()
    {
        _timer?.Dispose();
        if (_listener is not null)
        {
            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            Report(isDone: true);
            _ended = true;
            _turn.Release();
        }

        _failure?.Throw();
        return new TransferResult
        {
            Files = _files,
            Bytes = _bytes - _bytesKept,
            BytesKept = _bytesKept,
            FilesKept = _left + _leftOut,
            Removed = _removed,
            VerifiedBy = _verifiedBy ?? FileTransfer.ByLength,
            Elapsed = _clock.GetElapsedTime(_begun),
        };
    }

    /// <summary>Stops reporting.</summary>
    public void Dispose() => _timer?.Dispose();

    private void Changed() => Interlocked.Increment(ref _version);

    private void Tick()
    {
        // The listener is still busy with the last report: this one is left out.
        if (!_turn.Wait(0, CancellationToken.None))
        {
            return;
        }

        try
        {
            if (!_ended && Interlocked.Read(ref _version) != _reportedVersion)
            {
                Report(isDone: false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Report(bool isDone)
    {
        if (_failure is not null)
        {
            return;
        }

        _reportedVersion = Interlocked.Read(ref _version);
        long bytes = Math.Max(Interlocked.Read(ref _bytes), _reported.Bytes);
        long files = Math.Max(Interlocked.Read(ref _files) + Interlocked.Read(ref _left), _reported.Files);
        _reported = new TransferProgress(
            Volatile.Read(ref _path),
            bytes,
            Math.Max(Math.Max(Interlocked.Read(ref _totalBytes), bytes), _reported.TotalBytes),
            files,
            Math.Max(Math.Max(Interlocked.Read(ref _totalFiles), files), _reported.TotalFiles),
            Interlocked.Read(ref _failed),
            _clock.GetElapsedTime(_begun),
            Rate(bytes),
            isDone);
        try
        {
            _listener!.Report(_reported);
        }
#pragma warning disable CA1031 // A timer's thread must not end the process; the call throws it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
    }

    private double Rate(long bytes)
    {
        long now = _clock.GetTimestamp();
        while (_samples.Count > 1 && _clock.GetElapsedTime(_samples.Peek().At, now) > RateWindow)
        {
            _samples.Dequeue();
        }

        var (at, before) = _samples.Peek();
        _samples.Enqueue((now, bytes));
        double seconds = _clock.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? Math.Max(0, bytes - before) / seconds : 0;
    }
}
