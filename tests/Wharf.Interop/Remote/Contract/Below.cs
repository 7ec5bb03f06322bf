using System.Runtime.CompilerServices;
using Wharf.Files;

namespace Wharf.Interop.Remote.Contract;

/// <summary>A directory of a file system as one of its own, so that each test of the contract has an empty root at a server shared by all.</summary>
internal sealed class Below(IFileSystem inner, VirtualPath root) : IFileSystem
{
    public Abilities Abilities => inner.Abilities;

    public async ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        var entry = await inner.StatAsync(At(path), links, cancellationToken);
        return path.IsRoot && entry is not null ? new Entry { Name = "", Kind = entry.Kind, Modified = entry.Modified, Mode = entry.Mode } : entry;
    }

    public async IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in inner.ListAsync(At(directory), detail, cancellationToken))
        {
            yield return entry;
        }
    }

    public ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) => inner.OpenAsync(At(path), mode, cancellationToken);

    public ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken) =>
        inner.MakeDirectoryAsync(At(path), mode, cancellationToken);

    public ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken) => inner.RemoveFileAsync(At(path), cancellationToken);

    public ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken) =>
        path.IsRoot ? throw new FileException(FileError.Invalid, path) : inner.RemoveDirectoryAsync(At(path), cancellationToken);

    public ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) =>
        from.IsRoot || to.IsRoot ? throw new FileException(FileError.Invalid, from) : inner.RenameAsync(At(from), At(to), replace, cancellationToken);

    public ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken) =>
        inner.ChangeAsync(At(path), change, links, cancellationToken);

    public ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken) => inner.ReadLinkAsync(At(path), cancellationToken);

    public ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken) =>
        inner.MakeLinkAsync(At(path), kind == LinkKind.Hard ? At(VirtualPath.Parse(target)).Value : target, kind, cancellationToken);

    public ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken) => inner.SpaceAsync(At(path), cancellationToken);

    private VirtualPath At(VirtualPath path) => path.IsRoot ? root : VirtualPath.Parse(root.Value + path.Value);
}
