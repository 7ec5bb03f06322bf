using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>One row of a version's requests: what it is called, which handles it is about, and what is answered.</summary>
/// <param name="name">For the log.</param>
internal abstract class SftpRequest(string name)
{
    /// <summary>For the log.</summary>
    public string Name { get; } = name;

    /// <summary>The handles whose earlier requests must be done before this one begins.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="body">The message behind its number.</param>
    public virtual (OpenHandle? First, OpenHandle? Second) Handles(SftpServerSession session, ReadOnlyMemory<byte> body) => default;

    /// <summary>
    /// Does it. The body is lent until the first await, so what is needed of it later is taken out before. Fails with
    /// <see cref="FileException"/>, <see cref="SftpException"/> or <see cref="WireException"/>.
    /// </summary>
    /// <returns>The whole reply.</returns>
    public abstract ValueTask<Packet> AnswerAsync(SftpServerSession session, ReadOnlyMemory<byte> body, CancellationToken cancel);
}

/// <summary>A request with its message.</summary>
/// <inheritdoc/>
internal abstract class SftpRequest<TMessage>(string name) : SftpRequest(name)
    where TMessage : IMessage<TMessage>
{
    public sealed override ValueTask<Packet> AnswerAsync(SftpServerSession session, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        AnswerAsync(session, Parse(body), cancel);

    /// <inheritdoc cref="SftpRequest.AnswerAsync"/>
    protected abstract ValueTask<Packet> AnswerAsync(SftpServerSession session, TMessage message, CancellationToken cancel);

    /// <summary>The message behind its number; nothing may be left over.</summary>
    protected static TMessage Parse(ReadOnlyMemory<byte> body)
    {
        var reader = new WireReader(body);
        var message = TMessage.Read(ref reader);
        reader.End();
        return message;
    }
}

/// <summary>A request about one open handle.</summary>
/// <inheritdoc/>
internal abstract class HandleRequest<TMessage>(string name) : SftpRequest<TMessage>(name)
    where TMessage : IMessage<TMessage>, IHandleMessage
{
    public override (OpenHandle? First, OpenHandle? Second) Handles(SftpServerSession session, ReadOnlyMemory<byte> body) =>
        (session.Handles.Find(Parse(body).Handle.Span), null);
}
