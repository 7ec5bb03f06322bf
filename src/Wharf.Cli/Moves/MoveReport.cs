using System.Globalization;
using Wharf.Cli.Listing;
using Wharf.Cli.Places;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>
/// Tells how a verb that moves files gets on: lines that stand on a terminal, else one line for each file, and objects where objects are asked
/// for; at the end what it came to. Several transfers may run at once. Of files only those under way are kept.
/// </summary>
internal sealed class MoveReport : IAsyncDisposable
{
    private readonly VerbCall _call;
    private readonly string _verb;
    private readonly bool _linesPerFile;
    private readonly ProgressScreen? _screen;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly long _begun;
    private long _files;
    private long _kept;
    private long _removed;
    private long _bytes;
    private long _failed;
    private long _lines;
    private string? _verifiedBy;

    public MoveReport(VerbCall call, string verb)
    {
        (_call, _verb) = (call, verb);
        _begun = call.Clock.GetTimestamp();
        if (!call.Notices.IsQuiet)
        {
            _screen = call.Screen.ErrorsAreTerminal ? new ProgressScreen(call.Notices, call.Screen, call.Clock) : null;
            _linesPerFile = _screen is null && !call.IsJson;
        }
    }

    /// <summary>Whether anybody wants to know about single files.</summary>
    private bool Watches => _screen is not null || _linesPerFile || _call.IsJson;

    /// <summary>Runs one transfer under the eyes of this report.</summary>
    /// <param name="transfer">Given what it shall tell.</param>
    /// <param name="from">Where from, for lines.</param>
    /// <param name="to">Where to, for lines.</param>
    /// <param name="isTree">Whether it is of many files.</param>
    public async Task RunAsync(Func<IProgress<TransferProgress>?, Task<TransferResult>> transfer, MoveEnd from, MoveEnd to, bool isTree)
    {
        var watcher = Watches ? new Watcher(this, from, to, isTree) : null;
        try
        {
            var result = await transfer(watcher);
            await CountAsync(result, watcher);
            _call.Done();
        }
        finally
        {
            if (watcher is not null)
            {
                _screen?.Remove(watcher);
            }
        }
    }

    /// <summary>Something was left as it is.</summary>
    public void Kept()
    {
        Interlocked.Increment(ref _kept);
        _call.Done();
    }

    /// <summary>Tells that something failed.</summary>
    public async Task FailedAsync(RemoteException failure, Place? place)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            _failed += failure is { Error: RemoteError.Partial, Failures.Count: > 0 } ? failure.Failures.Count : 1;
            await _call.FailedAsync(failure, place);
            if (failure is { Error: RemoteError.Partial, Failures.Count: RemoteException.MostFailures })
            {
                _call.Notices.Error(FileNames.ForDisplay(failure.Message));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says what it came to.</summary>
    public async Task EndAsync(CancellationToken cancel)
    {
        _screen?.Dispose();
        var elapsed = _call.Clock.GetElapsedTime(_begun);
        if (_call.IsJson)
        {
            await _call.Output.JsonAsync(
                new TotalLine
                {
                    Verb = _verb,
                    Files = _files,
                    Bytes = _bytes,
                    Kept = _kept,
                    Removed = _removed,
                    Failed = _failed,
                    Seconds = Math.Round(elapsed.TotalSeconds, 6),
                    VerifiedBy = _verifiedBy,
                },
                JsonLines.Default.TotalLine,
                cancel);
        }
        else if (_files + _removed + _kept != 1 || _failed > 0 || _lines == 0)
        {
            string removed = _removed > 0 ? FormattableString.Invariant($", {_removed} removed") : "";
            string kept = _kept > 0 ? FormattableString.Invariant($", {_kept} left as they are") : "";
            string failed = _failed > 0 ? FormattableString.Invariant($", {_failed} failed") : "";
            _call.Notices.Say(FormattableString.Invariant($"{_files} copied{removed}{kept}{failed}, {Amount(_bytes, elapsed)}"));
        }
    }

    public ValueTask DisposeAsync()
    {
        _screen?.Dispose();
        _turn.Dispose();
        return default;
    }

    /// <summary>"1.5M in 0.3 s, 5.0M/s".</summary>
    public static string Amount(long bytes, TimeSpan elapsed)
    {
        string rate = elapsed > TimeSpan.Zero && bytes > 0 ? $", {Sizes.Human((long)(bytes / elapsed.TotalSeconds))}/s" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Sizes.Human(bytes)} in {elapsed.TotalSeconds:0.0} s{rate}");
    }

    private async Task CountAsync(TransferResult result, Watcher? watcher)
    {
        await _turn.WaitAsync(CancellationToken.None);
        _kept += result.FilesKept - (watcher?.Kept ?? 0);
        _verifiedBy = _verifiedBy is null || _verifiedBy == result.VerifiedBy ? result.VerifiedBy : "length";
        if (watcher is null)
        {
            _files += result.Files;
            _bytes += result.Bytes;
            _removed += result.Removed;
        }

        _turn.Release();
    }

    private async ValueTask EndedAsync(Watcher watcher, TransferItem item)
    {
        _screen?.Ended(item);
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            switch (item.State)
            {
                case TransferItemState.Copied:
                    _files++;
                    _bytes += item.Bytes;
                    break;
                case TransferItemState.Kept:
                    _kept++;
                    watcher.Kept++;
                    break;
                case TransferItemState.Removed:
                    _removed++;
                    break;
                default:
                    return;
            }

            if (_call.IsJson)
            {
                await _call.Output.JsonAsync(FileLine.Of(_verb, item), JsonLines.Default.FileLine);
            }
            else if (_linesPerFile || !watcher.IsTree)
            {
                _lines++;
                _call.Notices.Say(watcher.LineOf(item));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What one transfer tells.</summary>
    private sealed class Watcher(MoveReport report, MoveEnd from, MoveEnd to, bool isTree) : ITransferWatcher
    {
        public bool IsTree => isTree;

        /// <summary>Files it left as they are, which its result counts too.</summary>
        public long Kept { get; set; }

        public void Report(TransferProgress value) => report._screen?.Told(this, value);

        public void Began(TransferItem item) => report._screen?.Began(item);

        public ValueTask EndedAsync(TransferItem item) => report.EndedAsync(this, item);

        public string LineOf(TransferItem item) => item.State switch
        {
            TransferItemState.Removed => $"removed {to.TextOf(item.To)}",
            TransferItemState.Kept => $"{to.TextOf(item.To)} is whole already",
            _ => $"{from.TextOf(item.From)} -> {to.TextOf(item.To)}  {Amount(item.Bytes, item.Elapsed)}",
        };
    }
}

/// <summary>One end of transfers, as lines show it.</summary>
/// <param name="Source">Where.</param>
/// <param name="Text">In the place of all paths, for what has none: "-"; null for none.</param>
internal sealed record MoveEnd(RemoteSource? Source, string? Text = null)
{
    /// <summary>A path there: with its server, as a URL would have it.</summary>
    public string TextOf(string path) => Text ?? (Source is { Url.IsRemote: true } ? Source.Url.ToString().TrimEnd('/') + path : path);
}
