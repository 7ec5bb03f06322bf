namespace Wharf.Sftp.Messages;

/// <summary>A request about one open handle: it keeps its place among the requests of that handle.</summary>
internal interface IHandleMessage
{
    /// <summary>uint32: request id.</summary>
    uint Id { get; }

    /// <summary>The handle as the client sent it.</summary>
    ReadOnlyMemory<byte> Handle { get; }
}
