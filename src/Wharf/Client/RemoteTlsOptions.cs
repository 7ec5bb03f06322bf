using System.Security.Cryptography.X509Certificates;
using Wharf.Net.Tls;

namespace Wharf.Client;

/// <summary>TLS, as a source speaks it with FTP servers.</summary>
public sealed record RemoteTlsOptions
{
    /// <summary>The oldest version spoken.</summary>
    public TlsVersion Oldest { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version spoken.</summary>
    public TlsVersion Newest { get; init; } = TlsVersion.Tls13;

    /// <summary>Shown to servers that ask for one; null for none. Lent for the source's life.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Authorities that count beside the system's. Lent for the source's life.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>
    /// The file where accepted certificates are remembered, a line "HOST:PORT SHA256:FINGERPRINT" for each; null is "trusted-certificates" in the folder
    /// "wharf" where the system keeps a user's settings (~/.config on Linux).
    /// </summary>
    public string? PinFile { get; init; }

    /// <summary>The engine; null takes the one that can do most here.</summary>
    public ITlsProvider? Provider { get; init; }
}
