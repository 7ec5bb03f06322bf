using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>
/// "ssh-ed25519", RFC 8709 section 4: string key of 32 bytes. Its signature (section 6) is a string of 64 bytes.
/// </summary>
internal sealed class Ed25519PublicKey(LibCrypto.EvpKey key) : PlainKey
{
    public const string Type = "ssh-ed25519";

    public override IReadOnlyList<string> SignatureAlgorithms { get; } = [Type];

    public static Ed25519PublicKey Read(ref WireReader reader) => new(ReadKey(ref reader));

    /// <summary>string: 32 bytes.</summary>
    public static LibCrypto.EvpKey ReadKey(ref WireReader reader)
    {
        var key = reader.Bytes();
        return key.Length == LibCrypto.Curve25519Bytes
            ? LibCrypto.EvpKey.FromPublic(LibCrypto.EvpKey.Ed25519, key.Span)
            : throw new WireException($"An Ed25519 key of {key.Length} bytes.");
    }

    /// <summary>string: 64 bytes.</summary>
    public static ReadOnlyMemory<byte> ReadSignature(ref WireReader reader)
    {
        var signature = reader.Bytes();
        return signature.Length == LibCrypto.Ed25519SignatureBytes
            ? signature
            : throw new WireException($"An Ed25519 signature of {signature.Length} bytes.");
    }

    protected override SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ref WireReader signature)
    {
        var body = ReadSignature(ref signature);
        signature.End();
        return SignatureCheck.Of(key.Verify(data, body.Span));
    }

    public override void Dispose() => key.Dispose();
}
