namespace Wharf.Net;

/// <summary>Why a client and a server did not come together, or came apart.</summary>
public enum ConnectionError
{
    /// <summary>No such host, refused, no route: nobody was there.</summary>
    Unreachable,

    /// <summary>A limit of <see cref="ClientTimeouts"/> ran out.</summary>
    TimedOut,

    /// <summary>The connection broke or was closed while something was under way.</summary>
    Lost,

    /// <summary>The server has no place now (421, too many connections); later may be better.</summary>
    Busy,

    /// <summary>The peer broke the protocol's rules, or speaks another one.</summary>
    Protocol,

    /// <summary>User, password or key were refused.</summary>
    LoginRefused,

    /// <summary>The host key or the certificate is not trusted, or not the one that was pinned.</summary>
    NotTrusted,

    /// <summary>What the caller insists on cannot be had: TLS, an algorithm, a proxy's method.</summary>
    NotOffered,
}

/// <summary>The way to a server failed, not one file on it.</summary>
/// <param name="error">Why.</param>
/// <param name="message">One sentence for the user: what, where, what to try; no secret, and nothing of the peer's unescaped.</param>
/// <param name="cause">What was below it.</param>
public sealed class ConnectionException(ConnectionError error, string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Why.</summary>
    public ConnectionError Error { get; } = error;

    /// <summary>What the server said, as it said it: never shown unescaped. Null where it said nothing.</summary>
    public string? ServerReply { get; init; }

    /// <summary>Whether the same may succeed if it is tried again.</summary>
    public bool IsTransient => Error is ConnectionError.Unreachable or ConnectionError.TimedOut or ConnectionError.Lost or ConnectionError.Busy;
}
