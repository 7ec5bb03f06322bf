using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Compression;
using Wharf.Ssh.KeyExchange;
using Wharf.Ssh.Macs;

namespace Wharf.Ssh;

/// <summary>What may be negotiated, by name, best first (RFC 4253 section 7.1). Names we do not know are refused when a session begins.</summary>
public sealed record SshAlgorithms
{
    /// <summary>What a server offers unless told otherwise.</summary>
    public static SshAlgorithms Default { get; } = new();

    /// <summary>What the strictest clients and scanners accept: no NIST curves, MACs only over the encrypted packet.</summary>
    public static SshAlgorithms Hardened { get; } = new()
    {
        KeyExchanges = [.. Default.KeyExchanges.Where(name => !name.Contains("nistp", StringComparison.Ordinal))],
        HostKeys = ["ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"],
        Macs = [.. Default.Macs.Where(name => name.Contains("-etm", StringComparison.Ordinal))],
        PublicKeys = [.. Default.PublicKeys.Where(name => !name.Contains("nistp", StringComparison.Ordinal))],
    };

    /// <summary>
    /// Everything that can be named, best first: what is offered by default, and behind it what a setting has to name. SHA-1 is not
    /// among it; it comes by <see cref="WithLegacy"/> alone.
    /// </summary>
    public static SshAlgorithms Known { get; } = new()
    {
        KeyExchanges = [.. KeyExchangeTable.Rows.Where(row => !row.IsLegacy).Select(row => row.Name)],
        HostKeys = [.. Default.HostKeys, "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
    };

    /// <summary>These, and behind them everything else, SHA-1 included: for clients of named networks that can do no better.</summary>
    public SshAlgorithms WithLegacy() => new()
    {
        KeyExchanges = [.. KeyExchanges.Union(KeyExchangeTable.Rows.Select(row => row.Name))],
        HostKeys = [.. HostKeys.Union(Known.HostKeys)],
        Ciphers = [.. Ciphers.Union(Known.Ciphers)],
        Macs = [.. Macs.Union(Known.Macs)],
        Compressions = [.. Compressions.Union(Known.Compressions)],
        PublicKeys = [.. PublicKeys.Union(Known.PublicKeys)],
    };

    /// <summary>Key exchanges.</summary>
    public IReadOnlyList<string> KeyExchanges { get; init; } = [.. KeyExchangeTable.Rows.Where(row => row.Default.HasFlag(OfferedBy.Server)).Select(row => row.Name)];

    /// <summary>Signature algorithms of host keys; a server offers those it has a key for.</summary>
    public IReadOnlyList<string> HostKeys { get; init; } = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"];

    /// <summary>Ciphers, of both directions.</summary>
    public IReadOnlyList<string> Ciphers { get; init; } = [.. CipherTable.Rows.Select(row => row.Name)];

    /// <summary>MACs, of both directions; AEAD ciphers need none.</summary>
    public IReadOnlyList<string> Macs { get; init; } = [.. MacTable.Rows.Select(row => row.Name)];

    /// <summary>Compressions, of both directions.</summary>
    public IReadOnlyList<string> Compressions { get; init; } = [.. CompressionTable.Rows.Select(row => row.Name)];

    /// <summary>Signature algorithms of users' keys, announced as server-sig-algs (RFC 8308 section 3.1).</summary>
    public IReadOnlyList<string> PublicKeys { get; init; } =
    [
        "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com",
        "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com",
        "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
        "rsa-sha2-512", "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256", "rsa-sha2-256-cert-v01@openssh.com",
    ];
}
