namespace Wharf.Ssh.Authentication;

/// <summary>Signature algorithms that users may log in by: what server-sig-algs announces (RFC 8308 section 3.1). No SHA-1, no DSA.</summary>
internal static class SignatureAlgorithmNames
{
    private const string CertificateSuffix = "-cert-v01@openssh.com";
    private const string VendorSuffix = "@openssh.com";

    /// <summary>All we accept.</summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp384-cert-v01@openssh.com",
        "ecdsa-sha2-nistp521-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com",
        "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    ];

    /// <summary>The algorithm of the signature itself under a certificate's algorithm: "rsa-sha2-512" for "rsa-sha2-512-cert-v01@openssh.com".</summary>
    public static string WithoutCertificate(string name) =>
        !name.EndsWith(CertificateSuffix, StringComparison.Ordinal) ? name
        : name.StartsWith("sk-", StringComparison.Ordinal) ? name[..^CertificateSuffix.Length] + VendorSuffix
        : name[..^CertificateSuffix.Length];
}
