using Microsoft.Extensions.Logging;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Client;

/// <summary>Which failures of the way a call is made again after.</summary>
internal enum Repeats
{
    /// <summary>None: it is not the call's own to repeat.</summary>
    Never,

    /// <summary>Those that say that the server cannot have heard of it.</summary>
    Unheard,

    /// <summary>All that may pass: the call changes nothing, or the same twice is the same once.</summary>
    Always,
}

/// <summary>What all calls of one source have in common: retries, the overall time, and the one exception.</summary>
internal sealed partial class RemoteCalls(string server, RemoteOptions options, ClientTelemetry telemetry, ILogger logger)
{
    private volatile bool _connected;

    /// <summary>The clock of everything.</summary>
    public TimeProvider Clock => options.Clock;

    /// <summary>Whether the same may succeed in a moment, and a try is worth it at all.</summary>
    public bool IsWorthRetrying(Exception fault) => fault switch
    {
        ConnectionException or FileException or RemoteException => Failure.IsTransient(fault),
        TlsException => false,
        IOException => true,
        _ => false,
    } && options.Retry.Attempts > 1;

    /// <summary>Makes one call of the caller's: as <see cref="RepeatAsync"/>, and it is told of.</summary>
    /// <exception cref="RemoteException">It failed.</exception>
    public async ValueTask<T> RunAsync<T>(
        string operation, string? path, Repeats repeats, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken,
        Func<long>? progress = null)
    {
        using var activity = telemetry.Begin(operation, path);
        long begun = Clock.GetTimestamp();
        Exception? failure = null;
        try
        {
            return await RepeatAsync(operation, path, repeats, call, cancellationToken, progress).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            failure = failed;
            throw;
        }
        finally
        {
            var took = Clock.GetElapsedTime(begun);
            telemetry.End(activity, operation, took, failure);
            Log.Ended(logger, server, operation, path is null ? "" : FileNames.ForDisplay(path), took, failure?.Message ?? "done");
        }
    }

    /// <summary>Makes one call, and again where that may help.</summary>
    /// <param name="operation">What it does, one word.</param>
    /// <param name="path">What it is about; null for nothing in particular.</param>
    /// <param name="repeats">After which failures it is made again.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="progress">How far it is: attempts that moved it do not count. Null for none.</param>
    /// <exception cref="RemoteException">It failed.</exception>
    public async ValueTask<T> RepeatAsync<T>(
        string operation, string? path, Repeats repeats, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken,
        Func<long>? progress = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var overall = options.Timeouts.Overall > TimeSpan.Zero ? new CancellationTokenSource(options.Timeouts.Overall, Clock) : null;
        using var both = overall is null ? null : CancellationTokenSource.CreateLinkedTokenSource(overall.Token, cancellationToken);
        var cancel = both?.Token ?? cancellationToken;
        long reached = progress?.Invoke() ?? 0;
        var delay = options.Retry.FirstDelay;
        for (int attempt = 1; ; attempt++)
        {
            IOException fault;
            try
            {
                var result = await call(cancel).ConfigureAwait(false);
                _connected = true;
                return result;
            }
            catch (OperationCanceledException) when (overall is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
            {
                throw new RemoteException(RemoteError.TimedOut, $"It took longer than {options.Timeouts.Overall.TotalSeconds} seconds.") { Path = path, IsTransient = true };
            }
            catch (IOException failed)
            {
                _connected |= failed is FileException;
                fault = failed;
            }

            if (progress?.Invoke() is { } now && now > reached)
            {
                (reached, attempt, delay) = (now, 0, options.Retry.FirstDelay);
            }

            if (attempt >= options.Retry.Attempts || !MayRepeat(repeats, fault))
            {
                RemoteFaults.Throw(fault, path);
            }

            telemetry.Again(operation);
            Log.Again(logger, server, operation, delay, fault.Message);
            try
            {
                await Task.Delay(delay, Clock, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                RemoteFaults.Throw(fault, path);
            }

            var longer = delay * options.Retry.Factor;
            delay = longer < options.Retry.MostDelay ? longer : options.Retry.MostDelay;
        }
    }

    private bool MayRepeat(Repeats repeats, IOException fault) =>
        IsWorthRetrying(fault)
        && (_connected || options.Retry.RetriesFirstConnection)
        && repeats switch
        {
            Repeats.Always => true,
            Repeats.Unheard => fault is ConnectionException { Error: ConnectionError.Unreachable or ConnectionError.Busy },
            _ => false,
        };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Server}: {Operation} {Path} took {Time}: {Outcome}")]
        public static partial void Ended(ILogger logger, string server, string operation, string path, TimeSpan time, string outcome);

        [LoggerMessage(LogLevel.Warning, "{Server}: {Operation} failed and is tried again in {Delay}: {Why}")]
        public static partial void Again(ILogger logger, string server, string operation, TimeSpan delay, string why);
    }
}
