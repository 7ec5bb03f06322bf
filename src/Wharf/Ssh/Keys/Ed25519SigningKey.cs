using System.Security.Cryptography;
using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A key pair of type "ssh-ed25519" (RFC 8709).</summary>
internal sealed class Ed25519SigningKey : SigningKey
{
    private readonly LibCrypto.EvpKey _key;
    private readonly byte[] _seed;
    private readonly byte[] _public;

    /// <param name="seed">32 bytes; copied.</param>
    public Ed25519SigningKey(ReadOnlySpan<byte> seed)
    {
        _seed = seed.ToArray();
        _key = LibCrypto.EvpKey.FromPrivate(LibCrypto.EvpKey.Ed25519, seed);
        _public = new byte[LibCrypto.Curve25519Bytes];
        _key.CopyPublic(_public);
        using var packet = Packet.Rent();
        var writer = new WireWriter(packet);
        writer.Text(Ed25519PublicKey.Type);
        writer.Bytes(_public);
        Public = new PublicKeyBlob(Ed25519PublicKey.Type, packet.Span.ToArray());
    }

    public override PublicKeyBlob Public { get; }

    public override IReadOnlyList<string> SignatureAlgorithms { get; } = [Ed25519PublicKey.Type];

    public static Ed25519SigningKey Generate()
    {
        Span<byte> seed = stackalloc byte[LibCrypto.Curve25519Bytes];
        RandomNumberGenerator.Fill(seed);
        var key = new Ed25519SigningKey(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>Reads what <see cref="WritePrivate"/> writes behind the type.</summary>
    public static Ed25519SigningKey Read(ref WireReader reader)
    {
        var half = reader.Bytes().Span;
        var both = reader.Bytes().Span;
        if (both.Length != 2 * LibCrypto.Curve25519Bytes)
        {
            throw new WireException("An Ed25519 private key of a wrong length.");
        }

        // The public half stands there three times over; signing with one that is not the seed's gives the seed away.
        var key = new Ed25519SigningKey(both[..LibCrypto.Curve25519Bytes]);
        if (half.SequenceEqual(key._public) && both[LibCrypto.Curve25519Bytes..].SequenceEqual(key._public))
        {
            return key;
        }

        key.Dispose();
        throw new WireException("An Ed25519 private key with another's public key.");
    }

    public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        CheckAlgorithm(algorithm);
        Span<byte> signature = stackalloc byte[LibCrypto.Ed25519SignatureBytes];
        _key.Sign(data, signature);
        using var packet = Packet.Rent();
        var writer = new WireWriter(packet);
        writer.Text(algorithm);
        writer.Bytes(signature);
        return packet.Span.ToArray();
    }

    /// <summary>string type, string public key, string seed and public key.</summary>
    internal override void WritePrivate(in WireWriter writer)
    {
        writer.Text(Ed25519PublicKey.Type);
        writer.Bytes(_public);
        writer.UInt32(2 * LibCrypto.Curve25519Bytes);
        writer.Raw(_seed);
        writer.Raw(_public);
    }

    protected override void Dispose(bool disposing)
    {
        _key.Dispose();
        CryptographicOperations.ZeroMemory(_seed);
    }
}
