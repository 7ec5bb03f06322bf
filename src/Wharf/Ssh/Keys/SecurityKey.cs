using System.Buffers.Binary;
using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>
/// "sk-ssh-ed25519@openssh.com" and "sk-ecdsa-sha2-nistp256@openssh.com" (OpenSSH's PROTOCOL.u2f): a key in a FIDO token,
/// string application behind its fields. The signature (byte flags and uint32 counter behind the algorithm's own form) covers
/// SHA256(application), flags, counter and SHA256(data). The counter is not remembered: nothing here outlives a session.
/// </summary>
internal abstract class SecurityKey(string application) : PlainKey
{
    public const string Ed25519Type = "sk-ssh-ed25519@openssh.com";
    public const string EcdsaType = "sk-ecdsa-sha2-nistp256@openssh.com";

    private const byte FlagUserPresent = 0x01;
    private const byte FlagUserVerified = 0x04;
    private const int SignedBytes = SHA256.HashSizeInBytes + 1 + sizeof(uint) + SHA256.HashSizeInBytes;

    private readonly byte[] _application = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(application));

    public override bool IsSecurityKey => true;

    public static PlainKey ReadEd25519(ref WireReader reader)
    {
        var key = Ed25519PublicKey.ReadKey(ref reader);
        return new OfEd25519(key, reader.Text());
    }

    public static PlainKey ReadEcdsa(ref WireReader reader)
    {
        var key = EcdsaPublicKey.ReadKey(EcdsaCurve.P256, ref reader);
        return new OfEcdsa(key, reader.Text());
    }

    private static SignatureCheck Check(bool isValid, byte flags) =>
        isValid ? new(true, (flags & FlagUserPresent) != 0, (flags & FlagUserVerified) != 0) : SignatureCheck.Wrong;

    /// <summary>byte flags, uint32 counter, and what was signed with them.</summary>
    private (byte Flags, byte[] Signed) ReadFlags(ref WireReader signature, ReadOnlySpan<byte> data)
    {
        byte flags = signature.Byte();
        uint counter = signature.UInt32();
        signature.End();
        byte[] signed = new byte[SignedBytes];
        _application.CopyTo(signed, 0);
        signed[_application.Length] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(signed.AsSpan(_application.Length + 1), counter);
        SHA256.HashData(data, signed.AsSpan(SignedBytes - SHA256.HashSizeInBytes));
        return (flags, signed);
    }

    private sealed class OfEd25519(LibCrypto.EvpKey key, string application) : SecurityKey(application)
    {
        public override IReadOnlyList<string> SignatureAlgorithms { get; } = [Ed25519Type];

        protected override SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ref WireReader signature)
        {
            var body = Ed25519PublicKey.ReadSignature(ref signature);
            var (flags, signed) = ReadFlags(ref signature, data);
            return Check(key.Verify(signed, body.Span), flags);
        }

        public override void Dispose() => key.Dispose();
    }

    private sealed class OfEcdsa(ECDsa key, string application) : SecurityKey(application)
    {
        public override IReadOnlyList<string> SignatureAlgorithms { get; } = [EcdsaType];

        protected override SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ref WireReader signature)
        {
            byte[]? body = EcdsaCurve.P256.ReadSignature(ref signature);
            var (flags, signed) = ReadFlags(ref signature, data);
            return Check(body is not null && key.VerifyData(signed, body, HashAlgorithmName.SHA256), flags);
        }

        public override void Dispose() => key.Dispose();
    }
}
