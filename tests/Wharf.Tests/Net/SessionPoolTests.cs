using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net;

public sealed class SessionPoolTests
{
    private readonly ManualClock _clock = new();
    private readonly List<Session> _made = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_came_back_is_rented_again()
    {
        await using var pool = Pool(most: 2);
        await using (await pool.RentAsync(false, Cancel))
        {
        }

        await using var second = await pool.RentAsync(false, Cancel);
        Assert.Same(_made.Single(), second.Session);
    }

    [Fact]
    public async Task A_dead_session_is_closed_and_a_new_one_made()
    {
        await using var pool = Pool(most: 1);
        await using (var first = await pool.RentAsync(false, Cancel))
        {
            first.Session.IsUsable = false;
        }

        await using var second = await pool.RentAsync(false, Cancel);
        Assert.True(_made[0].IsDisposed);
        Assert.Same(_made[1], second.Session);
    }

    [Fact]
    public async Task Who_finds_all_sessions_taken_waits_in_turn()
    {
        await using var pool = Pool(most: 1);
        var held = await pool.RentAsync(false, Cancel);
        var second = pool.RentAsync(false, Cancel).AsTask();
        var third = pool.RentAsync(false, Cancel).AsTask();
        Assert.Equal(2, pool.Waiting);
        await held.DisposeAsync();
        var lease = await second;
        Assert.False(third.IsCompleted);
        await lease.DisposeAsync();
        await (await third).DisposeAsync();
        Assert.Single(_made);
    }

    [Fact]
    public async Task Who_stops_waiting_takes_no_session_along()
    {
        await using var pool = Pool(most: 1);
        var held = await pool.RentAsync(false, Cancel);
        using var gaveUp = new CancellationTokenSource();
        var second = pool.RentAsync(false, gaveUp.Token).AsTask();
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, pool.Waiting);
        await held.DisposeAsync();
        await using var third = await pool.RentAsync(false, Cancel);
        Assert.Same(_made.Single(), third.Session);
    }

    [Fact]
    public async Task A_session_that_died_is_replaced_for_who_waits()
    {
        await using var pool = Pool(most: 1);
        var held = await pool.RentAsync(false, Cancel);
        var second = pool.RentAsync(false, Cancel).AsTask();
        held.Session.IsUsable = false;
        await held.DisposeAsync();
        await using var lease = await second;
        Assert.Same(_made[1], lease.Session);
    }

    [Fact]
    public async Task A_shared_session_serves_those_who_waited_for_its_making()
    {
        var gate = new TaskCompletionSource();
        await using var pool = Pool(most: 4, shares: 3, gate: gate.Task);
        var renting = Enumerable.Range(0, 3).Select(_ => pool.RentAsync(false, Cancel).AsTask()).ToArray();
        gate.SetResult();
        var leases = await Task.WhenAll(renting);
        Assert.Single(_made);
        Assert.All(leases, lease => Assert.Same(_made[0], lease.Session));
        await using (await pool.RentAsync(false, Cancel))
        {
            Assert.Equal(2, _made.Count);
        }

        foreach (var lease in leases)
        {
            await lease.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_busy_server_gets_no_more_sessions_than_it_has_places()
    {
        await using var pool = Pool(most: 3, places: 1);
        var held = await pool.RentAsync(false, Cancel);
        var second = pool.RentAsync(false, Cancel).AsTask();
        Assert.False(second.IsCompleted);
        Assert.Equal(1, pool.Most);
        await held.DisposeAsync();
        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task Without_any_session_the_reason_reaches_all_who_wait()
    {
        var gate = new TaskCompletionSource();
        await using var pool = Pool(most: 1, gate: gate.Task, places: 0);
        var first = pool.RentAsync(false, Cancel).AsTask();
        var second = pool.RentAsync(false, Cancel).AsTask();
        gate.SetResult();
        Assert.Equal(ConnectionError.Busy, (await Assert.ThrowsAsync<ConnectionException>(() => first)).Error);
        Assert.Equal(ConnectionError.Busy, (await Assert.ThrowsAsync<ConnectionException>(() => second)).Error);
    }

    [Fact]
    public async Task When_the_one_who_connects_gives_up_another_connects()
    {
        var gate = new TaskCompletionSource();
        await using var pool = Pool(most: 1, gate: gate.Task);
        using var gaveUp = new CancellationTokenSource();
        var first = pool.RentAsync(false, gaveUp.Token).AsTask();
        var second = pool.RentAsync(false, Cancel).AsTask();
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task A_session_nobody_rents_is_closed_after_its_time()
    {
        await using var pool = Pool(most: 1, keepIdle: TimeSpan.FromMinutes(1));
        await (await pool.RentAsync(false, Cancel)).DisposeAsync();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_made[0].IsDisposed);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_made[0].IsDisposed);
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public async Task A_closed_pool_closes_what_comes_back()
    {
        var pool = Pool(most: 2);
        var held = await pool.RentAsync(false, Cancel);
        await (await pool.RentAsync(false, Cancel)).DisposeAsync();
        await pool.DisposeAsync();
        Assert.True(_made[1].IsDisposed);
        Assert.False(_made[0].IsDisposed);
        await held.DisposeAsync();
        Assert.True(_made[0].IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.RentAsync(false, Cancel).AsTask());
    }

    private SessionPool<Session> Pool(int most, int shares = 1, Task? gate = null, int places = 99, TimeSpan keepIdle = default) => new(
        async cancel =>
        {
            await (gate ?? Task.CompletedTask).WaitAsync(cancel);
            if (_made.Count(session => !session.IsDisposed) >= places)
            {
                throw new ConnectionException(ConnectionError.Busy, "No place.");
            }

            var session = new Session();
            _made.Add(session);
            return session;
        },
        most, shares, keepIdle, _clock);

    internal sealed class Session : IPooledSession
    {
        public bool IsUsable { get; set; } = true;

        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }
}
