using System.Security.Cryptography;
using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A key pair of type "ecdsa-sha2-nistp256" and its like (RFC 5656). libcrypto's keys may be used by several threads at once.</summary>
internal sealed class EcdsaSigningKey : SigningKey
{
    private readonly EcdsaCurve _curve;
    private readonly ECDsa _key;

    /// <param name="curve">Its curve.</param>
    /// <param name="key">Owned from now on.</param>
    public EcdsaSigningKey(EcdsaCurve curve, ECDsa key)
    {
        _curve = curve;
        _key = key;
        using var packet = Packet.Rent();
        var writer = new WireWriter(packet);
        writer.Text(curve.Type);
        curve.WritePoint(writer, key.ExportParameters(false).Q);
        Public = new PublicKeyBlob(curve.Type, packet.Span.ToArray());
        SignatureAlgorithms = [curve.Type];
    }

    public override PublicKeyBlob Public { get; }

    public override IReadOnlyList<string> SignatureAlgorithms { get; }

    /// <summary>Reads what <see cref="WritePrivate"/> writes behind the type.</summary>
    public static EcdsaSigningKey Read(EcdsaCurve curve, ref WireReader reader)
    {
        var point = curve.ReadPoint(ref reader);
        var number = reader.MpInt().Span;
        if (number.Length > curve.FieldBytes)
        {
            throw new WireException("An ECDSA private key that is longer than its curve.");
        }

        byte[] d = new byte[curve.FieldBytes];
        number.CopyTo(d.AsSpan(d.Length - number.Length));
        try
        {
            return new EcdsaSigningKey(curve, ECDsa.Create(new ECParameters { Curve = curve.Curve, Q = point, D = d }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        CheckAlgorithm(algorithm);
        byte[] both = _key.SignData(data, _curve.Hash);
        using var packet = Packet.Rent();
        var writer = new WireWriter(packet);
        writer.Text(algorithm);
        _curve.WriteSignature(writer, both);
        return packet.Span.ToArray();
    }

    /// <summary>string type, string curve, string Q, mpint d.</summary>
    internal override void WritePrivate(in WireWriter writer)
    {
        var key = _key.ExportParameters(true);
        writer.Text(_curve.Type);
        _curve.WritePoint(writer, key.Q);
        writer.MpInt(key.D);
        CryptographicOperations.ZeroMemory(key.D);
    }

    protected override void Dispose(bool disposing) => _key.Dispose();
}
