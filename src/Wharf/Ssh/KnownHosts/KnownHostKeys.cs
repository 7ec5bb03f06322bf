using Wharf.Accounts;

namespace Wharf.Ssh.KnownHosts;

/// <summary>What files of known hosts say of a host's key.</summary>
internal enum HostKeyStatus
{
    /// <summary>It is one of the keys known for that host, or its CA is.</summary>
    Known,

    /// <summary>No key is known for that host.</summary>
    Unknown,

    /// <summary>Keys are known for that host, and this is none of them.</summary>
    Changed,

    /// <summary>The key, or its CA, is marked as revoked.</summary>
    Revoked,
}

/// <summary>The answer, and the line it comes from; null where it comes from none.</summary>
internal readonly record struct HostKeyFinding(HostKeyStatus Status, KnownHostsLine? Line);

/// <summary>The known hosts of several files together, as one connection asks for them: what is said of one host. Never changes.</summary>
internal sealed class KnownHostKeys
{
    /// <summary>The port that is not written with a name.</summary>
    public const int DefaultPort = 22;

    private readonly KnownHostsLine[] _lines;
    private readonly KnownHostsLine[] _withoutPort;

    /// <param name="files">In the order of their weight.</param>
    /// <param name="host">The name it was dialled by, or its alias; case does not matter.</param>
    /// <param name="port">1 to 65535; 22 for an alias.</param>
    public KnownHostKeys(IEnumerable<KnownHostsFile> files, string host, int port)
    {
        Name = NameOf(host, port);
        var lines = files.SelectMany(file => file.Lines).ToArray();
        _lines = [.. lines.Where(line => line.Hosts.Matches(Name))];
        _withoutPort = port == DefaultPort ? [] : [.. lines.Where(line => line.Hosts.Matches(NameOf(host, DefaultPort)))];
    }

    /// <summary>What the host is called in these files.</summary>
    public string Name { get; }

    /// <summary>Whether certificates of some CA count for that host.</summary>
    public bool HasAuthority => Array.Exists(_lines, line => line.Marker == HostKeyMarker.CertificateAuthority);

    /// <summary>How a host is written there: "[name]:port" where the port is not 22.</summary>
    public static string NameOf(string host, int port)
    {
        string name = host.ToLowerInvariant();
        return port == DefaultPort ? name : $"[{name}]:{port}";
    }

    /// <summary>Whether a key of that type is known for the host.</summary>
    public bool KnowsType(string type) => Array.Exists(_lines, line => line.Marker == HostKeyMarker.None && line.Key.Type == type)
        || (!Array.Exists(_lines, line => line.Marker == HostKeyMarker.None)
            && Array.Exists(_withoutPort, line => line.Marker == HostKeyMarker.None && line.Key.Type == type));

    /// <summary>What is said of a key.</summary>
    public HostKeyFinding Find(PublicKeyBlob key)
    {
        if (Revocation(key) is { } revoked)
        {
            return new(HostKeyStatus.Revoked, revoked);
        }

        var plain = Find(_lines, HostKeyMarker.None, key);

        // As OpenSSH: a key that is known for the host without the port will do, where none is known with it.
        return plain.Status == HostKeyStatus.Unknown && Find(_withoutPort, HostKeyMarker.None, key) is { Status: HostKeyStatus.Known } known ? known : plain;
    }

    /// <summary>What is said of a CA: known, unknown or revoked.</summary>
    public HostKeyFinding FindAuthority(PublicKeyBlob authority) =>
        Revocation(authority) is { } revoked ? new(HostKeyStatus.Revoked, revoked)
        : Array.Find(_lines, line => line.Marker == HostKeyMarker.CertificateAuthority && line.Key.Equals(authority)) is { } known
            ? new(HostKeyStatus.Known, known)
        : new(HostKeyStatus.Unknown, null);

    private static HostKeyFinding Find(KnownHostsLine[] lines, HostKeyMarker marker, PublicKeyBlob key)
    {
        KnownHostsLine? other = null;
        foreach (var line in lines)
        {
            if (line.Marker == marker)
            {
                if (line.Key.Equals(key))
                {
                    return new(HostKeyStatus.Known, line);
                }

                // Of the same type where there is one: that is the line to look at.
                other = other is null || (other.Key.Type != key.Type && line.Key.Type == key.Type) ? line : other;
            }
        }

        return other is null ? new(HostKeyStatus.Unknown, null) : new(HostKeyStatus.Changed, other);
    }

    private KnownHostsLine? Revocation(PublicKeyBlob key) =>
        Array.Find(_lines, line => line.Marker == HostKeyMarker.Revoked && line.Key.Equals(key))
        ?? Array.Find(_withoutPort, line => line.Marker == HostKeyMarker.Revoked && line.Key.Equals(key));
}
