namespace Wharf.Net;

/// <summary>How long a login may take, not counting the time in which somebody is asked something: people are not servers.</summary>
internal sealed class Patience : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _limit;
    private int _held;
    private bool _disposed;

    /// <param name="limit">Zero or less for no bound.</param>
    /// <param name="clock">Measures it.</param>
    public Patience(TimeSpan limit, TimeProvider clock)
    {
        _limit = limit > TimeSpan.Zero ? limit : Timeout.InfiniteTimeSpan;
        _source = new CancellationTokenSource(_limit, clock);
    }

    /// <summary>Cancelled when it is over.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stands still until what is returned is disposed; then it begins anew.</summary>
    public IDisposable Hold()
    {
        Change(+1);
        return new Held(this);
    }

    /// <summary>The same question, asked while it stands still; null for none.</summary>
    public Func<TQuestion, CancellationToken, ValueTask<TAnswer>>? Around<TQuestion, TAnswer>(Func<TQuestion, CancellationToken, ValueTask<TAnswer>>? ask) =>
        ask is null ? null : async (question, cancel) =>
        {
            using (Hold())
            {
                return await ask(question, cancel).ConfigureAwait(false);
            }
        };

    /// <inheritdoc cref="Around{TQuestion, TAnswer}"/>
    public Func<CancellationToken, ValueTask<TAnswer>>? Around<TAnswer>(Func<CancellationToken, ValueTask<TAnswer>>? ask) =>
        ask is null ? null : async cancel =>
        {
            using (Hold())
            {
                return await ask(cancel).ConfigureAwait(false);
            }
        };

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _source.Dispose();
        }
    }

    private void Change(int by)
    {
        lock (_gate)
        {
            _held += by;
            if (!_disposed && !_source.IsCancellationRequested)
            {
                _source.CancelAfter(_held > 0 ? Timeout.InfiniteTimeSpan : _limit);
            }
        }
    }

    private sealed class Held(Patience patience) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                patience.Change(-1);
            }
        }
    }
}
