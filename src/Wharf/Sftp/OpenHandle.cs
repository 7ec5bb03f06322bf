using System.Buffers;
using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>What a handle stands for. Its requests run one after another: each waits for the one before.</summary>
/// <param name="path">What was opened.</param>
internal abstract class OpenHandle(VirtualPath path) : IAsyncDisposable
{
    /// <summary>What was opened, by the name it had then.</summary>
    public VirtualPath Path { get; } = path;

    /// <summary>The last request that could not be answered at once; never faulted. Guarded by the session.</summary>
    public Task Tail { get; set; } = Task.CompletedTask;

    /// <summary>Whether a request must wait.</summary>
    public bool IsBusy => !Tail.IsCompleted;

    public abstract ValueTask DisposeAsync();
}

/// <summary>An open file, and what went through it.</summary>
/// <param name="path">Its name when it was opened.</param>
/// <param name="content">Owned.</param>
/// <param name="access">What it was opened for.</param>
/// <param name="append">Whether writes go to the end whatever their offset says.</param>
/// <param name="isText">Whether reads and writes go on where the one before ended.</param>
/// <param name="opened">When, by the session's clock (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed class OpenFile(VirtualPath path, IFile content, FileAccess access, bool append, bool isText, long opened) : OpenHandle(path)
{
    private long _bytesRead;
    private long _bytesWritten;

    public IFile Content { get; } = content;

    public FileAccess Access { get; } = access;

    /// <summary>Whether the offsets of writes mean nothing.</summary>
    public bool IgnoresOffsets { get; } = append || isText;

    /// <summary>Where a file opened as text is; null for all others.</summary>
    public TextPosition? Text { get; } = isText ? new() : null;

    public long Opened { get; } = opened;

    public long BytesRead => _bytesRead;

    public long BytesWritten => _bytesWritten;

    /// <summary>Writes where the bytes belong; called in the order of the requests, each when the one before is done.</summary>
    public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        if (Text is { } text)
        {
            offset = text.Write;
            text.Write += bytes.Length;
        }

        return Content.WriteAsync(offset, bytes, cancel);
    }

    public void CountRead(long bytes)
    {
        _bytesRead += bytes;
        if (Text is { } text)
        {
            text.Read += bytes;
        }
    }

    public void CountWritten(long bytes) => _bytesWritten += bytes;

    public override ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>
/// Where the next read and the next write of a file opened as text go (draft-ietf-secsh-filexfer-05 section 6.3.1). Lines
/// end on the wire as they do on the disk, which the extension "newline" says, so that nothing is translated.
/// </summary>
internal sealed class TextPosition
{
    public long Read { get; set; }

    public long Write { get; set; }
}
