using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Wharf.Ssh.Keys;

/// <summary>Private keys as openssl writes them.</summary>
internal static class PemPrivateKey
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EcOid = "1.2.840.10045.2.1";
    private const string Ed25519Oid = "1.3.101.112";

    /// <summary>Reads one.</summary>
    /// <param name="label">Between BEGIN and the dashes.</param>
    /// <param name="body">What stands in base64 behind it.</param>
    /// <param name="passphrase">For what is encrypted; null where nobody was asked.</param>
    /// <exception cref="KeyFormatException">The passphrase is missing or wrong, or it is not a private key of a kind we know.</exception>
    /// <exception cref="CryptographicException">It is broken.</exception>
    public static SigningKey Read(ReadOnlySpan<char> label, ReadOnlyMemory<byte> body, string? passphrase) => label switch
    {
        "RSA PRIVATE KEY" => Rsa(key => key.ImportRSAPrivateKey(body.Span, out _)),
        "EC PRIVATE KEY" => Ecdsa(key => key.ImportECPrivateKey(body.Span, out _)),
        "PRIVATE KEY" => ReadPkcs8(body),
        "ENCRYPTED PRIVATE KEY" => ReadEncrypted(body, passphrase),
        _ => throw new KeyFormatException($"a file with {Printable.Of(label.ToString().Replace(' ', '-'))} is no private key file"),
    };

    private static SigningKey ReadEncrypted(ReadOnlyMemory<byte> body, string? passphrase)
    {
        byte[] plain = PemEncryption.OpenPkcs8(body, passphrase);
        try
        {
            return ReadPkcs8(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>RFC 5958: version, algorithm, OCTET STRING with the algorithm's own form.</summary>
    private static SigningKey ReadPkcs8(ReadOnlyMemory<byte> body)
    {
        string oid;
        byte[] inside;
        try
        {
            var info = new AsnReader(body, AsnEncodingRules.BER).ReadSequence();
            info.ReadInteger();
            oid = info.ReadSequence().ReadObjectIdentifier();
            inside = info.ReadOctetString();
        }
        catch (AsnContentException broken)
        {
            throw new CryptographicException(broken.Message);
        }

        try
        {
            return oid switch
            {
                RsaOid => Rsa(key => key.ImportPkcs8PrivateKey(body.Span, out _)),
                EcOid => Ecdsa(key => key.ImportPkcs8PrivateKey(body.Span, out _)),
                Ed25519Oid => Ed25519Of(inside),
                _ => throw new KeyFormatException("private keys of this kind are not supported"),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(inside);
        }
    }

    private static RsaSigningKey Rsa(Action<RSA> import)
    {
        var key = RSA.Create();
        try
        {
            import(key);
            return new RsaSigningKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static EcdsaSigningKey Ecdsa(Action<ECDsa> import)
    {
        var key = ECDsa.Create();
        try
        {
            import(key);
            string? oid = key.ExportParameters(false).Curve.Oid.Value;
            var curve = EcdsaCurve.All.FirstOrDefault(curve => curve.Curve.Oid.Value == oid)
                ?? throw new KeyFormatException("only the curves P-256, P-384 and P-521 are supported");
            return new EcdsaSigningKey(curve, key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>RFC 8410 section 7: CurvePrivateKey, an OCTET STRING of 32 bytes.</summary>
    private static Ed25519SigningKey Ed25519Of(ReadOnlySpan<byte> inside) =>
        inside.Length == 2 + LibCrypto.Curve25519Bytes && inside[0] == 0x04 && inside[1] == LibCrypto.Curve25519Bytes
            ? new Ed25519SigningKey(inside[2..])
            : throw new CryptographicException("Not an Ed25519 private key (RFC 8410 section 7).");
}
