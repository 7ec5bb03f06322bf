namespace Wharf.Sftp.Messages;

/// <summary>A request about one path.</summary>
internal interface IPathMessage
{
    /// <summary>uint32: request id.</summary>
    uint Id { get; }

    /// <summary>The path as the client sent it.</summary>
    ReadOnlyMemory<byte> Path { get; }
}
