namespace Wharf.Wire;

/// <summary>
/// Where a protocol above a byte channel sends: an SSH channel, or a plain stream. Nothing waits here; who uses it bounds
/// how much it has not seen delivered, by <see cref="Unsent"/>. Safe from any thread.
/// </summary>
internal interface IMessageChannel
{
    /// <summary>Bytes given to <see cref="Send"/> that have not reached the kernel.</summary>
    long Unsent { get; }

    /// <summary>
    /// Asks for one <see cref="IChannelSink.Drained"/> as soon as <see cref="Unsent"/> is below so many bytes. False when it
    /// already is: then there will be none.
    /// </summary>
    bool NotifyBelow(long bytes);

    /// <summary>Longest packet that leaves as it is. A longer one is cut apart, which copies it; one in pieces is not (<see cref="Packet.Next"/>).</summary>
    int PieceBytes => int.MaxValue;

    /// <summary>Sends a packet's body and those of its next ones, all of it, behind what was sent before. Owns the packet from now on. After the end nothing happens.</summary>
    void Send(Packet packet);

    /// <summary>Says that received bytes were worked off, so that the peer may send as many more.</summary>
    void Consumed(int bytes);

    /// <summary>Has what was sent from outside a <see cref="IChannelSink"/> call brought on its way now. Inside one it happens by itself.</summary>
    void Flush();

    /// <summary>Nothing more will be sent: the peer reads the end behind what was sent, with that exit status where the channel has one.</summary>
    void Finish(int exitStatus);
}

/// <summary>
/// What stands at the receiving end of a channel. Called by the channel's one reading loop, never twice at once; must not
/// block longer than a local disk does, and must not throw.
/// </summary>
internal interface IChannelSink
{
    /// <summary>Whether something is under way that a server which stops should let finish.</summary>
    bool IsBusy => true;

    /// <summary>More bytes of the stream, cut anywhere. Whoever needs them after the call holds the buffer.</summary>
    /// <param name="bytes">A part of the buffer.</param>
    /// <param name="buffer">Lent for the call.</param>
    void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer);

    /// <summary>
    /// Nothing more is at hand: what was gathered is to be done now. What was sent leaves after this. Also called once behind the
    /// channel's beginning, for a sink that speaks first.
    /// </summary>
    void Settle();

    /// <summary>
    /// What <see cref="IMessageChannel.NotifyBelow"/> asked for. May come from any thread, also during the other calls, and
    /// holds no lock of the channel: it may send. What it sends leaves after this.
    /// </summary>
    void Drained()
    {
    }

    /// <summary>The peer will send nothing more on this channel.</summary>
    void End();

    /// <summary>The channel is gone, orderly or not: files are closed, and nothing more can be sent. The last call.</summary>
    ValueTask CloseAsync();
}
