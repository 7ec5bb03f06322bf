namespace Wharf.Files;

/// <summary>A range of bytes on its way from one file to another.</summary>
/// <param name="From">Where it begins in the source, bytes.</param>
/// <param name="To">Where it begins in the target, bytes.</param>
/// <param name="Count">How many bytes at most; <see cref="long.MaxValue"/> for all to the end.</param>
public readonly record struct BulkRange(long From, long To, long Count)
{
    /// <summary>A whole file.</summary>
    public static BulkRange Whole => new(0, 0, long.MaxValue);

    /// <summary>Whether the target must get its bytes in the order of their offsets, each once: it is a stream.</summary>
    public bool InOrder { get; init; }

    /// <summary>
    /// Told how many more bytes have arrived at the target's end of the way, while they do; from any thread, never twice at once. Bytes told
    /// of are below the returned count, but with several requests in flight not a prefix. Null for nobody.
    /// </summary>
    public Action<long>? Moved { get; init; }
}

/// <summary>
/// A file whose bytes come and go faster as a stream than call by call, since it lies across a network: many requests in flight, or
/// the kernel between socket and disk. Who copies asks for this first.
/// </summary>
public interface IBulkFile : IFile
{
    /// <summary>
    /// Copies a range of this file, open for reading, into another. Ends early, without error, where this file ends; fewer bytes than the
    /// server announced are an error. A target that is an <see cref="ILocalFile"/> may be written by its descriptor.
    /// </summary>
    /// <returns>The bytes copied.</returns>
    /// <exception cref="FileException">Reading or writing failed.</exception>
    ValueTask<long> CopyToAsync(IFile target, BulkRange range, CancellationToken cancellationToken);

    /// <summary>
    /// Copies a range of another file into this one, open for writing. Ends early, without error, where the source ends. All that was
    /// copied is acknowledged by the server on return; of a file opened with <see cref="FileCreation.Replace"/> a part that one message
    /// carries may be acknowledged at <see cref="IFile.CommitAsync"/> only, which throws what this call would have thrown.
    /// </summary>
    /// <returns>The bytes copied.</returns>
    /// <exception cref="FileException">Reading or writing failed.</exception>
    ValueTask<long> CopyFromAsync(IFile source, BulkRange range, CancellationToken cancellationToken);
}

/// <summary>A file over a network of which several places are read or written at once, each over a connection of its own where there may be more.</summary>
public interface ISegmentedFile : IBulkFile
{
    /// <summary>
    /// The same file once more, over another connection than those of its other segments where there may be one more, for the same access.
    /// Of a file opened with <see cref="FileCreation.Replace"/> it is the content not yet committed; dispose segments before committing.
    /// </summary>
    ValueTask<IBulkFile> OpenSegmentAsync(CancellationToken cancellationToken);
}
