namespace Wharf.Ssh;

/// <summary>Why a connection is ended, RFC 4253 section 11.1.</summary>
internal enum DisconnectReason : uint
{
    /// <summary>SSH_DISCONNECT_PROTOCOL_ERROR.</summary>
    ProtocolError = 2,

    /// <summary>SSH_DISCONNECT_KEY_EXCHANGE_FAILED.</summary>
    KeyExchangeFailed = 3,

    /// <summary>SSH_DISCONNECT_MAC_ERROR.</summary>
    MacError = 5,

    /// <summary>SSH_DISCONNECT_COMPRESSION_ERROR.</summary>
    CompressionError = 6,

    /// <summary>SSH_DISCONNECT_SERVICE_NOT_AVAILABLE.</summary>
    ServiceNotAvailable = 7,

    /// <summary>SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED.</summary>
    VersionNotSupported = 8,

    /// <summary>SSH_DISCONNECT_HOST_KEY_NOT_VERIFIABLE.</summary>
    HostKeyNotVerifiable = 9,

    /// <summary>SSH_DISCONNECT_CONNECTION_LOST.</summary>
    ConnectionLost = 10,

    /// <summary>SSH_DISCONNECT_BY_APPLICATION.</summary>
    ByApplication = 11,

    /// <summary>SSH_DISCONNECT_TOO_MANY_CONNECTIONS.</summary>
    TooManyConnections = 12,

    /// <summary>SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE.</summary>
    NoMoreMethods = 14,
}

/// <summary>The peer broke a rule of SSH, or what it wants cannot be had: the connection ends, and the peer is told why.</summary>
/// <param name="reason">The number it is told.</param>
/// <param name="offence">The words, fit for the log and for the peer: never a secret, never bytes of the peer.</param>
internal sealed class SshException(DisconnectReason reason, string offence) : Exception(offence)
{
    /// <summary>The number the peer is told.</summary>
    public DisconnectReason Reason { get; } = reason;

    /// <summary>Where nothing was common: what the peer offers. Names of US-ASCII without blanks, for whoever asks here, never for the peer.</summary>
    public IReadOnlyList<string>? Offered { get; init; }
}
