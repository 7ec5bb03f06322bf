namespace Wharf.Files.Layers;

/// <summary>
/// A file system that forwards everything to another. A policy derives from it and overrides what it has an opinion on;
/// what it does not mention passes unchanged, abilities included.
/// </summary>
/// <param name="inner">The file system below; not owned.</param>
public abstract class Layer(IFileSystem inner) : IFileSystem
{
    /// <summary>The file system below.</summary>
    protected IFileSystem Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual Abilities Abilities => Inner.Abilities;

    /// <inheritdoc/>
    public virtual ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken) =>
        Inner.StatAsync(path, links, cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken) =>
        Inner.ListAsync(directory, detail, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
        Inner.OpenAsync(path, mode, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken) =>
        Inner.MakeDirectoryAsync(path, mode, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken) =>
        Inner.RemoveFileAsync(path, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken) =>
        Inner.RemoveDirectoryAsync(path, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) =>
        Inner.RenameAsync(from, to, replace, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken) =>
        Inner.ChangeAsync(path, change, links, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken) =>
        Inner.ReadLinkAsync(path, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken) =>
        Inner.MakeLinkAsync(path, target, kind, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken) =>
        Inner.SpaceAsync(path, cancellationToken);
}
