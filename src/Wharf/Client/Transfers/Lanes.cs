using System.Threading.Channels;

namespace Wharf.Client.Transfers;

/// <summary>
/// Runs many pieces of work side by side: as many as the options say, or else a few at first and more while that gets more of them done. The
/// first failure ends all.
/// </summary>
internal sealed class Lanes(TransferCall call)
{
    /// <summary>How many begin.</summary>
    private const int First = 8;

    /// <summary>More must bring at least so much more, or it is left at that.</summary>
    private const double LeastGain = 1.1;

    /// <summary>Pieces a lane does before more lanes are tried again, where they brought nothing.</summary>
    private const int HeldPieces = 16;

    private readonly Lock _gate = new();
    private readonly int _most = Most(call);
    private int _running;
    private long _done;
    private long _doneBefore;
    private long _measuredFrom;
    private double _rate;
    private long _heldUntil;
    private bool _stopped;

    /// <summary>Most pieces at a time for these ends and options.</summary>
    public static int Most(TransferCall call)
    {
        if (call.Options.Parallel > 0)
        {
            return call.Options.Parallel;
        }

        // A disk is kept busy by a few; a server says what it is worth.
        int local = Math.Max(2, Environment.ProcessorCount);
        return (call.FromFacts, call.ToFacts) switch
        {
            (null, null) => local,
            ({ } one, null) => Math.Max(1, one.ParallelFiles),
            (null, { } other) => Math.Max(1, other.ParallelFiles),
            ({ } one, { } other) => Math.Max(1, call.IsWithinOne ? one.ParallelFiles / 2 : Math.Min(one.ParallelFiles, other.ParallelFiles)),
        };
    }

    /// <summary>Runs what the producer queues.</summary>
    /// <typeparam name="T">A piece of work.</typeparam>
    /// <param name="produce">Writes the pieces and returns; the queue is completed then.</param>
    /// <param name="work">Does one.</param>
    /// <param name="cancel">Ends all.</param>
    /// <param name="onlyOne">Whether each piece waits for the one before it.</param>
    public async Task RunAsync<T>(
        Func<ChannelWriter<T>, CancellationToken, Task> produce, Func<T, CancellationToken, Task> work, CancellationToken cancel, bool onlyOne = false)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var stop = ends.Token;
        var queue = Channel.CreateBounded<T>(new BoundedChannelOptions(_most * 2) { SingleWriter = true });
        _measuredFrom = call.Engine.Clock.GetTimestamp();
        var lanes = new List<Task>();

        async Task GuardedAsync(Func<Task> body)
        {
            try
            {
                await body().ConfigureAwait(false);
            }
            catch
            {
                await ends.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        async Task LaneAsync()
        {
            await foreach (var piece in queue.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                await work(piece, stop).ConfigureAwait(false);
                for (int more = MoreLanes(); more > 0; more--)
                {
                    Begin();
                }
            }
        }

        void Begin()
        {
            lock (_gate)
            {
                lanes.Add(Task.Run(() => GuardedAsync(LaneAsync), CancellationToken.None));
            }
        }

        int begin = onlyOne ? 1 : call.Options.Parallel > 0 ? _most : Math.Min(First, _most);
        _stopped = onlyOne;
        _running = begin;
        for (int i = 0; i < begin; i++)
        {
            Begin();
        }

        var producer = GuardedAsync(async () =>
        {
            try
            {
                await produce(queue.Writer, stop).ConfigureAwait(false);
            }
            finally
            {
                queue.Writer.TryComplete();
            }
        });
        await WaitAsync(producer, lanes, cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for all, and throws what ended the others first: a failure before the cancellations it caused.</summary>
    private async Task WaitAsync(Task producer, List<Task> lanes, CancellationToken cancel)
    {
        await producer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (int i = 0; ; i++)
        {
            Task lane;
            lock (_gate)
            {
                if (i == lanes.Count)
                {
                    break;
                }

                lane = lanes[i];
            }

            await lane.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancel.ThrowIfCancellationRequested();
        var failed = lanes.Prepend(producer).FirstOrDefault(task => task.IsFaulted) ?? producer;
        await failed.ConfigureAwait(false);
    }

    /// <summary>After twice as many pieces as there are lanes: whether the last step was worth it, and how many more to begin.</summary>
    private int MoreLanes()
    {
        lock (_gate)
        {
            _done++;
            if (_stopped || _running >= _most || _done - _doneBefore < _running * 2 || _done < _heldUntil)
            {
                return 0;
            }

            var clock = call.Engine.Clock;
            double seconds = clock.GetElapsedTime(_measuredFrom).TotalSeconds;
            double rate = seconds > 0 ? (_done - _doneBefore) / seconds : double.MaxValue;
            bool wasHeld = _heldUntil > 0;
            bool gained = rate >= _rate * LeastGain || wasHeld;
            (_rate, _doneBefore, _measuredFrom) = (rate, _done, clock.GetTimestamp());

            // Larger files, or a busy moment, may be why: it is tried again later.
            _heldUntil = gained ? 0 : _done + (_running * HeldPieces);
            int more = gained ? Math.Min(_running, _most - _running) : 0;
            _running += more;
            return more;
        }
    }
}
