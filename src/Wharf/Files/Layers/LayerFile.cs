using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Layers;

/// <summary>
/// A file that forwards everything to another: for layers with an opinion on open files. It lends no descriptor, so every
/// byte passes through it; a layer that need not see bytes uses <see cref="LocalLayerFile"/> where the file below is local.
/// </summary>
/// <param name="inner">The file below; owned.</param>
public class LayerFile(IFile inner) : IFile
{
    /// <summary>The file below.</summary>
    protected IFile Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => Inner.StatAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) =>
        Inner.ReadAsync(offset, into, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) =>
        Inner.WriteAsync(offset, bytes, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) =>
        Inner.ChangeAsync(change, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) =>
        Inner.CommitAsync(replace, durable, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }
}

/// <summary>The same around a local file, lending its descriptor on: the bytes pass unseen.</summary>
/// <param name="inner">The file below; owned.</param>
public class LocalLayerFile(ILocalFile inner) : LayerFile(inner), ILocalFile
{
    /// <inheritdoc/>
    public SafeFileHandle Handle => ((ILocalFile)Inner).Handle;
}
