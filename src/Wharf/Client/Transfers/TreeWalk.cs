using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>A directory that a walk entered.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="RelativePath">Below the walk's root; "" for the root itself.</param>
/// <param name="Parent">The one it was found in; null for the root.</param>
/// <param name="Entry">What the listing told of it; null for the root.</param>
internal sealed record WalkedDirectory(VirtualPath Path, string RelativePath, WalkedDirectory? Parent, Entry? Entry)
{
    /// <summary>Device and file of each followed directory on the way, to see a circle; 0 where nothing tells.</summary>
    public (ulong Device, ulong File) Identity { get; init; }

    /// <summary>Links that were followed on the way here.</summary>
    public int Links { get; init; }

    /// <summary>What whoever walks keeps with it.</summary>
    public TargetDirectory? Target { get; set; }
}

/// <summary>One step of a walk: an entry, the end of a directory, or what could not be read.</summary>
/// <param name="Directory">Where.</param>
/// <param name="Path">The entry's path.</param>
/// <param name="RelativePath">The same below the root.</param>
/// <param name="Entry">The entry; null for the end of the directory.</param>
internal sealed record WalkItem(WalkedDirectory Directory, VirtualPath Path, string RelativePath, Entry? Entry)
{
    /// <summary>The entry as a directory that will be entered; null where it is none.</summary>
    public WalkedDirectory? Entered { get; init; }

    /// <summary>Why the entry, or the rest of the directory, could not be read.</summary>
    public ExceptionDispatchInfo? Failure { get; init; }
}

/// <summary>
/// Walks a tree, several directories at a time where that saves waiting for a server. Memory is bounded by <see cref="QueuedItems"/>, by the
/// directories found and not yet entered, and at a server by its largest directory: a listing there is read to its end at once, so that no
/// connection is held while somebody works with the entries.
/// </summary>
internal sealed class TreeWalk(TransferEngine engine, FilePlace root)
{
    /// <summary>Entries that wait to be taken.</summary>
    private const int QueuedItems = 1024;

    /// <summary>Most listings of a server at a time.</summary>
    private const int MostListings = 8;

    /// <summary>Most links followed one behind the other, where a server does not tell which file is which.</summary>
    private const int MostLinks = 8;

    /// <summary>Deepest tree: one that is deeper is a circle.</summary>
    private const int MostDepth = 512;

    /// <summary>Directories found and not entered yet, the deepest first: so that few wait.</summary>
    private readonly Channel<WalkedDirectory> _pending = Channel.CreateUnboundedPrioritized(
        new UnboundedPrioritizedChannelOptions<WalkedDirectory>
        {
            Comparer = Comparer<WalkedDirectory>.Create(static (one, other) => other.Path.Depth.CompareTo(one.Path.Depth)),
        });

    private int _open;

    /// <summary>Whether directories below are entered.</summary>
    public bool Recurse { get; init; } = true;

    /// <summary>Whether links are told as what they point to.</summary>
    public bool FollowLinks { get; init; }

    /// <summary>Which directories are entered, by their path below the root.</summary>
    public Func<string, bool> TakesDirectory { get; init; } = _ => true;

    /// <summary>
    /// The entries; a directory before what is in it, and after all of it an item without entry. The root's own failure is thrown.
    /// </summary>
    public async IAsyncEnumerable<WalkItem> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        int listers = root.Remote is { } remote
            ? Math.Clamp((await remote.FactsAsync(cancel).ConfigureAwait(false)).ParallelFiles, 1, MostListings)
            : 1;
        var items = Channel.CreateBounded<WalkItem>(new BoundedChannelOptions(QueuedItems) { SingleReader = true, SingleWriter = listers == 1 });
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var self = FollowLinks ? await root.Files.StatAsync(root.Path, LinkHandling.Follow, cancel).ConfigureAwait(false) : null;
        Push(new WalkedDirectory(root.Path, "", null, null) { Identity = (self?.Device ?? 0, self?.FileId ?? 0) });
        var work = Task.Run(() => ListAllAsync(listers, items.Writer, ends.Token), CancellationToken.None);
        try
        {
            await foreach (var item in items.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                if (item is { Failure: { } failure, Directory.Parent: null, Entry: null })
                {
                    failure.Throw();
                }

                yield return item;
            }
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Push(WalkedDirectory directory)
    {
        Interlocked.Increment(ref _open);
        _pending.Writer.TryWrite(directory);
    }

    private async Task ListAllAsync(int listers, ChannelWriter<WalkItem> items, CancellationToken cancel)
    {
        Exception? failure = null;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, listers).Select(_ => ListSomeAsync(items, cancel))).ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            failure = thrown;
            throw;
        }
        finally
        {
            items.Complete(failure);
        }
    }

    private async Task ListSomeAsync(ChannelWriter<WalkItem> items, CancellationToken cancel)
    {
        try
        {
            await foreach (var directory in _pending.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                await ListAsync(directory, items, cancel).ConfigureAwait(false);
                if (Interlocked.Decrement(ref _open) == 0)
                {
                    break;
                }
            }
        }
        finally
        {
            // The last directory was read, or something broke: the others have nothing to wait for.
            _pending.Writer.TryComplete();
        }
    }

    private async Task ListAsync(WalkedDirectory directory, ChannelWriter<WalkItem> items, CancellationToken cancel)
    {
        ExceptionDispatchInfo? failure = null;
        try
        {
            if (root.Remote is null)
            {
                await foreach (var entry in root.Files.ListAsync(directory.Path, EntryDetail.Full, cancel).ConfigureAwait(false))
                {
                    await TakeAsync(directory, entry, items, cancel).ConfigureAwait(false);
                }
            }
            else
            {
                var (entries, badNames) = await Attempts.RepeatAsync(engine, directory.Path.ToString(), stop => ReadAllAsync(directory, stop), cancel)
                    .ConfigureAwait(false);
                foreach (var entry in entries)
                {
                    await TakeAsync(directory, entry, items, cancel).ConfigureAwait(false);
                }

                if (badNames is not null)
                {
                    // One item that failed, whatever else is in the directory; its name cannot be told.
                    var unnamed = new Entry { Name = "", Kind = EntryKind.Unknown, Known = EntryFacts.None };
                    await items.WriteAsync(
                        new WalkItem(directory, directory.Path, directory.RelativePath, unnamed) { Failure = ExceptionDispatchInfo.Capture(badNames) }, cancel)
                        .ConfigureAwait(false);
                }
            }
        }
        catch (IOException thrown)
        {
            failure = ExceptionDispatchInfo.Capture(thrown);
        }

        await items.WriteAsync(new WalkItem(directory, directory.Path, directory.RelativePath, null) { Failure = failure }, cancel)
            .ConfigureAwait(false);
    }

    /// <summary>All entries; beside them the failure of a server that lists names no entry can have, which it throws behind the others.</summary>
    private async Task<(List<Entry> Entries, FileException? BadNames)> ReadAllAsync(WalkedDirectory directory, CancellationToken cancel)
    {
        var entries = new List<Entry>();
        try
        {
            await foreach (var entry in root.Files.ListAsync(directory.Path, EntryDetail.Full, cancel).ConfigureAwait(false))
            {
                entries.Add(entry);
            }
        }
        catch (FileException bad) when (bad.Error == FileError.BadName)
        {
            return (entries, bad);
        }

        return (entries, null);
    }

    private async Task TakeAsync(WalkedDirectory directory, Entry entry, ChannelWriter<WalkItem> items, CancellationToken cancel)
    {
        string relative = directory.RelativePath.Length == 0 ? entry.Name : directory.RelativePath + "/" + entry.Name;
        WalkItem item;
        try
        {
            // The name is a server's: it must be one part and no way up.
            item = await LookAsync(directory, entry, directory.Path.Append(entry.Name), relative, cancel).ConfigureAwait(false);
        }
        catch (FileException failure)
        {
            item = new WalkItem(directory, directory.Path, relative, entry) { Failure = ExceptionDispatchInfo.Capture(failure) };
        }

        await items.WriteAsync(item, cancel).ConfigureAwait(false);
        if (item.Entered is not null)
        {
            Push(item.Entered);
        }
    }

    private async Task<WalkItem> LookAsync(WalkedDirectory directory, Entry entry, VirtualPath path, string relative, CancellationToken cancel)
    {
        int links = directory.Links;
        if (entry.Kind == EntryKind.Unknown || (entry.Kind == EntryKind.Link && FollowLinks))
        {
            bool isLink = entry.Kind == EntryKind.Link;
            links += isLink ? 1 : 0;
            entry = (await root.Files.StatAsync(path, FollowLinks ? LinkHandling.Follow : LinkHandling.Self, cancel).ConfigureAwait(false))?.Renamed(entry.Name)
                ?? throw new FileException(FileError.NotFound, path);
        }

        if (!entry.IsDirectory || !Recurse || !TakesDirectory(relative))
        {
            return new WalkItem(directory, path, relative, entry);
        }

        var entered = new WalkedDirectory(path, relative, directory, entry) { Identity = (entry.Device, entry.FileId), Links = links };
        if (links > 0 && (links > MostLinks || path.Depth - root.Path.Depth > MostDepth || IsCircle(entered)))
        {
            throw new FileException(FileError.LinkLoop, path);
        }

        return new WalkItem(directory, path, relative, entry) { Entered = entered };
    }

    private static bool IsCircle(WalkedDirectory directory)
    {
        for (var above = directory.Parent; above is not null && directory.Identity.File != 0; above = above.Parent)
        {
            if (above.Identity == directory.Identity)
            {
                return true;
            }
        }

        return false;
    }
}
