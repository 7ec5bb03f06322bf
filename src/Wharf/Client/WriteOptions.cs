namespace Wharf.Client;

/// <summary>How <see cref="RemoteSource.OpenWriteAsync"/> opens.</summary>
public sealed record WriteOptions
{
    /// <summary>A whole new content that replaces what is there when it is complete.</summary>
    public static WriteOptions Default { get; } = new();

    /// <summary>Whether a file that is there is replaced; otherwise <see cref="RemoteWriteStream.CompleteAsync"/> fails with <see cref="RemoteError.Exists"/>.</summary>
    public bool Replace { get; init; } = true;

    /// <summary>Whether the bytes go to the end of what is there, in place: then an abort leaves what was written.</summary>
    public bool Append { get; init; }

    /// <summary>Whether content and name are on stable storage when <see cref="RemoteWriteStream.CompleteAsync"/> returns, where the server can say so.</summary>
    public bool Durable { get; init; }

    /// <summary>Permission bits of a new file; null leaves them to the server.</summary>
    public int? Mode { get; init; }

    /// <summary>Bytes that will be written, where known: a hint to the server, never a limit.</summary>
    public long ExpectedLength { get; init; }

    /// <summary>Whether missing directories are made first.</summary>
    public bool MakeDirectories { get; init; }
}
