using System.Buffers;

namespace Wharf.Files.Layers;

/// <summary>
/// A file that is opened to be written anew appears when it is committed, whole, and not at all where a write failed or nobody
/// commits it: until then its content is apart, and what had its name before stays. Takes what is opened for writing alone and
/// cut to nothing (<see cref="FileCreation.Truncate"/>), since only that says that nothing of the old content is meant to
/// stay; everything else is opened in place, files that must not exist yet too, whose makers want the name at once. Writes may
/// go anywhere in the new content, but nobody else sees them before the commit: not by another open, nor by the name.
/// </summary>
/// <param name="inner">The file system below; not owned.</param>
public sealed class Atomic(IFileSystem inner) : Layer(inner)
{
    /// <inheritdoc/>
    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
        mode is { Access: FileAccess.Write, Creation: FileCreation.Truncate, Append: false }
            ? new Whole(await Inner.OpenAsync(path, mode with { Creation = FileCreation.Replace }, cancellationToken).ConfigureAwait(false), path)
            : await Inner.OpenAsync(path, mode, cancellationToken).ConfigureAwait(false);

    /// <summary>A new content, which is not committed when a part of it is missing.</summary>
    private sealed class Whole(IFile inner, VirtualPath path) : LayerFile(inner)
    {
        private FileException? _failed;

        public override ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            ValueTask writing;
            try
            {
                writing = Inner.WriteAsync(offset, bytes, cancellationToken);
            }
            catch (FileException failure)
            {
                _failed ??= failure;
                throw;
            }

            return writing.IsCompletedSuccessfully ? writing : WatchAsync(writing);
        }

        public override ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) =>
            _failed is { } failed ? throw new FileException(failed.Error, path, failed) : Inner.CommitAsync(replace, durable, cancellationToken);

        private async ValueTask WatchAsync(ValueTask writing)
        {
            try
            {
                await writing.ConfigureAwait(false);
            }
            catch (FileException failure)
            {
                _failed ??= failure;
                throw;
            }
        }
    }
}
