using Wharf.Ssh.Authentication;
using Wharf.Ssh.Connection;
using Wharf.Ssh.Keys;

namespace Wharf.Ssh;

/// <summary>What an SSH server does and does not do. Every value has a default fit for the open network.</summary>
public sealed record SshServerOptions
{
    /// <summary>What may be negotiated.</summary>
    public SshAlgorithms Algorithms { get; init; } = SshAlgorithms.Default;

    /// <summary>Bounds in time and size.</summary>
    public SshLimits Limits { get; init; } = new();

    /// <summary>Bounds before the login.</summary>
    public AuthenticationLimits Authentication { get; init; } = new();

    /// <summary>What a login may begin with, by SSH's names: "publickey", "password". What must follow is up to the accounts.</summary>
    public IReadOnlyList<string> FirstMethods { get; init; } = MethodTable.Proofs;

    /// <summary>Host keys, best first of each kind; at least one. All of them are announced, so that clients learn those to come. Lent.</summary>
    public required IReadOnlyList<SigningKey> HostKeys { get; init; }

    /// <summary>What a session can be used for.</summary>
    public required IReadOnlyList<ChannelService> Services { get; init; }

    /// <summary>A text for clients to show before the login; null for none.</summary>
    public string? Banner { get; init; }
}
