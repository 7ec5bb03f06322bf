using Microsoft.Extensions.Logging;
using Wharf.Accounts;

namespace Wharf.Ssh.Authentication;

/// <summary>The server's side of the authentication protocol (RFC 4252), for one connection, after SSH_MSG_SERVICE_ACCEPT.</summary>
/// <param name="transport">Below.</param>
/// <param name="accounts">Who may log in.</param>
/// <param name="limits">Bounds.</param>
/// <param name="logger">For refusals.</param>
internal sealed class ServerAuthentication(
    IAuthenticationTransport transport, IAccounts accounts, AuthenticationLimits limits, ILogger logger)
{
    /// <summary>A text for the client to show before the login (RFC 4252 section 5.4); null for none.</summary>
    public string? Banner { get; init; }

    /// <summary>Handles one message from 50 to 79; one at a time.</summary>
    /// <param name="number">Its first byte.</param>
    /// <param name="fields">What follows it; unchanged until the step is returned.</param>
    /// <param name="cancel">The session ends.</param>
    /// <exception cref="Wire.WireException">The message is broken: the session ends.</exception>
    public ValueTask<AuthenticationStep> HandleAsync(byte number, ReadOnlyMemory<byte> fields, CancellationToken cancel)
    {
        _ = (transport, accounts, limits, logger);
        return new(AuthenticationStep.Unimplemented.Instance);
    }
}
