using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>What takes the replies to requests of a client. Called under the lock of the session.</summary>
internal interface IReplies
{
    /// <summary>Whether DATA comes in pieces as it arrives; else as a whole reply.</summary>
    bool TakesPieces { get; }

    /// <summary>A whole reply, from its number on, lent for the call; behind it nothing comes for that request.</summary>
    void Reply(in Due due, ReadOnlyMemory<byte> reply);

    /// <summary>A piece of the data of a DATA reply; whoever needs it after the call holds the buffer.</summary>
    /// <param name="due">The request.</param>
    /// <param name="at">Where in the reply's data the piece begins.</param>
    /// <param name="piece">The bytes.</param>
    /// <param name="buffer">Where they lie.</param>
    void Piece(in Due due, int at, ReadOnlyMemory<byte> piece, SharedBuffer buffer);

    /// <summary>All of that DATA reply has come.</summary>
    void PiecesEnd(in Due due, int count);

    /// <summary>Nothing comes any more.</summary>
    void Fail(Exception why);
}

/// <summary>Work of a client that goes on when replies have come or what was sent has left; never under the lock of the session.</summary>
internal interface IGoesOn
{
    /// <summary>Does what can be done now; safe to call at any time, from any thread.</summary>
    void GoOn();
}

/// <summary>A reply that is due.</summary>
/// <param name="To">Who takes it.</param>
/// <param name="At">For READ and WRITE the offset in the file; else nothing.</param>
/// <param name="Length">For READ and WRITE the bytes asked for or sent; else nothing.</param>
/// <param name="SentAt">When, in the ticks of the session's clock; 0 where nobody measures.</param>
/// <param name="IsSlow">Whether the server may work on it for long without a word (a hash, a copy).</param>
internal readonly record struct Due(IReplies To, long At = 0, int Length = 0, long SentAt = 0, bool IsSlow = false);

/// <summary>What is special about a request.</summary>
internal readonly record struct Asking
{
    /// <summary>Another request follows at once: this one may wait for it.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>Whether the server may work on it for long.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Whether a STATUS of EOF is a reply like another, and not thrown: a listing meets as many as it has asked ahead.</summary>
    public bool TakesEnd { get; init; }

    /// <summary>Gets the reply that comes after the caller has given up, under the session's lock; null for closing a handle.</summary>
    public Action<ReadOnlyMemory<byte>>? Late { get; init; }
}

/// <summary>Nobody waits for the reply any more, or ever did.</summary>
internal sealed class NoReplies : IReplies
{
    public static NoReplies Instance { get; } = new();

    public bool TakesPieces => true;

    public void Reply(in Due due, ReadOnlyMemory<byte> reply)
    {
    }

    public void Piece(in Due due, int at, ReadOnlyMemory<byte> piece, SharedBuffer buffer)
    {
    }

    public void PiecesEnd(in Due due, int count)
    {
    }

    public void Fail(Exception why)
    {
    }
}

/// <summary>One reply to one request.</summary>
/// <param name="late">Gets the reply that comes after the caller has gone; under the session's lock.</param>
internal sealed class SingleReply(Action<ReadOnlyMemory<byte>> late) : IReplies
{
    private readonly TaskCompletionSource<byte[]> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<byte[]> Task => _reply.Task;

    public bool TakesPieces => false;

    /// <summary>The caller waits no longer.</summary>
    public void Abandon(CancellationToken why) => _reply.TrySetCanceled(why);

    public void Reply(in Due due, ReadOnlyMemory<byte> reply)
    {
        byte[] bytes = reply.ToArray();
        if (!_reply.TrySetResult(bytes))
        {
            late(bytes);
        }
    }

    public void Piece(in Due due, int at, ReadOnlyMemory<byte> piece, SharedBuffer buffer)
    {
    }

    public void PiecesEnd(in Due due, int count)
    {
    }

    public void Fail(Exception why) => _reply.TrySetException(why);
}
