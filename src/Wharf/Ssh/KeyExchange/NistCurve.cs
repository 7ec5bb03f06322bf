using System.Security.Cryptography;

namespace Wharf.Ssh.KeyExchange;

/// <summary>A curve of RFC 5656 section 10.1, and its group's order, below which the private keys lie (SEC 2).</summary>
/// <param name="Curve">For the platform.</param>
/// <param name="Order">Big-endian.</param>
internal sealed record NistCurve(ECCurve Curve, byte[] Order)
{
    /// <summary>nistp256.</summary>
    public static NistCurve P256 { get; } = new(
        ECCurve.NamedCurves.nistP256,
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"));

    /// <summary>nistp384.</summary>
    public static NistCurve P384 { get; } = new(
        ECCurve.NamedCurves.nistP384,
        Convert.FromHexString(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973"));

    /// <summary>nistp521.</summary>
    public static NistCurve P521 { get; } = new(
        ECCurve.NamedCurves.nistP521,
        Convert.FromHexString(
            "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409"));

    /// <summary>Bytes of a coordinate, and of a private key.</summary>
    public int FieldBytes => Order.Length;

    /// <summary>Bytes of an uncompressed point (SEC 1 section 2.3.3).</summary>
    public int PointBytes => 1 + (2 * FieldBytes);
}
