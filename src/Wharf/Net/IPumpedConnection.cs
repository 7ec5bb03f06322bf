namespace Wharf.Net;

/// <summary>
/// A connection that a thread of its own can work on for a while: at full speed that costs half of what hops through the
/// thread pool cost.
/// </summary>
internal interface IPumpedConnection : IConnection
{
    /// <summary>
    /// Lends the socket to these turns, on a thread of the pump, until they say that they are done, or nothing happened for
    /// their patience, or the token stops them. False, at once, where no thread is free. Nobody else receives meanwhile.
    /// </summary>
    ValueTask<bool> PumpAsync(IPumpTurns turns, CancellationToken cancellationToken);
}

/// <summary>What is done on a thread of the pump.</summary>
internal interface IPumpTurns
{
    /// <summary>Longest silence before the thread is given back, milliseconds.</summary>
    int PatienceMilliseconds { get; }

    /// <summary>Does all that can be done without waiting for the peer, and says what to wait for.</summary>
    Next Turn(IPumpedSocket socket);
}

/// <summary>A socket that never waits. Failures of the peer or the path are <see cref="IOException"/>.</summary>
internal interface IPumpedSocket
{
    /// <summary>Receives what is here: 0 for the peer's end, -1 where nothing is.</summary>
    int TryReceive(Span<byte> into);

    /// <summary>Sends what goes, of pieces one behind the other; the bytes that went, 0 where none go.</summary>
    /// <param name="pieces">What to send.</param>
    /// <param name="first">The piece to begin with.</param>
    /// <param name="skip">Bytes of it that went before.</param>
    long TrySend(IReadOnlyList<ReadOnlyMemory<byte>> pieces, int first, int skip);

    /// <summary>Has the turns called again soon, although nothing happened. From any thread.</summary>
    void Wake();
}
