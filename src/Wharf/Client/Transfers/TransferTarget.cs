using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>
/// Where the bytes of one copy go until they have their name. Three ways: what the back end offers for replacing
/// (<see cref="FileCreation.Replace"/>); a part file beside the target, whose name we choose, where the copy shall be continued or hashed by the
/// server before it counts; or in place.
/// </summary>
/// <param name="call">What it is part of.</param>
/// <param name="to">The target.</param>
/// <param name="source">What is known of the source.</param>
internal sealed partial class TransferTarget(TransferCall call, FilePlace to, Entry source)
{
    /// <summary>
    /// What may have been in flight when a connection was lost: where a server writes at any place, the last bytes of a part may have a hole
    /// in them, and are sent again.
    /// </summary>
    private const long InFlightBytes = 8 * 1024 * 1024;

    private const int MostLinks = 8;
    private const int PlainModeBits = 0x1FF; // 0777

    private readonly TransferOptions _options = call.Options;
    private IFile? _file;
    private Way _way;
    private VirtualPath _final = to.Path;
    private VirtualPath _part;
    private bool _begun;
    private bool _isServerCopy;
    private bool _isStable;
    private bool _isRenaming;
    private bool _done;

    private enum Way
    {
        Undecided,
        Replacement,
        Part,
        InPlace,
    }

    /// <summary>Bytes that are whole, where parts behind them were written too: the length says nothing then.</summary>
    public long? Beginning { get; set; }

    /// <summary>The open file.</summary>
    public IFile File => _file ?? throw new InvalidOperationException("The target is not open.");

    /// <summary>Where the bytes are now, by name; null where they have none.</summary>
    private VirtualPath? Place => _way switch
    {
        Way.Part => _part,
        Way.InPlace => _final,
        _ => null,
    };

    private bool IsRemote => to.Remote is not null;

    /// <summary>
    /// Has the server copy the file, where both ends are one that can. False where it cannot; then the bytes go through us, which takes a
    /// second connection of the same server.
    /// </summary>
    public async Task<bool> TryCopyAtServerAsync(FilePlace from, CancellationToken cancel)
    {
        if (!call.IsWithinOne || call.ToFacts is not { CopiesFiles: true })
        {
            return false;
        }

        await DecideAsync(cancel).ConfigureAwait(false);
        var into = _way == Way.InPlace ? _final : Choose(stable: false);
        try
        {
            _begun = _isServerCopy = true;
            await to.Remote!.CopyAsync(from.Path, into, cancel).ConfigureAwait(false);
        }
        catch (FileException failure) when (failure.Error == FileError.NotSupported)
        {
            _begun = _isServerCopy = false;
            _way = Way.Undecided;
            return false;
        }

        return true;
    }

    /// <summary>Whether the renaming whose answer was lost has happened: the part is gone, and the name has what was copied.</summary>
    public async Task<bool> WasPutInPlaceAsync(long length, CancellationToken cancel) =>
        _isRenaming
        && await to.Files.StatAsync(_part, LinkHandling.Self, cancel).ConfigureAwait(false) is null
        && await to.Files.StatAsync(_final, LinkHandling.Self, cancel).ConfigureAwait(false) is { IsFile: true } there
        && (!there.Known.HasFlag(EntryFacts.Length) || there.Length == length);

    /// <summary>Opens it. Returns how many bytes of the source it has already.</summary>
    public async Task<long> OpenAsync(FilePlace from, CancellationToken cancel)
    {
        long have = await OpenAsItIsAsync(from, cancel).ConfigureAwait(false);
        if (Beginning is { } whole && whole < have)
        {
            await File.ChangeAsync(new() { Length = whole }, cancel).ConfigureAwait(false);
            have = whole;
        }

        Beginning = null;
        return have;
    }

    private async Task<long> OpenAsItIsAsync(FilePlace from, CancellationToken cancel)
    {
        if (_file is not null)
        {
            // A local target outlives the source's connection; it was written in order.
            return _way == Way.Replacement || _begun ? (await _file.StatAsync(cancel).ConfigureAwait(false)).Length : 0;
        }

        await DecideAsync(cancel).ConfigureAwait(false);
        if (_way == Way.Replacement)
        {
            _file = await to.Files.OpenAsync(
                _final, new(IsRemote ? FileAccess.Write : FileAccess.ReadWrite, FileCreation.Replace) { ExpectedLength = source.Length }, cancel)
                .ConfigureAwait(false);
            return 0;
        }

        var place = Place!.Value;
        bool mayBeThere = _begun || _options.Resume;
        long have = mayBeThere ? await FindBeginningAsync(from, place, cancel).ConfigureAwait(false) : 0;
        if (have == 0 && _options.Resume && _way == Way.Part && !_begun)
        {
            have = await AdoptAsync(from, place, cancel).ConfigureAwait(false);
            place = Place!.Value;
        }

        if (have > 0)
        {
            _file = await to.Files.OpenAsync(place, new(Access, FileCreation.Existing), cancel).ConfigureAwait(false);
            _begun = true;
            return have;
        }

        var creation = _way == Way.Part && !mayBeThere ? FileCreation.CreateNew
            : _way == Way.InPlace && _options.Existing is Existing.Fail or Existing.Keep && !_begun ? FileCreation.CreateNew
            : FileCreation.Truncate;

        // Also when the answer is lost the name may be taken by now.
        _begun = true;
        try
        {
            _file = await to.Files.OpenAsync(place, new(Access, creation) { ExpectedLength = source.Length }, cancel).ConfigureAwait(false);
        }
        catch (FileException taken) when (taken.Error == FileError.Exists && _way == Way.Part && _isStable && creation == FileCreation.CreateNew)
        {
            // The unfinished part of an earlier copy, or of one that is under way: it stays, and this copy goes beside it.
            _file = await to.Files.OpenAsync(Choose(stable: false), new(Access, creation) { ExpectedLength = source.Length }, cancel).ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>The connection was lost: what is open at a server is gone, what is open here stays.</summary>
    public async Task LoseAsync(Exception failure)
    {
        if (IsRemote || failure is not ConnectionException)
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Compares the target's length with what was copied.</summary>
    /// <param name="length">What was copied.</param>
    /// <param name="trusts">Whether a server's acknowledgement of every byte is enough.</param>
    /// <param name="cancel">Ends the call.</param>
    public async Task CheckLengthAsync(long length, bool trusts, CancellationToken cancel)
    {
        if (trusts && File is IBulkFile)
        {
            return;
        }

        var there = await File.StatAsync(cancel).ConfigureAwait(false);
        if (there.Known.HasFlag(EntryFacts.Length) && there.Length != length)
        {
            throw new RemoteException(RemoteError.Mismatch, $"{to.Path} has {there.Length} bytes, but {length} were copied.")
            {
                Path = to.Path.Value,
                IsTransient = true,
            };
        }
    }

    /// <summary>The hash of what was written, by the server; null where it cannot.</summary>
    public async Task<byte[]?> HashAtServerAsync(string algorithm, long length, CancellationToken cancel) =>
        Place is { } place && call.ToFacts?.HashAlgorithms.Contains(algorithm) == true
            ? await to.Remote!.HashAsync(place, algorithm, 0, length, cancel).ConfigureAwait(false)
            : null;

    /// <summary>The hash of what was written, by reading it again.</summary>
    public async Task<byte[]> HashReadBackAsync(string algorithm, long length, CancellationToken cancel)
    {
        if (!IsRemote)
        {
            return await HashChoice.OfAsync(File, algorithm, 0, length, cancel).ConfigureAwait(false);
        }

        var reading = await to.Files.OpenAsync(Place!.Value, OpenMode.Read, cancel).ConfigureAwait(false);
        await using (reading.ConfigureAwait(false))
        {
            return await HashChoice.OfAsync(reading, algorithm, 0, length, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Sets the attributes, on the open file where the back end can, and puts the file under its name.</summary>
    public async Task CommitAsync(AttributeChange change, CancellationToken cancel)
    {
        // A server takes the attributes together with the name and refuses both: what it cannot set it is not asked for.
        var abilities = to.Files.Abilities;
        change = change with
        {
            Mode = abilities.HasFlag(Abilities.Modes) ? change.Mode : null,
            Modified = abilities.HasFlag(Abilities.Times) && (!IsRemote || call.ToFacts?.SetsTimes is not null) ? change.Modified : null,
        };

        if (_way == Way.Part && change.Mode is null && to.Files.Abilities.HasFlag(Abilities.Modes)
            && await to.Files.StatAsync(_final, LinkHandling.Self, cancel).ConfigureAwait(false) is { IsFile: true } old
            && old.Known.HasFlag(EntryFacts.Mode))
        {
            // As FileCreation.Replace does: the name keeps its permissions.
            change = change with { Mode = old.Mode & PlainModeBits };
        }

        bool isSet = _file is not null && await TrySetAsync(() => _file.ChangeAsync(change, cancel), change).ConfigureAwait(false);
        bool replaces = _options.Existing is Existing.Replace or Existing.ReplaceOlder;
        if (_way == Way.Part)
        {
            if (_options.Durable && _file is not null)
            {
                await _file.FlushAsync(cancel).ConfigureAwait(false);
            }

            // Some servers tell only now that the disk was full.
            if (_file is not null)
            {
                await _file.CommitAsync(replace: true, durable: false, cancel).ConfigureAwait(false);
            }

            await CloseStrictlyAsync(cancel).ConfigureAwait(false);
            await RenameAsync(replaces, cancel).ConfigureAwait(false);
        }
        else if (_file is not null)
        {
            try
            {
                await _file.CommitAsync(replaces, _options.Durable, cancel).ConfigureAwait(false);
            }
            catch (FileException refused) when (refused.IsInPlace)
            {
                // As TrySetAsync has it: what the server cannot is left, what it will not is an error, of a file that is there.
                _done = true;
                if (refused.Error != FileError.NotSupported)
                {
                    throw;
                }
            }
            catch (FileException failure) when (failure.Error == FileError.NotSupported)
            {
                throw CannotReplace(failure);
            }

            await CloseStrictlyAsync(cancel).ConfigureAwait(false);
        }

        _done = true;
        if (!isSet)
        {
            await TrySetAsync(() => to.Files.ChangeAsync(_final, change, LinkHandling.Follow, cancel), change).ConfigureAwait(false);
        }
    }

    /// <summary>The copy failed: a part that cannot be continued is removed, as far as that can be done soon.</summary>
    public async Task AbandonAsync(Exception failure)
    {
        await CloseAsync().ConfigureAwait(false);
        bool isKept = _isStable && failure is not RemoteException { Error: RemoteError.Mismatch };
        if (_way == Way.Part && _begun && !_done && (!isKept || _isServerCopy))
        {
            await RemovePartAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private Task RemovePartAsync() => PartNames.RemoveAsync(call.Engine, to.At(_part));

    private FileAccess Access => IsRemote ? FileAccess.Write : FileAccess.ReadWrite;

    private async Task DecideAsync(CancellationToken cancel)
    {
        if (_way != Way.Undecided)
        {
            return;
        }

        bool isLong = !source.Known.HasFlag(EntryFacts.Length) || source.Length >= call.Engine.LeastResumedBytes;
        if (!_options.Atomic)
        {
            _way = Way.InPlace;
        }
        else if (((_options.Resume || _options.KeepUnfinished) && isLong) || (IsRemote && (isLong || HashChoice.Algorithm(call) is not null)))
        {
            // A rename would replace a link itself, and not what it points to.
            for (int links = 0; await to.Files.StatAsync(_final, LinkHandling.Self, cancel).ConfigureAwait(false) is { Kind: EntryKind.Link }; links++)
            {
                if (links == MostLinks)
                {
                    throw new FileException(FileError.LinkLoop, to.Path);
                }

                _final = _final.Parent.Resolve(await to.Files.ReadLinkAsync(_final, cancel).ConfigureAwait(false));
            }

            Choose(_options.Resume || (_options.KeepUnfinished && isLong));
        }
        else
        {
            _way = Way.Replacement;
        }
    }

    private VirtualPath Choose(bool stable)
    {
        _way = Way.Part;
        _isStable = stable;
        return _part = _final.Parent.Append(PartNames.Of(_final.Name, stable ? PartNames.TagOf(_final.Name, source) : PartNames.RandomTag()));
    }

    private RemoteException CannotReplace(FileException failure) => new(
        RemoteError.NotSupported,
        $"The server does not replace {to.Path} in one step. TransferOptions.Atomic = false writes it in place.",
        failure)
    {
        Path = to.Path.Value,
        ServerReply = failure.ServerReply,
    };

    private async Task RenameAsync(bool replaces, CancellationToken cancel)
    {
        _isRenaming = true;
        try
        {
            await to.Files.RenameAsync(_part, _final, replaces, cancel).ConfigureAwait(false);
        }
        catch (FileException failure) when (failure.Error == FileError.NotSupported || (replaces && failure.Error == FileError.Exists))
        {
            throw CannotReplace(failure);
        }
    }

    /// <summary>Sets attributes where the back end can; false where it cannot that way.</summary>
    private static async Task<bool> TrySetAsync(Func<ValueTask> set, AttributeChange change)
    {
        if (change == default)
        {
            return true;
        }

        try
        {
            await set().ConfigureAwait(false);
            return true;
        }
        catch (FileException failure) when (failure.Error is FileError.NotSupported)
        {
            return false;
        }
    }

    private async Task CloseStrictlyAsync(CancellationToken cancel)
    {
        if (_file is { } file)
        {
            _file = null;
            await file.DisposeAsync().AsTask().WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task CloseAsync()
    {
        if (_file is not { } file)
        {
            return;
        }

        _file = null;
        try
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            // The copy has failed, or was put under its name: closing decides nothing any more.
            Log.NotClosed(call.Engine.Logger, to.Path, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Path}: continued behind {Bytes} bytes that are there, by {Means}")]
        public static partial void Resumed(ILogger logger, VirtualPath path, long bytes, string means);

        [LoggerMessage(LogLevel.Information, "{Path}: begun anew, since the {Bytes} bytes that are there are not its beginning")]
        public static partial void BegunAnew(ILogger logger, VirtualPath path, long bytes);

        [LoggerMessage(LogLevel.Debug, "{Path}: closing failed: {Reason}")]
        public static partial void NotClosed(ILogger logger, VirtualPath path, string reason);
    }
}
