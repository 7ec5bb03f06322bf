using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>"ecdsa-sha2-nistp256" and its like, RFC 5656 section 3.1: string curve identifier, string Q.</summary>
internal sealed class EcdsaPublicKey(EcdsaCurve curve, ECDsa key) : PlainKey
{
    public override IReadOnlyList<string> SignatureAlgorithms { get; } = [curve.Type];

    public static EcdsaPublicKey Read(EcdsaCurve curve, ref WireReader reader) => new(curve, ReadKey(curve, ref reader));

    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static ECDsa ReadKey(EcdsaCurve curve, ref WireReader reader) =>
        ECDsa.Create(new ECParameters { Curve = curve.Curve, Q = curve.ReadPoint(ref reader) });

    protected override SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ref WireReader signature)
    {
        byte[]? body = curve.ReadSignature(ref signature);
        signature.End();
        return SignatureCheck.Of(body is not null && key.VerifyData(data, body, curve.Hash));
    }

    public override void Dispose() => key.Dispose();
}
