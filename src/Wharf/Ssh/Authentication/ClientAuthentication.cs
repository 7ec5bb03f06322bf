namespace Wharf.Ssh.Authentication;

/// <summary>The client's side of the authentication protocol (RFC 4252), for one connection, after SSH_MSG_SERVICE_ACCEPT.</summary>
/// <param name="transport">Below.</param>
/// <param name="identity">Who logs in, and by what.</param>
internal sealed class ClientAuthentication(IClientAuthenticationTransport transport, ClientIdentity identity)
{
    /// <summary>Sends the first request.</summary>
    public ValueTask StartAsync(CancellationToken cancel)
    {
        _ = (transport, identity);
        return default;
    }

    /// <summary>Handles one message from 50 to 79; one at a time.</summary>
    /// <param name="number">Its first byte.</param>
    /// <param name="fields">What follows it; unchanged until the step is returned.</param>
    /// <param name="cancel">The session ends.</param>
    /// <exception cref="Wire.WireException">The message is broken: the session ends.</exception>
    public ValueTask<AuthenticationStep> HandleAsync(byte number, ReadOnlyMemory<byte> fields, CancellationToken cancel)
    {
        _ = identity;
        return new(AuthenticationStep.Unimplemented.Instance);
    }
}
