using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>A small file on its way over a <see cref="BlockChain"/>: in memory, so that nobody's pace but the link's counts for those behind it.</summary>
/// <param name="verb">RETR or STOR.</param>
/// <param name="place">Its path at the server.</param>
/// <param name="path">Which file it is about, for errors.</param>
/// <param name="bytes">Its length as far as it is known.</param>
internal sealed class ChainedFile(string verb, VirtualPath place, VirtualPath path, int bytes)
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isGivenUp;

    /// <summary>The command; sent once.</summary>
    public PendingCommand Command { get; } = new(verb, Paths.Argument(place));

    /// <summary>Which file it is about.</summary>
    public VirtualPath Path => path;

    /// <summary>Bytes it counts for among those that are ahead.</summary>
    public int Bytes => bytes;

    /// <summary>What is stored; not used by a download.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>What came; not used by an upload.</summary>
    public ArrayBufferWriter<byte> Received { get; } = new(verb == "STOR" ? 1 : Math.Max(1, bytes));

    /// <summary>Whether we send.</summary>
    public bool IsUpload => verb == "STOR";

    /// <summary>The data connection, where this file is the first one on it.</summary>
    public Task<Wharf.Net.IConnection>? Connecting { get; set; }

    /// <summary>Whether nobody waits for it: it is not begun any more, and what became of it interests nobody.</summary>
    public bool IsGivenUp
    {
        get => _isGivenUp;
        set => _isGivenUp = value;
    }

    /// <summary>Whether it is no longer on its chain.</summary>
    public bool HasLeft { get; set; }

    /// <summary>True when it is whole at its target; false where its data connection was lost before, which says nothing of the file.</summary>
    public Task<bool> Done => _done.Task;

    /// <summary>It is over.</summary>
    public void Complete(bool isWhole) => _done.TrySetResult(isWhole);

    /// <summary>It failed.</summary>
    public void Fail(Exception why)
    {
        _done.TrySetException(why);
        _ = _done.Task.Exception;
    }
}
