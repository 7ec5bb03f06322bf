using System.Buffers;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>
/// One file in several parts, each over a connection of its own, between a server and this side. As many as the options say, or one at first
/// and as many again every <see cref="LookEvery"/> while the rest would take <see cref="WorthTime"/> or longer and the last ones brought
/// something (WinSCP's rule, with shorter looks and longer steps). A connection whose part is done takes half of the longest part that is left; the part of one that is
/// lost goes to the others, as long as there are any.
/// </summary>
/// <param name="call">What it is part of.</param>
/// <param name="from">The source.</param>
/// <param name="reading">The source, open.</param>
/// <param name="writing">The target, open.</param>
/// <param name="moved">Told of bytes that arrived.</param>
internal sealed partial class SegmentedCopy(TransferCall call, FilePlace from, IFile reading, IFile writing, Action<long> moved)
{
    /// <summary>Time between two looks at the rate.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>Less than this to go is not worth another connection.</summary>
    public static readonly TimeSpan WorthTime = TimeSpan.FromSeconds(10);

    /// <summary>Most connections for one file, where nobody says otherwise.</summary>
    private const int Most = 8;

    /// <summary>Further connections must bring so much more, or no further one is made.</summary>
    private const double LeastGain = 1.1;

    private readonly Lock _gate = new();
    private readonly List<Segment> _active = [];
    private readonly List<Segment> _orphans = [];
    private readonly List<Task> _workers = [];
    private long _done;
    private int _connections;

    private bool IsUpload => from.Remote is null;

    /// <summary>Whether a file may be copied in parts.</summary>
    public static bool Applies(TransferCall call, FilePlace from, FilePlace to, IFile reading, IFile writing, long count, bool inTree)
    {
        var options = call.Options;

        // A copy that another call shall continue grows from its beginning, or a killed program would leave holes that nobody knows of. In a
        // tree the connections have other files to carry.
        if (options.Resume || options.Segments == 1 || count < call.Engine.LeastSegmentedBytes || (inTree && options.Segments == 0))
        {
            return false;
        }

        return (from.Remote, to.Remote) switch
        {
            (not null, null) => reading is ISegmentedFile || (reading is IBulkFile && call.FromFacts is { ParallelFiles: > 1 }),
            (null, not null) => writing is ISegmentedFile && call.ToFacts is { WritesSegments: true },
            _ => false,
        };
    }

    /// <summary>Copies a range. Returns the bytes copied, all of it.</summary>
    /// <exception cref="SegmentsLost">It failed, and only a beginning is whole.</exception>
    public async Task<long> RunAsync(long at, long count, CancellationToken cancel)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        int wanted = call.Options.Segments;
        Begin((IBulkFile)(IsUpload ? writing : reading), isOwned: false, new Segment(at, at + count), ends);
        for (int i = 1; i < wanted; i++)
        {
            await TryAddAsync(ends).ConfigureAwait(false);
        }

        var adding = wanted == 0 ? AddWhileWorthAsync(count, ends) : Task.CompletedTask;
        try
        {
            await WaitAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException && !cancel.IsCancellationRequested)
        {
            throw new SegmentsLost(failure, Beginning(at + count));
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            await adding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return count;
    }

    private void Begin(IBulkFile file, bool isOwned, Segment segment, CancellationTokenSource ends)
    {
        lock (_gate)
        {
            _connections++;
            _active.Add(segment);
            _workers.Add(Task.Run(() => WorkAsync(file, isOwned, segment, ends), CancellationToken.None));
        }
    }

    private async Task WaitAsync()
    {
        for (int i = 0; ; i++)
        {
            Task worker;
            lock (_gate)
            {
                if (i == _workers.Count)
                {
                    break;
                }

                worker = _workers[i];
            }

            await worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // What ended the others, before the cancellations it caused.
        await (_workers.Find(worker => worker.IsFaulted) ?? _workers.Find(worker => worker.IsCanceled) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private async Task WorkAsync(IBulkFile file, bool isOwned, Segment first, CancellationTokenSource ends)
    {
        Segment? segment = first;
        try
        {
            while (segment is not null)
            {
                await CopyAsync(file, segment, ends.Token).ConfigureAwait(false);
                segment = Next(segment);
            }
        }
        catch (ConnectionException lost) when (HandOver(segment!))
        {
            Log.OneLost(call.Engine.Logger, from.Path, lost.Message);
        }
        catch
        {
            await ends.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (isOwned)
            {
                await CloseAsync(file).ConfigureAwait(false);
            }
        }
    }

    private async Task CloseAsync(IBulkFile file)
    {
        try
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
        catch (ConnectionException lost)
        {
            // All its bytes were acknowledged, or its part has gone to another.
            Log.OneLost(call.Engine.Logger, from.Path, lost.Message);
        }
    }

    /// <summary>Leaves a part to the other connections; false where there are none.</summary>
    private bool HandOver(Segment segment)
    {
        lock (_gate)
        {
            if (_connections <= 1)
            {
                return false;
            }

            _connections--;
            _active.Remove(segment);
            segment.Claimed = segment.Position;
            segment.Acknowledged = 0;
            _orphans.Add(segment);
            return true;
        }
    }

    private async Task CopyAsync(IBulkFile file, Segment segment, CancellationToken cancel)
    {
        long begin = segment.Position;
        var window = new Window(this, IsUpload ? reading : writing, segment);
        try
        {
            if (IsUpload)
            {
                var range = new BulkRange(begin, begin, segment.End - begin) { Moved = count => Count(segment, count) };
                await file.CopyFromAsync(window, range, cancel).ConfigureAwait(false);
                segment.Position = Math.Max(segment.Position, segment.Claimed);
            }
            else
            {
                await file.CopyToAsync(window, new BulkRange(begin, begin, segment.End - begin) { InOrder = true }, cancel).ConfigureAwait(false);
            }
        }
        catch (IOException) when (!IsUpload && segment.Position >= segment.End)
        {
            // It was ended by the window: the rest is another connection's part.
            return;
        }

        if (segment.Position < segment.End)
        {
            throw new RemoteException(RemoteError.Mismatch, $"{from.Path} ended at {segment.Position}, though it is said to be longer.")
            {
                Path = from.Path.Value,
                IsTransient = true,
            };
        }
    }

    private void Count(Segment segment, long count)
    {
        segment.Acknowledged += count;
        if (segment.Acknowledged > segment.Counted)
        {
            long more = segment.Acknowledged - segment.Counted;
            segment.Counted = segment.Acknowledged;
            Interlocked.Add(ref _done, more);
            moved(more);
        }
    }

    /// <summary>What a connection does next: a part that another one lost, or half of the longest. Null where nothing is worth it.</summary>
    private Segment? Next(Segment? done)
    {
        lock (_gate)
        {
            if (done is not null)
            {
                _active.Remove(done);
            }

            var next = _orphans.FirstOrDefault();
            if (next is not null)
            {
                _orphans.Remove(next);
            }
            else if (_active.MaxBy(segment => segment.Left) is { } longest && longest.Left >= 2 * call.Engine.LeastSegmentBytes)
            {
                long middle = longest.End - (longest.Left / 2);
                next = new Segment(middle, longest.End);
                longest.End = middle;
            }

            if (next is not null)
            {
                _active.Add(next);
            }
            else if (done is not null)
            {
                _connections--;
            }

            return next;
        }
    }

    /// <summary>One more connection. False where there is none, or nothing for it to do.</summary>
    private async Task<bool> TryAddAsync(CancellationTokenSource ends)
    {
        IBulkFile file;
        try
        {
            file = (IsUpload ? writing : reading) is ISegmentedFile segmented
                ? await segmented.OpenSegmentAsync(ends.Token).ConfigureAwait(false)
                : (IBulkFile)await from.Files.OpenAsync(from.Path, OpenMode.Read, ends.Token).ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            Log.NoMore(call.Engine.Logger, from.Path, failure.Message);
            return false;
        }

        Segment? next;
        lock (_gate)
        {
            next = _connections > 0 ? Next(null) : null;
            if (next is not null)
            {
                _active.Remove(next);
                Begin(file, isOwned: true, next, ends);
                return true;
            }
        }

        await CloseAsync(file).ConfigureAwait(false);
        return false;
    }

    private async Task AddWhileWorthAsync(long count, CancellationTokenSource ends)
    {
        double best = 0;
        long before = 0;
        for (int connections = 1; connections < Most;)
        {
            await Task.Delay(LookEvery, call.Engine.Clock, ends.Token).ConfigureAwait(false);
            long done = Interlocked.Read(ref _done);
            double rate = (done - before) / LookEvery.TotalSeconds;
            before = done;
            if (rate <= 0 || (count - done) / rate < WorthTime.TotalSeconds)
            {
                continue;
            }

            if (rate < best * LeastGain)
            {
                return;
            }

            best = rate;
            for (int more = Math.Min(connections, Most - connections); more > 0; more--)
            {
                if (!await TryAddAsync(ends).ConfigureAwait(false))
                {
                    return;
                }

                connections++;
            }

            Log.Added(call.Engine.Logger, from.Path, connections, rate);
        }
    }

    /// <summary>How many bytes from the start are whole.</summary>
    private long Beginning(long end)
    {
        lock (_gate)
        {
            return _active.Concat(_orphans).Select(segment => segment.Position).Append(end).Min();
        }
    }

    /// <summary>A part: from what is whole in it to where the next one begins.</summary>
    private sealed class Segment(long position, long end)
    {
        /// <summary>All before it has arrived.</summary>
        public long Position { get; set; } = position;

        /// <summary>All before it was taken from the source, or has arrived: it is not given to another.</summary>
        public long Claimed { get; set; } = position;

        public long End { get; set; } = end;

        public long Acknowledged { get; set; }

        public long Counted { get; set; }

        public long Left => End - Math.Max(Position, Claimed);
    }

    /// <summary>The file at this side as one connection sees it: it ends where the part does, also when that comes nearer.</summary>
    private sealed class Window(SegmentedCopy copy, IFile inner, Segment segment) : ILocalPart
    {
        public ILocalFile? Local => inner as ILocalFile;

        public long Claim(long offset, long most)
        {
            lock (copy._gate)
            {
                long count = Math.Clamp(segment.End - offset, 0, most);
                segment.Claimed = Math.Max(segment.Claimed, offset + count);
                return count;
            }
        }

        public void Arrived(long count)
        {
            lock (copy._gate)
            {
                segment.Position += count;
            }

            copy.Count(segment, count);
        }

        public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => inner.StatAsync(cancellationToken);

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            int count = (int)Claim(offset, into.Length);
            return count == 0 ? new(0) : inner.ReadAsync(offset, into[..count], cancellationToken);
        }

        public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            long count = Claim(offset, bytes.Length);
            await inner.WriteAsync(offset, bytes.Slice(0, count), cancellationToken).ConfigureAwait(false);
            lock (copy._gate)
            {
                segment.Position = offset + count;
            }

            copy.Count(segment, count);
            if (count < bytes.Length)
            {
                throw new FileException(FileError.Invalid, "");
            }
        }

        public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => inner.ChangeAsync(change, cancellationToken);

        public ValueTask FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Path}: one of several connections was lost, and the others go on: {Reason}")]
        public static partial void OneLost(ILogger logger, VirtualPath path, string reason);

        [LoggerMessage(LogLevel.Information, "{Path}: no further connection for it: {Reason}")]
        public static partial void NoMore(ILogger logger, VirtualPath path, string reason);

        [LoggerMessage(LogLevel.Debug, "{Path}: {Connections} connections, after {Rate} bytes a second")]
        public static partial void Added(ILogger logger, VirtualPath path, int connections, double rate);
    }
}

/// <summary>A copy in parts failed: what is whole is only a beginning of the target, whatever its length says.</summary>
internal sealed class SegmentsLost(Exception cause, long beginning) : IOException(cause.Message, cause)
{
    /// <summary>Bytes from the start that are whole.</summary>
    public long Beginning { get; } = beginning;
}
