using System.Security.Cryptography;

namespace Wharf.Accounts;

/// <summary>A public key or certificate as SSH writes it (RFC 4253 section 6.6). Equal when the bytes are.</summary>
/// <param name="type">The key's type, the first string inside: "ssh-ed25519", "ssh-rsa", "ssh-ed25519-cert-v01@openssh.com".</param>
/// <param name="bytes">All of it, that string included; not to be changed afterwards.</param>
public sealed class PublicKeyBlob(string type, ReadOnlyMemory<byte> bytes) : IEquatable<PublicKeyBlob>
{
    /// <summary>The key's type.</summary>
    public string Type { get; } = type;

    /// <summary>All of it, the type included.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>Its fingerprint as OpenSSH shows it: "SHA256:" and base64 without padding.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Bytes.Span)).TrimEnd('=');

    /// <inheritdoc/>
    public bool Equals(PublicKeyBlob? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKeyBlob);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type} {Fingerprint}";
}
