using Wharf.Net.Tls;

namespace Wharf.Server.Settings;

/// <summary>TLS of FTP, for all listeners. Lists of files are kept as they were written, so that two settings compare; <see cref="ValueForm.PathsOf"/> takes them apart.</summary>
internal sealed record TlsSettings
{
    /// <summary>Files of certificates and their chains; "" has one made in the data folder.</summary>
    public string Certificates { get; init; } = "";

    /// <summary>Files of their keys, as many; "" where the certificates' own hold them.</summary>
    public string Keys { get; init; } = "";

    /// <summary>The file of the keys' password; null for none.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>How often the files are looked at; zero for never.</summary>
    public TimeSpan Reload { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Which versions are spoken.</summary>
    public TlsVersions Versions { get; init; } = TlsVersions.All;

    /// <summary>Whether a client that asks for an unknown name is refused.</summary>
    public bool RefusesUnknownNames { get; init; }

    /// <summary>Whether clients show a certificate.</summary>
    public ClientCertificates ClientCertificates { get; init; }

    /// <summary>Files of authorities whose client certificates count.</summary>
    public string ClientAuthorities { get; init; } = "";

    /// <summary>Files of revocation lists.</summary>
    public string RevocationLists { get; init; } = "";

    /// <summary>Whether OCSP responses are fetched and stapled.</summary>
    public bool Staples { get; init; } = true;

    /// <summary>Whether the kernel is asked to seal.</summary>
    public bool Kernel { get; init; }

    /// <summary>What speaks TLS.</summary>
    public TlsEngine Engine { get; init; }

    /// <summary>Whether SSCN may be used for protected transfers between servers.</summary>
    public bool AllowSscn { get; init; }
}

/// <summary>What speaks TLS.</summary>
internal enum TlsEngine
{
    /// <summary>OpenSSL where it is, else the runtime.</summary>
    Auto,

    /// <summary>libssl.so.3.</summary>
    OpenSsl,

    /// <summary>The runtime's SslStream.</summary>
    SslStream,
}

/// <summary>Versions that are spoken, both ends included.</summary>
internal sealed record TlsVersions(TlsVersion Oldest, TlsVersion Newest)
{
    /// <summary>All there are.</summary>
    public static TlsVersions All { get; } = new(TlsVersion.Tls12, TlsVersion.Tls13);

    /// <summary>How each choice is written.</summary>
    public static IReadOnlyList<(string Word, TlsVersions Versions)> Rows { get; } =
    [
        ("1.2-1.3", All), ("1.2", new(TlsVersion.Tls12, TlsVersion.Tls12)), ("1.3", new(TlsVersion.Tls13, TlsVersion.Tls13)),
    ];
}
