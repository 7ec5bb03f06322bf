using Wharf.Accounts;
using Wharf.Ssh.Keys;

namespace Wharf.Ssh.Transport;

/// <summary>What differs between the two ends of a transport.</summary>
internal sealed record TransportRole
{
    /// <summary>Whether we are the server.</summary>
    public required bool IsServer { get; init; }

    /// <summary>Our version line.</summary>
    public string Version { get; init; } = Identification.Ours;

    /// <summary>A server's keys, best first of each kind. Lent.</summary>
    public IReadOnlyList<SigningKey> HostKeys { get; init; } = [];

    /// <summary>A client's decision about the server's key; its signature is verified already.</summary>
    public Func<PublicKeyBlob, CancellationToken, ValueTask<bool>>? AcceptHostKey { get; init; }

    /// <summary>What we announce in EXT_INFO (RFC 8308), name and value.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>();

    /// <summary>Cookies, padding, ephemeral keys.</summary>
    public Randomness Randomness { get; init; } = Randomness.System;

    /// <summary>Of these names those we can really do: a server needs a key for each.</summary>
    public IEnumerable<string> HostKeyAlgorithms(IReadOnlyList<string> names) =>
        IsServer ? names.Where(name => HostKeys.Any(key => key.SignatureAlgorithms.Contains(name))) : names;
}
