using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <summary>What stands above the transport: a server's or a client's session. Called from the connection's one loop.</summary>
internal interface ITransportUser
{
    /// <summary>The first key exchange is done: from now on messages may be sent.</summary>
    void Ready();

    /// <summary>
    /// A message that is not the transport's own. False where no such message is known here: the transport answers
    /// SSH_MSG_UNIMPLEMENTED. The next message waits until this one is handled.
    /// </summary>
    /// <param name="number">Its first byte: 5, 6, or 50 and more.</param>
    /// <param name="fields">What follows it; lies in the buffer, lent for the call.</param>
    /// <param name="buffer">To be held by who needs the bytes for longer.</param>
    /// <param name="cancel">The connection ends.</param>
    /// <exception cref="WireException">The message is broken.</exception>
    /// <exception cref="SshException">The connection must end.</exception>
    ValueTask<bool> HandleAsync(byte number, ReadOnlyMemory<byte> fields, SharedBuffer buffer, CancellationToken cancel);

    /// <summary>Nothing more is at hand: what was gathered is to be done now. What was sent leaves after this.</summary>
    void Settle();
}
