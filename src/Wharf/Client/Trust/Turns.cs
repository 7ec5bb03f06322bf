namespace Wharf.Client.Trust;

/// <summary>Has works done one behind the other, in the order they came: a caller is asked one question at a time.</summary>
internal sealed class Turns
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Does it when those before are done, whatever came of them. Who is cancelled stops waiting; his work still has its turn, cancelled.</summary>
    public Task<T> TakeAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancel)
    {
        Task<T> mine;
        lock (_gate)
        {
            _last = mine = BehindAsync(_last, work, cancel);
        }

        return mine.WaitAsync(cancel);
    }

    private static async Task<T> BehindAsync<T>(Task before, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancel)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        cancel.ThrowIfCancellationRequested();
        return await work(cancel).ConfigureAwait(false);
    }
}
