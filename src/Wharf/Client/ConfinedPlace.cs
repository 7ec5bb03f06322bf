using System.Runtime.CompilerServices;
using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Client;

/// <summary>
/// One directory of this machine under its own path (<see cref="LocalPlace"/>), so that messages and plans say where things are. Nothing outside of it is
/// there, whatever names and links a server sends into it, since the disk begins at the directory. A second one may take what is put aside; nothing
/// leads from the one into the other but a renaming.
/// </summary>
/// <param name="disk">The directory; owned.</param>
/// <param name="at">Its path.</param>
internal sealed class ConfinedPlace(LocalDisk disk, VirtualPath at) : IFileSystem, IDisposable
{
    /// <summary>Where else entries may be moved to; null for nowhere. Owned.</summary>
    public ConfinedPlace? Aside { get; init; }

    /// <inheritdoc/>
    public Abilities Abilities => disk.Abilities;

    /// <inheritdoc/>
    public async ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken) =>
        IsAside(path) ? await Aside!.StatAsync(path, links, cancellationToken).ConfigureAwait(false)
        : await disk.StatAsync(Below(path), links, cancellationToken).ConfigureAwait(false) is not { } entry ? null
        : path == at ? entry.Renamed(path.Name)
        : entry;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Entry> ListAsync(
        VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in disk.ListAsync(Below(directory), detail, cancellationToken).ConfigureAwait(false))
        {
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
        disk.OpenAsync(Below(path), mode, cancellationToken);

    /// <inheritdoc/>
    public ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken) =>
        IsAside(path) ? Aside!.MakeDirectoryAsync(path, mode, cancellationToken) : disk.MakeDirectoryAsync(Below(path), mode, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken) => disk.RemoveFileAsync(Below(path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken) =>
        disk.RemoveDirectoryAsync(Below(path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) =>
        IsAside(to) && replace
            ? disk.MoveAsync(Below(from), Aside!.Disk, Aside.Below(to), cancellationToken)
            : disk.RenameAsync(Below(from), Below(to), replace, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken) =>
        disk.ChangeAsync(Below(path), change, links, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken) => disk.ReadLinkAsync(Below(path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken) => disk.MakeLinkAsync(
        Below(path), kind == LinkKind.Hard ? Below(VirtualPath.Parse(target)).Value : target, kind, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken) => disk.SpaceAsync(Below(path), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        disk.Dispose();
        Aside?.Dispose();
    }

    private LocalDisk Disk => disk;

    private bool IsAside(VirtualPath path) => Aside is { } aside && path.IsWithin(aside.At) && !path.IsWithin(at);

    private VirtualPath At => at;

    private VirtualPath Below(VirtualPath path) =>
        !path.IsWithin(at) ? throw new FileException(FileError.Denied, path)
        : at.IsRoot ? path
        : VirtualPath.Parse(path.Value.AsSpan(at.Value.Length));
}
