using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>
/// A key with what a CA says about it (OpenSSH's PROTOCOL.certkeys): "ssh-ed25519-cert-v01@openssh.com" and its like. Signs as
/// the key alone does, under algorithm names of its own.
/// </summary>
internal sealed class CertifiedKey : PublicKey
{
    private const string Domain = "@openssh.com";
    private const string Suffix = "-cert-v01" + Domain;

    private readonly PlainKey _key;

    private CertifiedKey(PlainKey key, Certificate certificate)
    {
        _key = key;
        Certificate = certificate;
        SignatureAlgorithms = [.. key.SignatureAlgorithms.Select(NameOf)];
    }

    public override IReadOnlyList<string> SignatureAlgorithms { get; }

    public override bool IsSecurityKey => _key.IsSecurityKey;

    public override Certificate Certificate { get; }

    /// <summary>The certificate's name for a key type or algorithm: "rsa-sha2-512" becomes "rsa-sha2-512-cert-v01@openssh.com".</summary>
    public static string NameOf(string plain) =>
        (plain.EndsWith(Domain, StringComparison.Ordinal) ? plain[..^Domain.Length] : plain) + Suffix;

    /// <summary>Reads what stands behind the type.</summary>
    /// <exception cref="WireException">It is broken, beyond our limits, or not signed by the CA it names.</exception>
    public static CertifiedKey ReadAll(PublicKeyMethod method, PublicKeyBlob blob, ref WireReader reader)
    {
        // The nonce only keeps collisions of the CA's hash from being prepared.
        reader.Bytes();
        var fields = blob.Bytes[^reader.Left..];
        var key = method.ReadFields(ref reader);
        try
        {
            return new CertifiedKey(key, Certificate.Read(PlainBlob(method.Type, fields[..^reader.Left]), blob, ref reader));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public override SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature)
    {
        // The signature names the plain algorithm, the announcement the certificate's.
        string? plain = _key.SignatureAlgorithms.FirstOrDefault(name => NameOf(name) == algorithm);
        return plain is null ? SignatureCheck.Wrong : _key.Verify(plain, data, signature);
    }

    public override void Dispose() => _key.Dispose();

    private static PublicKeyBlob PlainBlob(string type, ReadOnlyMemory<byte> fields)
    {
        using var packet = Packet.Rent(fields.Length);
        var writer = new WireWriter(packet);
        writer.Text(type);
        writer.Raw(fields.Span);
        return new PublicKeyBlob(type, packet.Span.ToArray());
    }
}
