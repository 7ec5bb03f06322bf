namespace Wharf.Client.Transfers;

/// <summary>What became of one item of a transfer.</summary>
public enum TransferItemState
{
    /// <summary>It is under way.</summary>
    UnderWay,

    /// <summary>It was copied.</summary>
    Copied,

    /// <summary>It stays as it was: it is whole already, or the options keep it.</summary>
    Kept,

    /// <summary>It was removed from the target.</summary>
    Removed,

    /// <summary>It failed; why is in the exception that the call ends with.</summary>
    Failed,
}

/// <summary>One file or link of a transfer. What it says grows while the file is under way; reading it takes no lock.</summary>
public sealed class TransferItem
{
    private long _bytes;
    private long _length;
    private long _elapsedTicks;
    private int _state;

    internal TransferItem(string from, string to, long length, long begun)
    {
        From = from;
        To = to;
        _length = length;
        Begun = begun;
    }

    /// <summary>The source's path; of what is removed, the target's.</summary>
    public string From { get; }

    /// <summary>The target's path.</summary>
    public string To { get; }

    /// <summary>Bytes it has altogether, as far as is known.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Bytes that arrived; what a resumed copy already had is among them.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What became of it.</summary>
    public TransferItemState State => (TransferItemState)Volatile.Read(ref _state);

    /// <summary>How long it took; zero while it is under way.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _elapsedTicks));

    internal long Begun { get; }

    internal void Expect(long length) => Volatile.Write(ref _length, length);

    internal void At(long bytes) => Volatile.Write(ref _bytes, bytes);

    internal void End(TransferItemState state, TimeSpan elapsed)
    {
        Volatile.Write(ref _elapsedTicks, elapsed.Ticks);
        Volatile.Write(ref _state, (int)state);
    }
}

/// <summary>
/// Told of each file besides of the sum, where the progress that a call is given implements it. Many files are under way at once, and any thread
/// tells; only those that are under way are kept by the library.
/// </summary>
public interface ITransferWatcher : IProgress<TransferProgress>
{
    /// <summary>A file begins.</summary>
    void Began(TransferItem item);

    /// <summary>A file ended, was kept or removed; the transfer waits for the answer.</summary>
    ValueTask EndedAsync(TransferItem item);
}
