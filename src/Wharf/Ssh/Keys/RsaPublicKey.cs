using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>"ssh-rsa", RFC 4253 section 6.6: mpint e, mpint n. Signs with SHA-2 only (RFC 8332); PKCS #1 v1.5.</summary>
internal sealed class RsaPublicKey : PlainKey
{
    public const string Type = "ssh-rsa";
    public const string Sha512 = "rsa-sha2-512";
    public const string Sha256 = "rsa-sha2-256";

    private readonly RSA _key;
    private readonly int _bytes;

    private RsaPublicKey(RSA key)
    {
        _key = key;
        _bytes = (key.KeySize + 7) / 8;
    }

    /// <summary>Best first.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = [Sha512, Sha256];

    public override IReadOnlyList<string> SignatureAlgorithms => Algorithms;

    public static HashAlgorithmName HashOf(string algorithm) => algorithm switch
    {
        Sha512 => HashAlgorithmName.SHA512,
        Sha256 => HashAlgorithmName.SHA256,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    public static RsaPublicKey Read(ref WireReader reader)
    {
        var e = reader.MpInt();
        var n = reader.MpInt();
        Check(n.Span, e.Span);
        return new RsaPublicKey(RSA.Create(new RSAParameters { Exponent = e.ToArray(), Modulus = n.ToArray() }));
    }

    /// <summary>Refuses what would cost too much or cannot be right, before libcrypto sees it (security case T22).</summary>
    /// <param name="modulus">Without leading zeros.</param>
    /// <param name="exponent">Without leading zeros.</param>
    /// <exception cref="WireException">It is beyond our limits.</exception>
    public static void Check(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        int bits = BitsOf(modulus);
        if (bits is < KeyLimits.LeastRsaBits or > KeyLimits.MostRsaBits)
        {
            throw new WireException(
                $"An RSA key of {bits} bits, where {KeyLimits.LeastRsaBits} to {KeyLimits.MostRsaBits} are allowed.");
        }

        if ((modulus[^1] & 1) == 0)
        {
            throw new WireException("An RSA key with an even modulus.");
        }

        if (BitsOf(exponent) is < 2 or > KeyLimits.MostRsaExponentBits || (exponent[^1] & 1) == 0)
        {
            throw new WireException("An RSA key whose exponent is even, less than 3, or too large.");
        }
    }

    protected override SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ref WireReader signature)
    {
        var body = signature.Bytes();
        signature.End();
        if (body.Length > _bytes)
        {
            return SignatureCheck.Wrong;
        }

        // RFC 8332 section 3.1 wants the modulus' length; some old agents leave leading zeros out, and OpenSSH takes that.
        Span<byte> padded = stackalloc byte[KeyLimits.MostRsaBits / 8];
        padded = padded[.._bytes];
        padded.Clear();
        body.Span.CopyTo(padded[(_bytes - body.Length)..]);
        return SignatureCheck.Of(_key.VerifyData(data, padded, HashOf(algorithm), RSASignaturePadding.Pkcs1));
    }

    public override void Dispose() => _key.Dispose();

    private static int BitsOf(ReadOnlySpan<byte> magnitude) =>
        magnitude.IsEmpty ? 0 : (magnitude.Length * 8) - (byte.LeadingZeroCount(magnitude[0]));
}
