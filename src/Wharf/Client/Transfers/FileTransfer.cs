using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>
/// One file on its way: opened at both ends, copied, checked, given its times and mode, and put under its name. A lost connection is made
/// again and the copy goes on where it was. What fails leaves nothing under the target's name where the copy is atomic.
/// </summary>
/// <param name="call">What it is part of.</param>
/// <param name="from">The source.</param>
/// <param name="to">The target.</param>
/// <param name="known">What a listing told of the source; null asks for it.</param>
internal sealed partial class FileTransfer(TransferCall call, FilePlace from, FilePlace to, Entry? known)
{
    /// <summary>What <see cref="TransferResult.VerifiedBy"/> says where no hash was compared.</summary>
    public const string ByLength = "length";

    /// <summary>
    /// In a tree, the length of a shorter remote target is not asked for once more: the server has acknowledged every byte, and the question
    /// would cost as much as the file.
    /// </summary>
    private const long LeastBytesAsked = 64 * 1024;

    /// <summary>Times that differ by less are the same: FTP and SFTP 3 carry seconds.</summary>
    private static readonly TimeSpan SameTime = TimeSpan.FromSeconds(1);

    private const int PlainModeBits = 0x1FF; // 0777: setuid, setgid and sticky are never carried over

    private readonly TransferOptions _options = call.Options;
    private readonly Lock _counting = new();
    private long _position;
    private long _counted;
    private (long Length, string VerifiedBy)? _finishing;
    private TransferItem? _item;
    private TransferItemState _outcome = TransferItemState.Failed;

    /// <summary>Whether it is one of many.</summary>
    public bool InTree { get; init; }

    /// <summary>Copies it.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        call.Meter.Began(from.Path.Value);
        _item = call.Meter.Begin(from.Path.Value, to.Path.Value, known?.Length ?? 0);
        try
        {
            await RunToItsEndAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            await call.Meter.EndAsync(_item, _outcome).ConfigureAwait(false);
        }
    }

    private async Task RunToItsEndAsync(CancellationToken cancel)
    {
        if (call.IsWithinOne && from.Path == to.Path)
        {
            throw new RemoteException(RemoteError.Usage, $"{from.Path} cannot be copied onto itself.") { Path = from.Path.Value };
        }

        var source = await FindSourceAsync(cancel).ConfigureAwait(false);
        _item?.Expect(source.Length);
        if (!InTree)
        {
            call.Meter.Expect(1, source.Length);
        }

        if (await LeavesTargetAsync(source, cancel).ConfigureAwait(false))
        {
            Leave(source);
            return;
        }

        if (!_options.Atomic && !_options.Resume)
        {
            await Backup.KeepAsync(call, to.Path, cancel).ConfigureAwait(false);
        }

        var target = new TransferTarget(call, to, source);
        var attempts = new Attempts(call.Engine, from.Path.ToString());
        try
        {
            while (true)
            {
                long before = _counted;
                try
                {
                    await OnceAsync(source, target, cancel).ConfigureAwait(false);
                    return;
                }
                catch (IOException failure) when (attempts.MayFollow(failure, _counted > before))
                {
                    await target.LoseAsync(failure).ConfigureAwait(false);
                    await attempts.WaitAsync(failure, cancel).ConfigureAwait(false);
                }
            }
        }
        catch (FileException failure) when (failure.Error == FileError.Exists && _options.Existing is Existing.Keep or Existing.Fail)
        {
            // Something came under the name meanwhile.
            await target.AbandonAsync(failure).ConfigureAwait(false);
            if (_options.Existing == Existing.Fail)
            {
                throw ExistsAlready(failure);
            }

            Leave(source);
        }
        catch (ConnectionException failure)
        {
            await target.AbandonAsync(failure).ConfigureAwait(false);
            throw new ConnectionException(failure.Error, $"{failure.Message} That was while copying {from.Path} to {to.Path}.", failure)
            {
                ServerReply = failure.ServerReply,
            };
        }
        catch (Exception failure)
        {
            await target.AbandonAsync(failure).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await target.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Leave(Entry source)
    {
        _outcome = TransferItemState.Kept;
        call.Meter.Left(source.Length);
    }

    private async Task<Entry> FindSourceAsync(CancellationToken cancel)
    {
        // A listing in minutes is too rough to be carried over.
        if (known is { IsFile: true } entry && entry.Known.HasFlag(EntryFacts.Length)
            && (!_options.PreserveTimes || entry is { ModifiedPrecision.TotalSeconds: <= 1 }))
        {
            return entry;
        }

        entry = await Attempts.RepeatAsync(
                call.Engine, from.Path.ToString(), stop => from.Files.StatAsync(from.Path, LinkHandling.Follow, stop).AsTask(), cancel)
            .ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from.Path);
        return entry.Kind switch
        {
            EntryKind.Directory => throw new FileException(FileError.IsDirectory, from.Path),
            EntryKind.File or EntryKind.Unknown or EntryKind.Link => entry,
            _ => throw new FileException(FileError.NotRegular, from.Path),
        };
    }

    /// <summary>Whether what is there stays, by the options.</summary>
    private async Task<bool> LeavesTargetAsync(Entry source, CancellationToken cancel)
    {
        if (_options.Existing == Existing.Replace && (!_options.Resume || !source.Known.HasFlag(EntryFacts.Length)))
        {
            return false;
        }

        var there = await Attempts.RepeatAsync(
            call.Engine, to.Path.ToString(), stop => to.Files.StatAsync(to.Path, LinkHandling.Follow, stop).AsTask(), cancel).ConfigureAwait(false);
        return there is not null && _options.Existing switch
        {
            Existing.Fail => throw ExistsAlready(null),
            Existing.Keep => true,
            Existing.Replace => await IsWholeAsync(source, there, cancel).ConfigureAwait(false),

            // Newer beyond doubt: what is not known, or lies within what the two clocks' figures can say, replaces nothing.
            _ => !source.Known.HasFlag(EntryFacts.Modified) || !there.Known.HasFlag(EntryFacts.Modified)
                || source.Modified <= there.Modified + there.ModifiedPrecision,
        };
    }

    /// <summary>Whether an earlier copy came to its end: the same length, and the same time or hash.</summary>
    private async Task<bool> IsWholeAsync(Entry source, Entry there, CancellationToken cancel)
    {
        if (!there.IsFile || !there.Known.HasFlag(EntryFacts.Length) || there.Length != source.Length)
        {
            return false;
        }

        if (source.Known.HasFlag(EntryFacts.Modified) && there.Known.HasFlag(EntryFacts.Modified)
            && source.Modified < there.Modified + there.ModifiedPrecision + SameTime
            && there.Modified < source.Modified + source.ModifiedPrecision + SameTime)
        {
            return true;
        }

        return source.Length >= call.Engine.LeastResumedBytes
            && await HashChoice.SameBeginningAsync(call, from, to, source.Length, cancel).ConfigureAwait(false) == true;
    }

    private RemoteException ExistsAlready(Exception? cause) =>
        new(RemoteError.Exists, $"{to.Path} is there already.", cause) { Path = to.Path.Value };

    private async Task OnceAsync(Entry source, TransferTarget target, CancellationToken cancel)
    {
        if (_finishing is { } finishing && await target.WasPutInPlaceAsync(finishing.Length, cancel).ConfigureAwait(false))
        {
            Copied(finishing.VerifiedBy);
            return;
        }

        if (await target.TryCopyAtServerAsync(from, cancel).ConfigureAwait(false))
        {
            Advance(source.Length);
            await FinishAsync(source, target, source.Length, ByLength, cancel).ConfigureAwait(false);
            return;
        }

        if (await target.TryCopyDirectlyAsync(from, cancel).ConfigureAwait(false))
        {
            long length = await target.CheckDirectAsync(from, cancel).ConfigureAwait(false);
            Advance(length);
            string verifiedBy = HashChoice.Algorithm(call) is { } hash
                ? await VerifyAsync(hash, null, null, target, length, cancel).ConfigureAwait(false)
                : ByLength;
            await FinishAsync(source, target, length, verifiedBy, cancel).ConfigureAwait(false);
            return;
        }

        var reading = await OpenSourceAsync(source, cancel).ConfigureAwait(false);
        await using (reading.ConfigureAwait(false))
        {
            long at = await target.OpenAsync(from, cancel).ConfigureAwait(false);
            _position = at;
            if (at > _counted)
            {
                call.Meter.Kept(at - _counted);
                _counted = at;
                _item?.At(at);
            }

            string? algorithm = HashChoice.Algorithm(call);
            var (length, digest) = await CopyAsync(source, reading, target, at, algorithm, cancel).ConfigureAwait(false);
            source = await SettleLengthAsync(source, reading, length, cancel).ConfigureAwait(false);
            await target.CheckLengthAsync(length, InTree && length < LeastBytesAsked, cancel).ConfigureAwait(false);
            string verifiedBy = algorithm is null
                ? ByLength
                : await VerifyAsync(algorithm, digest, reading, target, length, cancel).ConfigureAwait(false);
            await FinishAsync(source, target, length, verifiedBy, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Where a transfer has its connection for itself, as in FTP, and both ends are one server, the file is fetched whole first: a copy that held
    /// one connection while it waited for another of the same pool could wait for ever.
    /// </summary>
    private async Task<IFile> OpenSourceAsync(Entry source, CancellationToken cancel)
    {
        var reading = await from.Files.OpenAsync(from.Path, OpenMode.Read with { ExpectedLength = HintFor(source) }, cancel).ConfigureAwait(false);
        if (!call.IsWithinOne || from.Remote is null || from.Files.Abilities.HasFlag(Abilities.RandomWrites))
        {
            return reading;
        }

        await using (reading.ConfigureAwait(false))
        {
            using var watch = new StallWatch(from.Path.ToString(), call.Engine.Timeouts, call.Engine.Clock, cancel);
            try
            {
                return await FetchedFile.OfAsync(reading, call.Engine.Clock, watch.Moved, watch.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (watch.Failure is not null && !cancel.IsCancellationRequested)
            {
                throw watch.Failure;
            }
        }
    }

    /// <summary>The length of a small file that a listing has just told, which its server need not be asked for again; 0 for none.</summary>
    private long HintFor(Entry source) =>
        InTree && source is { IsFile: true, Length: > 0 and < LeastBytesAsked } && source.Known.HasFlag(EntryFacts.Length) ? source.Length : 0;

    private async Task<(long Length, byte[]? Digest)> CopyAsync(
        Entry entry, IFile reading, TransferTarget target, long at, string? algorithm, CancellationToken cancel)
    {
        using var watch = new StallWatch(from.Path.ToString(), call.Engine.Timeouts, call.Engine.Clock, cancel);
        bool watches = from.Remote is not null || to.Remote is not null;
        var range = new BulkRange(at, at, long.MaxValue)
        {
            // So that what is at the target when a connection is lost is the beginning of the file, and can be hashed as it comes.
            InOrder = true,
            Moved = count =>
            {
                watch.Moved(count);
                Advance(count);
            },
        };

        var (source, writing) = (reading, target.File);
        long left = entry.Known.HasFlag(EntryFacts.Length) ? entry.Length - at : 0;
        if (SegmentedCopy.Applies(call, from, to, reading, writing, left, InTree))
        {
            try
            {
                return (at + await new SegmentedCopy(call, from, reading, writing, range.Moved).RunAsync(at, left, watch.Token).ConfigureAwait(false), null);
            }
            catch (SegmentsLost lost)
            {
                target.Beginning = lost.Beginning;
                ExceptionDispatchInfo.Throw(lost.InnerException!);
            }
            catch (OperationCanceledException) when (watch.Failure is not null && !cancel.IsCancellationRequested)
            {
                // Which bytes are whole nobody knows now.
                target.Beginning = at;
                throw watch.Failure;
            }
        }

        bool atSource = writing is IBulkFile && reading is not IBulkFile;
        var hashed = algorithm is not null && at == 0 ? new HashedFile(atSource ? source : writing, algorithm) : null;
        if (hashed is not null)
        {
            // At the end that is not bulk, or else at the target's: there the bytes come by in order.
            source = atSource ? hashed : source;
            writing = atSource ? writing : hashed;
        }

        try
        {
            long copied = await ByteCopy.CopyAsync(source, writing, range, watches ? watch.Token : cancel).ConfigureAwait(false);
            return (at + copied, hashed?.Finish(at + copied));
        }
        catch (OperationCanceledException) when (watch.Failure is not null && !cancel.IsCancellationRequested)
        {
            throw watch.Failure;
        }
        finally
        {
            hashed?.Dispose();
        }
    }

    /// <summary>Bytes arrived; those that arrived in an earlier attempt already are not counted again.</summary>
    private void Advance(long count)
    {
        long more;

        // The parts of a file arrive beside each other.
        lock (_counting)
        {
            _position += count;
            more = _position - _counted;
            if (more <= 0)
            {
                return;
            }

            _counted = _position;
            _item?.At(_counted);
        }

        call.Meter.Moved(more);
    }

    /// <summary>
    /// Compares what came with what the source said. A source that changed meanwhile, as logs do, is followed where the count lies between
    /// what it said before and what it says now; anything else is lost bytes. A stated 0 is no promise: /proc says 0 of everything.
    /// </summary>
    private async Task<Entry> SettleLengthAsync(Entry source, IFile reading, long length, CancellationToken cancel)
    {
        if (!source.Known.HasFlag(EntryFacts.Length) || length == source.Length)
        {
            return source;
        }

        var now = await reading.StatAsync(cancel).ConfigureAwait(false);
        long least = Math.Min(source.Length, now.Length);
        if ((length >= least && length <= Math.Max(source.Length, now.Length)) || (source.Length == 0 && now.Length == 0)
            || !now.Known.HasFlag(EntryFacts.Length))
        {
            Log.Changed(call.Engine.Logger, from.Path, source.Length, length);
            return now;
        }

        throw new RemoteException(RemoteError.Mismatch, $"{from.Path} has {now.Length} bytes, but {length} were copied.")
        {
            Path = from.Path.Value,
            IsTransient = true,
        };
    }

    private async Task<string> VerifyAsync(
        string algorithm, byte[]? digest, IFile? reading, TransferTarget target, long length, CancellationToken cancel)
    {
        // The digest of the bytes that went by stands for the end that no server can speak for.
        byte[]? ofSource = call.FromFacts?.HashAlgorithms.Contains(algorithm) == true
            ? await from.Remote!.HashAsync(from.Path, algorithm, 0, length, cancel).ConfigureAwait(false)
            : digest;
        byte[]? ofTarget = await target.HashAtServerAsync(algorithm, length, cancel).ConfigureAwait(false);
        bool readsBack = ofTarget is null && (call.FromFacts?.HashAlgorithms.Contains(algorithm) != true || digest is null);
        ofSource ??= await HashChoice.OfAsync(reading!, algorithm, 0, length, cancel).ConfigureAwait(false);
        ofTarget ??= readsBack ? await target.HashReadBackAsync(algorithm, length, cancel).ConfigureAwait(false) : digest!;
        return ofSource.AsSpan().SequenceEqual(ofTarget)
            ? algorithm
            : throw new RemoteException(RemoteError.Mismatch, $"The {algorithm} of {from.Path} is not that of its copy {to.Path}.")
            {
                Path = from.Path.Value,
                IsTransient = true,
            };
    }

    private async Task FinishAsync(Entry source, TransferTarget target, long length, string verifiedBy, CancellationToken cancel)
    {
        var change = new AttributeChange
        {
            Modified = _options.PreserveTimes && source.Known.HasFlag(EntryFacts.Modified) ? source.Modified : null,
            Mode = _options.PreserveMode && source.Known.HasFlag(EntryFacts.Mode) ? source.Mode & PlainModeBits : null,
        };
        if (_options.Atomic)
        {
            await Backup.KeepAsync(call, to.Path, cancel).ConfigureAwait(false);
        }

        _finishing = (length, verifiedBy);
        await target.CommitAsync(change, cancel).ConfigureAwait(false);
        Log.Copied(call.Engine.Logger, from.Path, to.Path, length, verifiedBy);
        Copied(verifiedBy);
    }

    private void Copied(string verifiedBy)
    {
        _outcome = TransferItemState.Copied;
        call.Meter.Copied(verifiedBy);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{From}: copied to {To}, {Bytes} bytes, verified by {Means}")]
        public static partial void Copied(ILogger logger, VirtualPath from, VirtualPath to, long bytes, string means);

        [LoggerMessage(LogLevel.Warning, "{From}: changed while it was copied: it had {Before} bytes, and {Copied} were copied")]
        public static partial void Changed(ILogger logger, VirtualPath from, long before, long copied);
    }
}
