using Microsoft.Extensions.Logging;

namespace Wharf.Client.Transfers;

/// <summary>Counts the attempts of one piece of work, and waits between them.</summary>
internal sealed partial class Attempts(TransferEngine engine, string about)
{
    private int _failed;
    private TimeSpan _delay = engine.Retry.FirstDelay;

    /// <summary>Makes a call that may be repeated: a look, a listing.</summary>
    public static async Task<T> RepeatAsync<T>(TransferEngine engine, string about, Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        var attempts = new Attempts(engine, about);
        while (true)
        {
            try
            {
                return await work(cancel).ConfigureAwait(false);
            }
            catch (IOException failure) when (attempts.MayFollow(failure, hasMoved: false))
            {
                await attempts.WaitAsync(failure, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether another attempt follows that failure.</summary>
    /// <param name="failure">Of the last one.</param>
    /// <param name="hasMoved">Whether it brought bytes forward; then it counts as a first one.</param>
    public bool MayFollow(Exception failure, bool hasMoved)
    {
        if (!Failure.IsTransient(failure))
        {
            return false;
        }

        if (hasMoved)
        {
            _failed = 0;
            _delay = engine.Retry.FirstDelay;
        }

        return _failed + 1 < engine.Retry.Attempts;
    }

    /// <summary>Waits until the next attempt.</summary>
    public async Task WaitAsync(Exception failure, CancellationToken cancel)
    {
        _failed++;
        Log.Again(engine.Logger, about, _delay, failure.Message);
        if (_delay > TimeSpan.Zero)
        {
            await Task.Delay(_delay, engine.Clock, cancel).ConfigureAwait(false);
        }

        var next = _delay * engine.Retry.Factor;
        _delay = next < engine.Retry.MostDelay ? next : engine.Retry.MostDelay;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Path}: tried again in {Delay}, since: {Reason}")]
        public static partial void Again(ILogger logger, string path, TimeSpan delay, string reason);
    }
}
