namespace Wharf.Files.Layers;

/// <summary>Serves reading only: whatever would change something fails with <see cref="FileError.ReadOnly"/>.</summary>
/// <param name="inner">The file system below; not owned.</param>
public sealed class ReadOnly(IFileSystem inner) : Layer(inner)
{
    /// <inheritdoc/>
    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        if (mode.Access != FileAccess.Read || mode.Creation != FileCreation.Existing)
        {
            throw Refused(path);
        }

        // Wrapped, because attributes can be set on a file that is open for reading.
        var file = await Inner.OpenAsync(path, mode, cancellationToken).ConfigureAwait(false);
        return file is ILocalFile local ? new LocalReader(local, path) : new Reader(file, path);
    }

    /// <inheritdoc/>
    public override ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken) =>
        throw Refused(path);

    /// <inheritdoc/>
    public override ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken) =>
        throw Refused(path);

    /// <inheritdoc/>
    public override ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken) =>
        throw Refused(path);

    /// <inheritdoc/>
    public override ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) =>
        throw Refused(from);

    /// <inheritdoc/>
    public override ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken) =>
        throw Refused(path);

    /// <inheritdoc/>
    public override ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken) =>
        throw Refused(path);

    /// <inheritdoc/>
    public override async ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken) =>
        await Inner.SpaceAsync(path, cancellationToken).ConfigureAwait(false) with { ReadOnly = true };

    private static FileException Refused(VirtualPath path) => new(FileError.ReadOnly, path);

    private sealed class Reader(IFile inner, VirtualPath path) : LayerFile(inner)
    {
        public override ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => throw Refused(path);
    }

    private sealed class LocalReader(ILocalFile inner, VirtualPath path) : LocalLayerFile(inner)
    {
        public override ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => throw Refused(path);
    }
}
