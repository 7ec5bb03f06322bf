namespace Wharf.Net;

/// <summary>What a pool keeps.</summary>
public interface IPooledSession : IAsyncDisposable
{
    /// <summary>Whether it can serve another call: connected, and nothing of the last call is left over.</summary>
    bool IsUsable { get; }

    /// <summary>Ends when nothing of the last call is under way any more, and never fails; until then a session that was given back is rented to nobody.</summary>
    Task Settled => Task.CompletedTask;
}

/// <summary>
/// Sessions with one server, logged in: rented one at a time, or shared by several renters where the protocol allows. Safe from
/// any thread. Disposing it closes those that are idle at once and the others when they come back.
/// </summary>
/// <typeparam name="TSession">A session of one protocol.</typeparam>
/// <param name="connect">Makes a session, logged in; it throws <see cref="ConnectionException"/>.</param>
/// <param name="most">Most sessions at once, 1 or more. A server that is <see cref="ConnectionError.Busy"/> while others are up lowers it by itself.</param>
/// <param name="shares">Most renters of one session at once: 1 for FTP, many for SFTP. A new session is made before the last one is full only where <paramref name="most"/> allows and none has room.</param>
/// <param name="keepIdle">After so long without a renter a session is closed; zero for never.</param>
/// <param name="clock">Measures that.</param>
public sealed class SessionPool<TSession>(
    Func<CancellationToken, Task<TSession>> connect, int most, int shares, TimeSpan keepIdle, TimeProvider clock) : IAsyncDisposable
    where TSession : class, IPooledSession
{
    private readonly Lock _gate = new();
    private readonly List<Slot> _slots = [];
    private readonly LinkedList<TaskCompletionSource<Lease>> _waiting = new();
    private int _connecting;
    private int _most = most;
    private bool _disposed;

    /// <summary>How many wait for a session now. A session whose call ends may prepare the next one's meanwhile.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Most sessions at once: what was asked for, or fewer where the server would not have them.</summary>
    public int Most
    {
        get
        {
            lock (_gate)
            {
                return _most;
            }
        }
    }

    /// <summary>Sessions that are up now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _slots.Count;
            }
        }
    }

    /// <summary>A session; the lease gives it back when disposed. Waits where all are taken.</summary>
    /// <param name="fresh">Whether it must be a new session, since a pooled one just turned out to be dead.</param>
    /// <param name="cancellationToken">Stops waiting or connecting.</param>
    /// <exception cref="ConnectionException">No session could be made.</exception>
    /// <exception cref="ObjectDisposedException">The pool is.</exception>
    public ValueTask<Lease> RentAsync(bool fresh, CancellationToken cancellationToken) => RentAsync(fresh, apart: false, cancellationToken);

    /// <summary>
    /// A session for a part of one file, while other parts go over others: one that nobody rented so, made anew where there may be one
    /// more; where there may not, the one that fewest did.
    /// </summary>
    /// <inheritdoc cref="RentAsync(bool, CancellationToken)"/>
    public ValueTask<Lease> RentApartAsync(CancellationToken cancellationToken) => RentAsync(fresh: false, apart: true, cancellationToken);

    private async ValueTask<Lease> RentAsync(bool fresh, bool apart, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<Lease>>? place = null;
        List<Slot>? dead = null;
        bool connects = false;
        Lease? ready = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!fresh)
            {
                ready = TryTake(ref dead, apart, mayConnect: apart && _slots.Count + _connecting < _most);
            }

            if (ready is null)
            {
                // Sessions on their way will have room for so many who wait.
                bool comes = !fresh && !apart && _waiting.Count < _connecting * (shares - 1);
                if ((_slots.Count + _connecting < _most && !comes) || (fresh && _slots.Count + _connecting <= _most))
                {
                    _connecting++;
                    connects = true;
                }
                else
                {
                    place = _waiting.AddLast(new TaskCompletionSource<Lease>(TaskCreationOptions.RunContinuationsAsynchronously));
                }
            }
        }

        await CloseAsync(dead).ConfigureAwait(false);
        if (ready is not null)
        {
            return ready;
        }

        if (connects)
        {
            return await ConnectAsync(apart, cancellationToken).ConfigureAwait(false);
        }

        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<Lease>)state!).TrySetCanceled(token), place!.Value);
        try
        {
            return await place.Value.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (place.List is not null)
                {
                    _waiting.Remove(place);
                }
            }

            throw;
        }
    }

    /// <summary>Closes the sessions.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Slot> idle;
        TaskCompletionSource<Lease>[] waiting;
        lock (_gate)
        {
            _disposed = true;
            idle = [.. _slots.Where(slot => slot.Renters == 0)];
            _slots.RemoveAll(slot => slot.Renters == 0);
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var one in waiting)
        {
            one.TrySetException(new ObjectDisposedException(nameof(SessionPool<>)));
        }

        await CloseAsync(idle).ConfigureAwait(false);
    }

    private static async ValueTask CloseAsync(List<Slot>? slots)
    {
        foreach (var slot in slots ?? [])
        {
            slot.Idle?.Dispose();
            await slot.Session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The usable session with the fewest renters; those that are dead and unused are taken out.</summary>
    private Lease? TryTake(ref List<Slot>? dead, bool apart = false, bool mayConnect = false)
    {
        for (int i = _slots.Count - 1; i >= 0; i--)
        {
            if (_slots[i] is { Renters: 0, Session.IsUsable: false } gone)
            {
                _slots.RemoveAt(i);
                (dead ??= []).Add(gone);
            }
        }

        Slot? best = null;
        foreach (var slot in _slots)
        {
            if (slot.Renters < shares && slot.Session.IsUsable && (best is null || Weight(slot, apart).CompareTo(Weight(best, apart)) < 0))
            {
                best = slot;
            }
        }

        return best is null || (mayConnect && best.Apart > 0) ? null : Rented(best, apart);
    }

    /// <summary>The lower it is, the rather a session is rented.</summary>
    private static (int, int) Weight(Slot slot, bool apart) => (apart ? slot.Apart : 0, slot.Renters);

    private Lease Rented(Slot slot, bool apart)
    {
        slot.Renters++;
        slot.Apart += apart ? 1 : 0;
        slot.Idle?.Dispose();
        slot.Idle = null;
        return new Lease(this, slot, apart);
    }

    private async Task<Lease> ConnectAsync(bool apart, CancellationToken cancel)
    {
        TSession session;
        try
        {
            session = await connect(cancel).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            LinkedListNode<TaskCompletionSource<Lease>>? place = null;
            bool wakes;
            lock (_gate)
            {
                _connecting--;

                // The server has places, only not so many: wait for one of those we have.
                if (failed is ConnectionException { Error: ConnectionError.Busy } && _slots.Count > 0 && !_disposed)
                {
                    _most = _slots.Count;
                    place = _waiting.AddFirst(new TaskCompletionSource<Lease>(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                wakes = place is null && _waiting.Count > 0 && _slots.Count + _connecting == 0;
            }

            if (place is not null)
            {
                await ServeAsync().ConfigureAwait(false);
                return await place.Value.Task.WaitAsync(cancel).ConfigureAwait(false);
            }

            if (wakes && failed is OperationCanceledException)
            {
                // Only this renter gave up.
                await ServeAsync().ConfigureAwait(false);
            }
            else if (wakes)
            {
                FailWaiting(failed);
            }

            throw;
        }

        Lease? lease = null;
        lock (_gate)
        {
            _connecting--;
            if (!_disposed)
            {
                var slot = new Slot(session);
                _slots.Add(slot);
                lease = Rented(slot, apart);
            }
        }

        if (lease is null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw new ObjectDisposedException(nameof(SessionPool<>));
        }

        // A session that is shared has room for those who waited while it was made.
        await ServeAsync().ConfigureAwait(false);
        return lease;
    }

    /// <summary>Nobody is left who could give a session back: whoever waits gets the reason.</summary>
    private void FailWaiting(Exception why)
    {
        TaskCompletionSource<Lease>[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var one in waiting)
        {
            one.TrySetException(why);
        }
    }

    private Lease Share(Slot slot)
    {
        lock (_gate)
        {
            return Rented(slot, apart: false);
        }
    }

    private ValueTask ReturnAsync(Slot slot, bool apart)
    {
        if (slot.Session.Settled is { IsCompleted: false } settling)
        {
            // Whoever gives it back does not wait for that.
            _ = ReturnBehindAsync(settling, slot, apart);
            return default;
        }

        return TakeBackAsync(slot, apart);
    }

    private async Task ReturnBehindAsync(Task settling, Slot slot, bool apart)
    {
        await settling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await TakeBackAsync(slot, apart).ConfigureAwait(false);
    }

    private async ValueTask TakeBackAsync(Slot slot, bool apart)
    {
        lock (_gate)
        {
            slot.Renters--;
            slot.Apart -= apart ? 1 : 0;
        }

        await ServeAsync().ConfigureAwait(false);
    }

    /// <summary>Gives sessions to those who wait, closes dead ones, and has idle ones closed later.</summary>
    private async ValueTask ServeAsync()
    {
        List<Slot>? dead = null;
        bool connects = false;
        lock (_gate)
        {
            while (_waiting.First is { } first && TryTake(ref dead) is { } lease)
            {
                _waiting.Remove(first);
                if (!first.Value.TrySetResult(lease))
                {
                    lease.Slot.Renters--;
                }
            }

            if (_disposed)
            {
                foreach (var slot in _slots.Where(slot => slot.Renters == 0).ToArray())
                {
                    _slots.Remove(slot);
                    (dead ??= []).Add(slot);
                }
            }

            if (_waiting.Count > 0 && _slots.Count + _connecting < _most && !_disposed)
            {
                _connecting++;
                connects = true;
            }

            foreach (var slot in _slots)
            {
                if (slot is { Renters: 0, Idle: null } && keepIdle > TimeSpan.Zero)
                {
                    slot.Idle = clock.CreateTimer(_ => _ = ExpireAsync(slot), null, keepIdle, Timeout.InfiniteTimeSpan);
                }
            }
        }

        await CloseAsync(dead).ConfigureAwait(false);
        if (connects)
        {
            _ = ConnectForWaitingAsync();
        }
    }

    /// <summary>A session died and somebody waits for its place.</summary>
    private async Task ConnectForWaitingAsync()
    {
        try
        {
            await (await ConnectAsync(apart: false, CancellationToken.None).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Those who wait have it already, or wait for a session that is still rented: this one was made for nobody else.
        }
        catch (ObjectDisposedException)
        {
            // The pool was closed meanwhile, and whoever waited was told.
        }
    }

    private async Task ExpireAsync(Slot slot)
    {
        lock (_gate)
        {
            if (slot.Renters > 0 || !_slots.Remove(slot))
            {
                return;
            }
        }

        await CloseAsync([slot]).ConfigureAwait(false);
    }

    /// <summary>One session and who uses it.</summary>
    internal sealed class Slot(TSession session)
    {
        public TSession Session { get; } = session;

        public int Renters { get; set; }

        /// <summary>Of these, who has a part of a file whose other parts go over others.</summary>
        public int Apart { get; set; }

        public ITimer? Idle { get; set; }
    }

    /// <summary>The right to use a session until it is disposed.</summary>
    public sealed class Lease : IAsyncDisposable
    {
        private readonly bool _apart;
        private SessionPool<TSession>? _pool;

        internal Lease(SessionPool<TSession> pool, Slot slot, bool apart)
        {
            _pool = pool;
            _apart = apart;
            Slot = slot;
        }

        /// <summary>The session.</summary>
        public TSession Session => Slot.Session;

        internal Slot Slot { get; }

        /// <summary>One more lease of the same session, also where it has as many as it should: two calls that must meet in one.</summary>
        public Lease Share() => (_pool ?? throw new ObjectDisposedException(nameof(Lease))).Share(Slot);

        /// <summary>Gives the session back; one that is no longer usable is closed.</summary>
        public ValueTask DisposeAsync() => Interlocked.Exchange(ref _pool, null) is { } pool ? pool.ReturnAsync(Slot, _apart) : default;
    }
}
