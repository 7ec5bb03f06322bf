using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange;

/// <summary>
/// ecdh-sha2-*, RFC 5656 section 4: values are uncompressed points, the secret is the x coordinate. Importing checks that a
/// point is on the curve, which with cofactor 1 is the whole of section 4's validation.
/// </summary>
internal sealed class EcdhNist(string name, NistCurve curve, HashAlgorithmName hash) : KeyExchangeMethod(name, hash)
{
    /// <summary>The first byte of an uncompressed point.</summary>
    private const byte Uncompressed = 4;

    public override KeyAgreement Begin(Randomness randomness) => new Agreement(this, Generate(randomness));

    public override KeyAgreed Respond(ReadOnlySpan<byte> clientValue, Randomness randomness)
    {
        using var own = Generate(randomness);
        byte[] secret = Derive(own, clientValue);
        return new KeyAgreed(PublicValue(own), secret);
    }

    /// <summary>A key pair whose private key is drawn from below the order until it fits (FIPS 186-5 appendix A.2.2).</summary>
    private ECDiffieHellman Generate(Randomness randomness)
    {
        byte[] scalar = GC.AllocateArray<byte>(curve.FieldBytes, pinned: true);
        try
        {
            do
            {
                randomness.Fill(scalar);
                // Of nistp521's first byte one bit counts; the others' orders begin with 0xFF.
                scalar[0] &= curve.Order[0];
            }
            while (!IsPrivateKey(scalar));
            return ECDiffieHellman.Create(new ECParameters { Curve = curve.Curve, D = scalar });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>Whether 0 &lt; scalar &lt; order, looking at every byte whatever they are.</summary>
    private bool IsPrivateKey(ReadOnlySpan<byte> scalar)
    {
        int borrow = 0;
        int any = 0;
        for (int i = scalar.Length - 1; i >= 0; i--)
        {
            borrow = ((scalar[i] - curve.Order[i] - borrow) >> 31) & 1;
            any |= scalar[i];
        }

        return borrow == 1 && any != 0;
    }

    private static byte[] PublicValue(ECDiffieHellman own)
    {
        var point = own.ExportParameters(includePrivateParameters: false).Q;
        return [Uncompressed, .. point.X!, .. point.Y!];
    }

    private byte[] Derive(ECDiffieHellman own, ReadOnlySpan<byte> peerValue)
    {
        if (peerValue.Length != curve.PointBytes || peerValue[0] != Uncompressed)
        {
            throw new WireException($"{peerValue.Length} bytes that are no uncompressed point of {Name}.");
        }

        var point = new ECPoint
        {
            X = peerValue.Slice(1, curve.FieldBytes).ToArray(),
            Y = peerValue[(1 + curve.FieldBytes)..].ToArray(),
        };
        try
        {
            using var peer = ECDiffieHellman.Create(new ECParameters { Curve = curve.Curve, Q = point });
            return own.DeriveRawSecretAgreement(peer.PublicKey);
        }
        catch (CryptographicException)
        {
            throw new WireException($"A point that is not on the curve of {Name}.");
        }
    }

    private sealed class Agreement(EcdhNist method, ECDiffieHellman own) : KeyAgreement
    {
        public override ReadOnlyMemory<byte> Value { get; } = PublicValue(own);

        public override byte[] Finish(ReadOnlySpan<byte> serverValue) => method.Derive(own, serverValue);

        public override void Dispose() => own.Dispose();
    }
}
