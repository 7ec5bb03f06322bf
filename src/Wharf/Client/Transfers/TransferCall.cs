using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>What all files of one call of the engine share: the ends and what they can do, the options, the count.</summary>
internal sealed class TransferCall : IDisposable
{
    private TransferCall(TransferEngine engine, FilePlace from, FilePlace to, TransferOptions options, TransferMeter meter)
    {
        Engine = engine;
        From = from;
        To = to;
        Options = options;
        Meter = meter;
    }

    public TransferEngine Engine { get; }

    /// <summary>What is copied: a file or a directory.</summary>
    public FilePlace From { get; }

    /// <summary>What it becomes.</summary>
    public FilePlace To { get; }

    public TransferOptions Options { get; }

    public TransferMeter Meter { get; }

    /// <summary>What the server of the source does; null for a local one.</summary>
    public RemoteFacts? FromFacts { get; private set; }

    /// <summary>What the server of the target does; null for a local one.</summary>
    public RemoteFacts? ToFacts { get; private set; }

    /// <summary>Whether both ends are one file system.</summary>
    public bool IsWithinOne => ReferenceEquals(From.Files, To.Files);

    /// <summary>Begins; connects to both ends.</summary>
    public static async Task<TransferCall> BeginAsync(
        TransferEngine engine,
        FilePlace from,
        FilePlace to,
        TransferOptions options,
        IProgress<TransferProgress>? progress,
        CancellationToken cancel)
    {
        var fromFacts = await FactsAsync(engine, from, cancel).ConfigureAwait(false);
        var toFacts = ReferenceEquals(from.Files, to.Files) ? fromFacts : await FactsAsync(engine, to, cancel).ConfigureAwait(false);
        return new(engine, from, to, options, new TransferMeter(progress, engine.Clock)) { FromFacts = fromFacts, ToFacts = toFacts };
    }

    /// <summary>The same call the other way, counting together.</summary>
    public TransferCall Reversed() => new(Engine, To, From, Options, Meter) { FromFacts = ToFacts, ToFacts = FromFacts };

    /// <summary>Runs the work within the overall time, and ends the count whatever comes of it.</summary>
    public async Task<TransferResult> RunAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        var overall = Engine.Timeouts.Overall;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = overall > TimeSpan.Zero
            ? Engine.Clock.CreateTimer(_ => ends.Cancel(), null, overall, Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            await work(ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            await Meter.EndAsync().ConfigureAwait(false);
            throw new ConnectionException(
                ConnectionError.TimedOut,
                FormattableString.Invariant($"The transfer took longer than {overall.TotalSeconds} seconds, after {Meter.Bytes} bytes."));
        }
        catch
        {
            await Meter.EndAsync().ConfigureAwait(false);
            throw;
        }

        return await Meter.EndAsync().ConfigureAwait(false);
    }

    /// <summary>Makes a directory of the target and those above it, as far as they are missing.</summary>
    public async Task MakeDirectoriesAsync(VirtualPath path, CancellationToken cancel)
    {
        if (path.IsRoot || await To.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is { IsDirectory: true })
        {
            return;
        }

        await MakeDirectoriesAsync(path.Parent, cancel).ConfigureAwait(false);
        await MakeDirectoryAsync(path, cancel).ConfigureAwait(false);
    }

    /// <summary>Makes a directory of the target, whose parent is there. One that is there already is fine.</summary>
    public async Task MakeDirectoryAsync(VirtualPath path, CancellationToken cancel)
    {
        // Here looking costs less than a refusal.
        if (To.Remote is null && await To.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is { IsDirectory: true })
        {
            return;
        }

        try
        {
            await To.Files.MakeDirectoryAsync(path, null, cancel).ConfigureAwait(false);
        }
        catch (FileException failure)
        {
            // FTP has one reply for every reason, so what is there decides.
            if (await To.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is not { IsDirectory: true })
            {
                throw failure.Error == FileError.Exists ? new FileException(FileError.NotDirectory, path, failure) : failure;
            }
        }
    }

    public void Dispose() => Meter.Dispose();

    private static async Task<RemoteFacts?> FactsAsync(TransferEngine engine, FilePlace place, CancellationToken cancel)
    {
        if (place.Remote is not { } remote)
        {
            return null;
        }

        return engine.Retry.RetriesFirstConnection
            ? await Attempts.RepeatAsync(engine, place.Path.ToString(), stop => remote.FactsAsync(stop).AsTask(), cancel).ConfigureAwait(false)
            : await remote.FactsAsync(cancel).ConfigureAwait(false);
    }
}
