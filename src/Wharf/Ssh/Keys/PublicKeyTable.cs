using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>One row of <see cref="PublicKeyTable"/>: a key type and how its fields are read.</summary>
/// <param name="Type">RFC 4253 section 6.6: the first string of the key.</param>
/// <param name="Read">Reads what stands between the type and the end, or a certificate's fields.</param>
internal sealed record PublicKeyMethod(string Type, PublicKeyMethod.Reader Read)
{
    public delegate PlainKey Reader(ref WireReader reader);

    /// <summary>The type of the certificate for such a key.</summary>
    public string CertificateType { get; } = CertifiedKey.NameOf(Type);

    /// <summary>Reads the fields of a key; more may follow.</summary>
    /// <exception cref="WireException">It is broken or beyond our limits.</exception>
    public PlainKey ReadFields(ref WireReader reader)
    {
        try
        {
            return Read(ref reader);
        }
        catch (CryptographicException refused)
        {
            // A point that is not on its curve, for one.
            throw new WireException($"A key of type {Type} that makes no sense: {refused.Message}");
        }
    }

    /// <summary>Reads the fields of a key that ends where the bytes end.</summary>
    /// <exception cref="WireException">It is broken or beyond our limits.</exception>
    public PlainKey ReadAll(ref WireReader reader)
    {
        var key = ReadFields(ref reader);
        if (reader.Left > 0)
        {
            key.Dispose();
            reader.End();
        }

        return key;
    }
}

/// <summary>
/// Every key type we know. No "ssh-dss": RFC 4253 wants it, its 1024 bits and SHA-1 are broken, and OpenSSH has removed it.
/// </summary>
internal static class PublicKeyTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<PublicKeyMethod> Rows { get; } =
    [
        new(Ed25519PublicKey.Type, Ed25519PublicKey.Read),
        new(EcdsaCurve.P256.Type, (ref reader) => EcdsaPublicKey.Read(EcdsaCurve.P256, ref reader)),
        new(EcdsaCurve.P384.Type, (ref reader) => EcdsaPublicKey.Read(EcdsaCurve.P384, ref reader)),
        new(EcdsaCurve.P521.Type, (ref reader) => EcdsaPublicKey.Read(EcdsaCurve.P521, ref reader)),
        new(RsaPublicKey.Type, RsaPublicKey.Read),
        new(SecurityKey.Ed25519Type, SecurityKey.ReadEd25519),
        new(SecurityKey.EcdsaType, SecurityKey.ReadEcdsa),
    ];

    /// <summary>The row of that key type; null where we know none.</summary>
    public static PublicKeyMethod? Find(string type) => Rows.FirstOrDefault(row => row.Type == type);

    /// <summary>The row whose certificates have that type; null where we know none.</summary>
    public static PublicKeyMethod? FindCertificate(string type) => Rows.FirstOrDefault(row => row.CertificateType == type);
}
