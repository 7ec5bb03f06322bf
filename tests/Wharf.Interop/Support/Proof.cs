namespace Wharf.Interop.Support;

/// <summary>By what somebody logs in over SSH.</summary>
public enum Proof
{
    /// <summary>password (RFC 4252 section 8).</summary>
    Password,

    /// <summary>keyboard-interactive (RFC 4256), which asks for the password.</summary>
    KeyboardInteractive,

    /// <summary>A key of ssh-ed25519 (RFC 8709).</summary>
    Ed25519,

    /// <summary>A key of ecdsa-sha2-nistp256 (RFC 5656).</summary>
    Ecdsa256,

    /// <summary>A key of ecdsa-sha2-nistp384.</summary>
    Ecdsa384,

    /// <summary>A key of ecdsa-sha2-nistp521.</summary>
    Ecdsa521,

    /// <summary>An RSA key that signs with rsa-sha2-256 (RFC 8332).</summary>
    RsaSha256,

    /// <summary>The same RSA key, signing with rsa-sha2-512.</summary>
    RsaSha512,

    /// <summary>An Ed25519 key that only its certificate makes known.</summary>
    Certificate,
}

internal static class Proofs
{
    /// <summary>All of them.</summary>
    public static readonly Proof[] All = Enum.GetValues<Proof>();

    public static bool IsKey(this Proof proof) => proof is not (Proof.Password or Proof.KeyboardInteractive);

    /// <summary>The signature algorithm, by SSH's name; null where there is none.</summary>
    public static string? Signature(this Proof proof) => proof switch
    {
        Proof.Ed25519 => "ssh-ed25519",
        Proof.Ecdsa256 => "ecdsa-sha2-nistp256",
        Proof.Ecdsa384 => "ecdsa-sha2-nistp384",
        Proof.Ecdsa521 => "ecdsa-sha2-nistp521",
        Proof.RsaSha256 => "rsa-sha2-256",
        Proof.RsaSha512 => "rsa-sha2-512",
        Proof.Certificate => "ssh-ed25519-cert-v01@openssh.com",
        _ => null,
    };
}

/// <summary>Who logs in, where and by what.</summary>
/// <param name="Port">The server's port on 127.0.0.1.</param>
/// <param name="User">The account.</param>
/// <param name="Proof">By what.</param>
/// <param name="KnownHosts">The server's host keys, as OpenSSH's known_hosts; clients must refuse any other.</param>
/// <param name="Keys">Where the private keys are.</param>
internal sealed record SshLogin(int Port, string User, Proof Proof, string KnownHosts, Keyring Keys)
{
    /// <summary>The private key, in OpenSSH's form; the public one lies beside it.</summary>
    public string KeyFile => Keys.FileOf(Proof);
}
