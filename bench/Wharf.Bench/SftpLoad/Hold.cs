using System.Collections.Concurrent;

namespace Wharf.Bench.SftpLoad;

/// <summary>Sessions with SFTP begun that then say nothing, until this process ends.</summary>
internal sealed class Hold(LoadTools tools) : ILoad
{
    public const string Held = "held";

    private const int ClientsAtOnce = 8;
    private const int MostWarmUps = 100;

    private readonly ConcurrentBag<LoadSession> _held = [];

    /// <summary>What the server loads once is there afterwards.</summary>
    public async Task PrepareAsync()
    {
        await OpenAsync(Math.Min(tools.Options.Count, MostWarmUps));
        await CloseAsync();
    }

    public async Task<IReadOnlyDictionary<string, double>> RunAsync()
    {
        await OpenAsync(tools.Options.Count);
        return new Dictionary<string, double> { [Held] = _held.Count };
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task OpenAsync(int count)
    {
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, ClientsAtOnce).Select(_ => Task.Run(SomeAsync)));

        async Task SomeAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                _held.Add(await tools.BeginAsync());
            }
        }
    }

    private async Task CloseAsync()
    {
        while (_held.TryTake(out var session))
        {
            await session.DisposeAsync();
        }
    }
}
