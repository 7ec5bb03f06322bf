using Wharf.Ssh.KnownHosts;

namespace Wharf.Ssh.Configuration;

/// <summary>A host on the way to another, as ProxyJump names it.</summary>
/// <param name="User">Null for the configuration's.</param>
/// <param name="Host">A name a configuration may know.</param>
/// <param name="Port">Null for the configuration's.</param>
internal sealed record JumpHost(string? User, string Host, int? Port);

/// <summary>How one host is reached, after configuration files and options were put together; paths have no tokens any more. Null: nobody said.</summary>
internal sealed record SshHostSettings
{
    /// <summary>The name it was asked for by.</summary>
    public required string Alias { get; init; }

    /// <summary>The name or address that is dialled.</summary>
    public required string HostName { get; init; }

    /// <summary>Its port.</summary>
    public int Port { get; init; } = KnownHostKeys.DefaultPort;

    /// <summary>Who logs in.</summary>
    public required string User { get; init; }

    /// <summary>HostKeyAlias.</summary>
    public string? HostKeyAlias { get; init; }

    /// <summary>IdentityFile, all of them.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>Whether IdentityFile was said at all, were it "none".</summary>
    public bool HasIdentityFiles { get; init; }

    /// <summary>CertificateFile, all of them.</summary>
    public IReadOnlyList<string> CertificateFiles { get; init; } = [];

    /// <summary>IdentitiesOnly: an agent's keys count only where they are those of the files.</summary>
    public bool IdentitiesOnly { get; init; }

    /// <summary>IdentityAgent: the path of its socket; "" for none.</summary>
    public string? IdentityAgent { get; init; }

    /// <summary>ProxyJump, the first to be dialled first.</summary>
    public IReadOnlyList<JumpHost> ProxyJump { get; init; } = [];

    /// <summary>ProxyCommand, without tokens.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>UserKnownHostsFile.</summary>
    public IReadOnlyList<string>? UserKnownHostsFiles { get; init; }

    /// <summary>GlobalKnownHostsFile.</summary>
    public IReadOnlyList<string>? GlobalKnownHostsFiles { get; init; }

    /// <summary>StrictHostKeyChecking.</summary>
    public StrictHostKeyChecking StrictHostKeyChecking { get; init; }

    /// <summary>HashKnownHosts.</summary>
    public bool HashKnownHosts { get; init; }

    /// <summary>HostKeyAlgorithms, with its sign.</summary>
    public string? HostKeyAlgorithms { get; init; }

    /// <summary>Ciphers, with its sign.</summary>
    public string? Ciphers { get; init; }

    /// <summary>KexAlgorithms, with its sign.</summary>
    public string? KexAlgorithms { get; init; }

    /// <summary>MACs, with its sign.</summary>
    public string? Macs { get; init; }

    /// <summary>Compression.</summary>
    public bool? Compression { get; init; }

    /// <summary>ServerAliveInterval.</summary>
    public TimeSpan? ServerAliveInterval { get; init; }

    /// <summary>ServerAliveCountMax.</summary>
    public int? ServerAliveCountMax { get; init; }

    /// <summary>ConnectTimeout.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>The methods that may be used, in order.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["publickey", "keyboard-interactive", "password"];

    /// <summary>NumberOfPasswordPrompts.</summary>
    public int NumberOfPasswordPrompts { get; init; } = 3;
}
