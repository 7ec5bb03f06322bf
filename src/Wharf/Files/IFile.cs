using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files;

/// <summary>What a name may be before <see cref="IFileSystem.OpenAsync"/> opens it, and what becomes of it.</summary>
public enum FileCreation
{
    /// <summary>It must exist.</summary>
    Existing,

    /// <summary>It is made if nothing is there; what is there stays as it is.</summary>
    OpenOrCreate,

    /// <summary>It must not exist.</summary>
    CreateNew,

    /// <summary>It is made if nothing is there; what is there is cut to nothing at once, in place.</summary>
    Truncate,

    /// <summary>
    /// A new content for this name, written apart from it: the old file stays as it was until <see cref="IFile.CommitAsync"/>,
    /// and for ever if the file is disposed without. Through a symbolic link, what the link points to is replaced. Mode, owner
    /// and extended attributes of a replaced file are kept. Where the directory forbids a second name, written in place.
    /// </summary>
    Replace,
}

/// <summary>How to open a file.</summary>
/// <param name="Access">Read, write or both.</param>
/// <param name="Creation">What the name may be before.</param>
public readonly record struct OpenMode(FileAccess Access, FileCreation Creation)
{
    /// <summary>Reading what exists.</summary>
    public static OpenMode Read => new(FileAccess.Read, FileCreation.Existing);

    /// <summary>A new content that appears at <see cref="IFile.CommitAsync"/>.</summary>
    public static OpenMode Replace => new(FileAccess.Write, FileCreation.Replace);

    /// <summary>Every write goes to the end, whatever its offset says, also beside another writer (O_APPEND).</summary>
    public bool Append { get; init; }

    /// <summary>Permission bits of a new file; null takes the back end's default.</summary>
    public int? Mode { get; init; }

    /// <summary>Bytes the caller expects to write, when known (ALLO): a hint to set them apart, never a limit.</summary>
    public long ExpectedLength { get; init; }
}

/// <summary>
/// An open regular file. Positions are explicit. Calls may overlap if their ranges do not. Each call fails with
/// <see cref="FileException"/>. Owned by whoever opened it; disposing closes it.
/// </summary>
public interface IFile : IAsyncDisposable
{
    /// <summary>Its attributes now; the name is the one it was opened by.</summary>
    ValueTask<Entry> StatAsync(CancellationToken cancellationToken);

    /// <summary>Reads at an offset of 0 or more, in bytes from the start; 0 means the end. Short reads only at the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken);

    /// <summary>Writes all the bytes at an offset of 0 or more; a gap before it reads as zeros. The buffers are the caller's again on return.</summary>
    ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Sets attributes of the open file.</summary>
    ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken);

    /// <summary>Brings content and length to stable storage (fsync).</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>
    /// For a file opened with <see cref="FileCreation.Replace"/>: puts it under its name in one step; for others nothing.
    /// After it, disposing only closes. Content that must survive a crash is flushed first; with
    /// <paramref name="durable"/> the new name is brought to stable storage as well.
    /// </summary>
    /// <param name="replace">Whether a file that is there now is replaced; otherwise Exists is thrown and what was there stays.</param>
    /// <param name="durable">Whether content and name are on stable storage on return.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken);
}

/// <summary>
/// A file whose bytes no layer must see: it lends its descriptor, so that the kernel can move them. A layer that must see
/// bytes wraps the file and does not implement this, so the shortcut closes itself.
/// </summary>
public interface ILocalFile : IFile
{
    /// <summary>The descriptor; owned by the file, valid until it is disposed. Its own position is never used.</summary>
    SafeFileHandle Handle { get; }
}

/// <summary>
/// A file of this side that one connection fills a part of, beside others: its end comes nearer when another takes over what is left. Who
/// does not care writes it as any file; who moves its bytes by the descriptor claims them first.
/// </summary>
internal interface ILocalPart : IFile
{
    /// <summary>The whole file, where it lends its descriptor.</summary>
    ILocalFile? Local { get; }

    /// <summary>Takes bytes from here on, which nobody else will bring then; how many there are of these, 0 behind the end.</summary>
    long Claim(long offset, long most);

    /// <summary>So many more are in the file, each behind the last.</summary>
    void Arrived(long count);
}
