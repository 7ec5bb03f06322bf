using System.Numerics;
using System.Security.Cryptography;
using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A key pair of type "ssh-rsa" that signs with SHA-2 (RFC 8332). libcrypto's keys may be used by several threads at once.</summary>
internal sealed class RsaSigningKey : SigningKey
{
    private readonly RSA _key;

    /// <param name="key">Owned from now on.</param>
    public RsaSigningKey(RSA key)
    {
        _key = key;
        var parameters = key.ExportParameters(false);
        using var packet = Packet.Rent(2048);
        var writer = new WireWriter(packet);
        writer.Text(RsaPublicKey.Type);
        writer.MpInt(parameters.Exponent);
        writer.MpInt(parameters.Modulus);
        Public = new PublicKeyBlob(RsaPublicKey.Type, packet.Span.ToArray());
    }

    public override PublicKeyBlob Public { get; }

    public override IReadOnlyList<string> SignatureAlgorithms => RsaPublicKey.Algorithms;

    /// <summary>Reads what <see cref="WritePrivate"/> writes behind the type.</summary>
    public static RsaSigningKey Read(ref WireReader reader)
    {
        var n = reader.MpInt();
        var e = reader.MpInt();
        var d = reader.MpInt();
        var inverse = reader.MpInt();
        var p = reader.MpInt();
        var q = reader.MpInt();
        RsaPublicKey.Check(n.Span, e.Span);
        int half = (n.Length + 1) / 2;
        if (d.Length > n.Length || p.Length > half || q.Length > half || inverse.Length > half || p.Length < 2 || q.Length < 2)
        {
            throw new WireException("An RSA private key whose parts do not fit its modulus.");
        }

        // The file leaves out d mod (p-1) and d mod (q-1), which the base class library wants.
        var parameters = new RSAParameters
        {
            Modulus = n.ToArray(),
            Exponent = e.ToArray(),
            D = Padded(d.Span, n.Length),
            P = Padded(p.Span, half),
            Q = Padded(q.Span, half),
            DP = Padded(Remainder(d.Span, p.Span), half),
            DQ = Padded(Remainder(d.Span, q.Span), half),
            InverseQ = Padded(inverse.Span, half),
        };
        try
        {
            return new RsaSigningKey(RSA.Create(parameters));
        }
        finally
        {
            Wipe(parameters);
        }
    }

    public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        CheckAlgorithm(algorithm);
        using var packet = Packet.Rent(2048);
        var writer = new WireWriter(packet);
        writer.Text(algorithm);
        writer.Bytes(_key.SignData(data, RsaPublicKey.HashOf(algorithm), RSASignaturePadding.Pkcs1));
        return packet.Span.ToArray();
    }

    /// <summary>string type, mpint n, e, d, q's inverse mod p, p, q.</summary>
    internal override void WritePrivate(in WireWriter writer)
    {
        var key = _key.ExportParameters(true);
        writer.Text(RsaPublicKey.Type);
        writer.MpInt(key.Modulus);
        writer.MpInt(key.Exponent);
        writer.MpInt(key.D);
        writer.MpInt(key.InverseQ);
        writer.MpInt(key.P);
        writer.MpInt(key.Q);
        Wipe(key);
    }

    protected override void Dispose(bool disposing) => _key.Dispose();

    private static byte[] Remainder(ReadOnlySpan<byte> d, ReadOnlySpan<byte> prime) =>
        (new BigInteger(d, isUnsigned: true, isBigEndian: true) % (new BigInteger(prime, isUnsigned: true, isBigEndian: true) - 1))
        .ToByteArray(isUnsigned: true, isBigEndian: true);

    private static byte[] Padded(ReadOnlySpan<byte> number, int length)
    {
        byte[] padded = new byte[length];
        number.CopyTo(padded.AsSpan(length - number.Length));
        return padded;
    }

    private static void Wipe(RSAParameters key)
    {
        foreach (byte[]? part in new[] { key.D, key.P, key.Q, key.DP, key.DQ, key.InverseQ })
        {
            CryptographicOperations.ZeroMemory(part);
        }
    }
}
