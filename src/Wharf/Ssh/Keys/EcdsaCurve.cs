using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A curve of RFC 5656 section 10.1 with the hash that goes with it (section 6.2.1), and its forms on the wire.</summary>
internal sealed class EcdsaCurve
{
    // SEC 1 section 2.3.3: what an uncompressed point begins with.
    private const byte Uncompressed = 4;

    private EcdsaCurve(string name, int bits, ECCurve curve, HashAlgorithmName hash)
    {
        Name = name;
        Bits = bits;
        Curve = curve;
        Hash = hash;
    }

    public static EcdsaCurve P256 { get; } = new("nistp256", 256, ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256);

    public static EcdsaCurve P384 { get; } = new("nistp384", 384, ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384);

    public static EcdsaCurve P521 { get; } = new("nistp521", 521, ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512);

    public static IReadOnlyList<EcdsaCurve> All { get; } = [P256, P384, P521];

    /// <summary>The identifier inside a key.</summary>
    public string Name { get; }

    /// <summary>Bits of the field.</summary>
    public int Bits { get; }

    public ECCurve Curve { get; }

    public HashAlgorithmName Hash { get; }

    /// <summary>The key type, which is the signature algorithm too.</summary>
    public string Type => "ecdsa-sha2-" + Name;

    /// <summary>Bytes of one coordinate.</summary>
    public int FieldBytes => (Bits + 7) / 8;

    /// <summary>string curve identifier, string Q (RFC 5656 section 3.1). Compressed points are optional there, and OpenSSH refuses them too.</summary>
    public ECPoint ReadPoint(ref WireReader reader)
    {
        if (reader.Text() != Name)
        {
            throw new WireException("An ECDSA key on another curve than its type says.");
        }

        var point = reader.Bytes().Span;
        return point.Length == 1 + (2 * FieldBytes) && point[0] == Uncompressed
            ? new ECPoint { X = point[1..(1 + FieldBytes)].ToArray(), Y = point[(1 + FieldBytes)..].ToArray() }
            : throw new WireException($"An ECDSA point of {point.Length} bytes that is not an uncompressed one.");
    }

    /// <inheritdoc cref="ReadPoint"/>
    public void WritePoint(in WireWriter writer, ECPoint point)
    {
        writer.Text(Name);
        writer.Bytes([Uncompressed, .. point.X!, .. point.Y!]);
    }

    /// <summary>string that holds mpint r and mpint s (RFC 5656 section 3.1.2), as r and s of the field's length; null where one is too long to be right.</summary>
    public byte[]? ReadSignature(ref WireReader reader)
    {
        var inside = new WireReader(reader.Bytes());
        var r = inside.MpInt();
        var s = inside.MpInt();
        inside.End();
        if (r.Length > FieldBytes || s.Length > FieldBytes)
        {
            return null;
        }

        byte[] both = new byte[2 * FieldBytes];
        r.Span.CopyTo(both.AsSpan(FieldBytes - r.Length));
        s.Span.CopyTo(both.AsSpan((2 * FieldBytes) - s.Length));
        return both;
    }

    /// <inheritdoc cref="ReadSignature"/>
    public void WriteSignature(in WireWriter writer, ReadOnlySpan<byte> both)
    {
        using var inside = Packet.Rent();
        var numbers = new WireWriter(inside);
        numbers.MpInt(both[..FieldBytes]);
        numbers.MpInt(both[FieldBytes..]);
        writer.Bytes(inside.Span);
    }
}
