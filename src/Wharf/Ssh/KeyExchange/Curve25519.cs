using System.Security.Cryptography;

namespace Wharf.Ssh.KeyExchange;

/// <summary>
/// curve25519-sha256, RFC 8731. Its secret is an mpint: X25519's 32 bytes, read as a big-endian number although RFC 7748
/// calls them little-endian (section 3.1).
/// </summary>
internal sealed class Curve25519(string name) : KeyExchangeMethod(name, HashAlgorithmName.SHA256)
{
    public override KeyAgreement Begin(Randomness randomness) => new Agreement(randomness);

    public override KeyAgreed Respond(ReadOnlySpan<byte> clientValue, Randomness randomness)
    {
        using var own = new X25519Key(randomness);
        byte[] secret = Derive(own, clientValue);
        byte[] value = new byte[X25519Key.Bytes];
        own.CopyPublic(value);
        return new KeyAgreed(value, secret);
    }

    private static byte[] Derive(X25519Key own, ReadOnlySpan<byte> peerValue)
    {
        byte[] secret = new byte[X25519Key.Bytes];
        own.Derive(peerValue, secret);
        return secret;
    }

    private sealed class Agreement : KeyAgreement
    {
        private readonly X25519Key _own;
        private readonly byte[] _value = new byte[X25519Key.Bytes];

        public Agreement(Randomness randomness)
        {
            _own = new X25519Key(randomness);
            _own.CopyPublic(_value);
        }

        public override ReadOnlyMemory<byte> Value => _value;

        public override byte[] Finish(ReadOnlySpan<byte> serverValue) => Derive(_own, serverValue);

        public override void Dispose() => _own.Dispose();
    }
}
