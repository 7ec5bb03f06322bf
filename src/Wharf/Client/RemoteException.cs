namespace Wharf.Client;

/// <summary>Why a call to a RemoteSource failed.</summary>
public enum RemoteError
{
    /// <summary>The address or an option makes no sense.</summary>
    Usage,

    /// <summary>No connection could be made, or it was lost and could not be made again.</summary>
    Connection,

    /// <summary>User, password or key were refused.</summary>
    Login,

    /// <summary>The host key or the certificate is unknown, changed or revoked.</summary>
    NotTrusted,

    /// <summary>What the options insist on, or the call needs, the server does not offer.</summary>
    NotSupported,

    /// <summary>Nothing has that name.</summary>
    NotFound,

    /// <summary>Something has that name already, or a directory is not empty.</summary>
    Exists,

    /// <summary>The account may not.</summary>
    Denied,

    /// <summary>The disk or the quota is full.</summary>
    NoSpace,

    /// <summary>A limit of <see cref="Wharf.Net.ClientTimeouts"/> ran out.</summary>
    TimedOut,

    /// <summary>What arrived is not what was sent: another hash or another length.</summary>
    Mismatch,

    /// <summary>The source has changed since the transfer that would be resumed, or both sides have changed since the last sync.</summary>
    Conflict,

    /// <summary>A name from the server that must not become a name here: "..", absolute, NUL.</summary>
    BadName,

    /// <summary>The server broke the protocol's rules.</summary>
    Protocol,

    /// <summary>Some of several items failed; <see cref="RemoteException.Failures"/> has them.</summary>
    Partial,

    /// <summary>Anything else that a disk, here or there, can answer.</summary>
    Io,
}

/// <summary>The one exception of the client library. Cancellation is <see cref="OperationCanceledException"/>, wrong arguments are ArgumentExceptions.</summary>
/// <param name="error">Why.</param>
/// <param name="message">One sentence for the user; nothing of the server's in it unescaped, and no secret.</param>
/// <param name="cause">What was below it.</param>
public sealed class RemoteException(RemoteError error, string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Why.</summary>
    public RemoteError Error { get; } = error;

    /// <summary>What the server said, as it said it: never shown unescaped. Null where it said nothing.</summary>
    public string? ServerReply { get; init; }

    /// <summary>What it was about; null where not one path. Not escaped.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the same may succeed later. The retries of <see cref="RetryPolicy"/> have been made already.</summary>
    public bool IsTransient { get; init; }

    /// <summary>For <see cref="RemoteError.Partial"/>: one for each item that failed, the first <see cref="MostFailures"/> of them.</summary>
    public IReadOnlyList<RemoteException> Failures { get; init; } = [];

    /// <summary>Most items that <see cref="Failures"/> lists.</summary>
    public const int MostFailures = 100;
}
