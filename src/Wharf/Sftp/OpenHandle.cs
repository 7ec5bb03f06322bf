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
/// <param name="opened">When, by the session's clock (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed class OpenFile(VirtualPath path, IFile content, FileAccess access, bool append, long opened) : OpenHandle(path)
{
    private long _bytesRead;
    private long _bytesWritten;

    public IFile Content { get; } = content;

    public FileAccess Access { get; } = access;

    public bool Append { get; } = append;

    public long Opened { get; } = opened;

    public long BytesRead => _bytesRead;

    public long BytesWritten => _bytesWritten;

    public void CountRead(long bytes) => _bytesRead += bytes;

    public void CountWritten(long bytes) => _bytesWritten += bytes;

    public override ValueTask DisposeAsync() => Content.DisposeAsync();
}
