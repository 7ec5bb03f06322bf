using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>What is there already of a copy that goes on.</summary>
internal sealed partial class TransferTarget
{
    /// <summary>
    /// How many bytes at that place are the beginning of the source: by the server's hash where it has one, else by their count. Part files
    /// of ours carry the source's length and time in their names, so one with another source's beginning has another name.
    /// </summary>
    private async Task<long> FindBeginningAsync(FilePlace from, VirtualPath place, CancellationToken cancel)
    {
        var there = await to.Files.StatAsync(place, LinkHandling.Self, cancel).ConfigureAwait(false);
        if (there is null || there.Length == 0)
        {
            return 0;
        }

        if (!there.IsFile)
        {
            throw new FileException(FileError.NotRegular, place);
        }

        long have = there.Length;
        if (_begun && (!IsRemote || !to.Files.Abilities.HasFlag(Abilities.RandomWrites)))
        {
            return have;
        }

        if (source.Known.HasFlag(EntryFacts.Length) && have > source.Length)
        {
            return _way == Way.Part ? 0 : throw Conflict($"{to.Path} is longer than {from.Path}, so it is not its beginning.");
        }

        if (_begun)
        {
            return Math.Max(0, have - InFlightBytes);
        }

        var same = await HashChoice.SameBeginningAsync(call, from, to.At(place), have, cancel).ConfigureAwait(false);
        switch (same)
        {
            case true:
                Log.Resumed(call.Engine.Logger, to.Path, have, "their hash");
                return have;
            case false when _way == Way.Part:
                Log.BegunAnew(call.Engine.Logger, to.Path, have);
                return 0;
            case false:
                throw Conflict($"The {have} bytes of {to.Path} are not the beginning of {from.Path}.");
        }

        if (_way == Way.InPlace && source.Known.HasFlag(EntryFacts.Modified) && there.Known.HasFlag(EntryFacts.Modified)
            && source.Modified > there.Modified + there.ModifiedPrecision)
        {
            throw Conflict($"{from.Path} has changed since the {have} bytes of {to.Path} were written.");
        }

        Log.Resumed(call.Engine.Logger, to.Path, have, "their count");
        return IsRemote && to.Files.Abilities.HasFlag(Abilities.RandomWrites) ? Math.Max(0, have - InFlightBytes) : have;
    }

    /// <summary>
    /// A shorter file under the target's own name, of unknown origin, is continued too: a copy of it where this side or the server can make one,
    /// so that the name keeps what it has until the end, else itself. Not where the source was written to after it.
    /// </summary>
    private async Task<long> AdoptAsync(FilePlace from, VirtualPath part, CancellationToken cancel)
    {
        if (await to.Files.StatAsync(_final, LinkHandling.Self, cancel).ConfigureAwait(false) is not { IsFile: true, Length: > 0 } there
            || !source.Known.HasFlag(EntryFacts.Length) || there.Length >= source.Length)
        {
            return 0;
        }

        bool isOlder = source.Known.HasFlag(EntryFacts.Modified) && there.Known.HasFlag(EntryFacts.Modified)
            && source.Modified > there.Modified + there.ModifiedPrecision;
        bool? same = isOlder ? false : await HashChoice.SameBeginningAsync(call, from, to.At(_final), there.Length, cancel).ConfigureAwait(false);
        if (same == false)
        {
            Log.BegunAnew(call.Engine.Logger, to.Path, there.Length);
            return 0;
        }

        if (!IsRemote)
        {
            _begun = true;
            var reading = await to.Files.OpenAsync(_final, OpenMode.Read, cancel).ConfigureAwait(false);
            await using (reading.ConfigureAwait(false))
            {
                var writing = await to.Files.OpenAsync(part, new(FileAccess.Write, FileCreation.Truncate), cancel).ConfigureAwait(false);
                await using (writing.ConfigureAwait(false))
                {
                    await FileCopy.CopyAsync(reading, 0, writing, 0, there.Length, cancel).ConfigureAwait(false);
                }
            }
        }
        else if (call.ToFacts is { CopiesFiles: true })
        {
            _begun = true;
            await to.Remote!.CopyAsync(_final, part, cancel).ConfigureAwait(false);
        }
        else
        {
            _way = Way.InPlace;
        }

        Log.Resumed(call.Engine.Logger, to.Path, there.Length, same == true ? "their hash" : "their count");
        return there.Length;
    }

    private RemoteException Conflict(string message) => new(RemoteError.Conflict, message) { Path = to.Path.Value };
}
