using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>Copies whose bytes go from server to server.</summary>
internal sealed partial class TransferTarget
{
    private bool _isApart;

    /// <summary>
    /// Has the source's server send the file straight to the target's, where both can. False where they cannot; then the bytes go through us.
    /// So does what shall be continued, and what shall be hashed where a server cannot do that.
    /// </summary>
    public async Task<bool> TryCopyDirectlyAsync(FilePlace from, CancellationToken cancel)
    {
        if (_isApart || _options.Resume || _file is not null || from.Remote is not { } remote || to.Remote is not IDirectCopy direct
            || !direct.MayCopyFrom(remote) || (HashChoice.Algorithm(call) is { } algorithm && !BothHash(algorithm)))
        {
            return false;
        }

        await DecideAsync(cancel).ConfigureAwait(false);
        var into = _way switch
        {
            Way.InPlace => _final,
            Way.Part => _part,
            _ => Choose(stable: false),
        };
        _begun = _isServerCopy = true;
        if (await direct.TryCopyFromAsync(remote, from.Path, into, cancel).ConfigureAwait(false))
        {
            return true;
        }

        _isApart = true;
        if (_way == Way.Part)
        {
            await RemovePartAsync().ConfigureAwait(false);
        }

        _begun = _isServerCopy = false;
        _way = Way.Undecided;
        return false;
    }

    /// <summary>The length of what a server wrote that nobody else saw; the source's where the target's server does not tell.</summary>
    public async Task<long> CheckDirectAsync(FilePlace from, CancellationToken cancel)
    {
        var there = await to.Files.StatAsync(Place!.Value, LinkHandling.Self, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, Place.Value);
        if (!there.Known.HasFlag(EntryFacts.Length) || !source.Known.HasFlag(EntryFacts.Length) || there.Length == source.Length)
        {
            return there.Known.HasFlag(EntryFacts.Length) ? there.Length : source.Length;
        }

        // A log may have grown while it was copied.
        var now = await from.Files.StatAsync(from.Path, LinkHandling.Follow, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from.Path);
        return there.Length >= Math.Min(source.Length, now.Length) && there.Length <= Math.Max(source.Length, now.Length)
            ? there.Length
            : throw new RemoteException(RemoteError.Mismatch, $"{from.Path} has {now.Length} bytes, but {there.Length} were copied.")
            {
                Path = from.Path.Value,
                IsTransient = true,
            };
    }

    private bool BothHash(string algorithm) =>
        call.FromFacts?.HashAlgorithms.Contains(algorithm) == true && call.ToFacts?.HashAlgorithms.Contains(algorithm) == true;
}
