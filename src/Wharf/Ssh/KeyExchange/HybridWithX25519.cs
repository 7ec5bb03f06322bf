using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange;

/// <summary>
/// A key encapsulation mechanism and X25519 side by side, so that the secret holds as long as one of them does. The client
/// sends public key and X25519 value as one string, the server ciphertext and X25519 value; the secret is the hash of both
/// secrets, and it is a string, not an mpint (draft-ietf-sshm-mlkem-hybrid-kex section 2; for sntrup761 the same in
/// draft-ietf-sshm-ntruprime-ssh section 3).
/// </summary>
internal sealed class HybridWithX25519(string name, Kem kem, HashAlgorithmName hash) : KeyExchangeMethod(name, hash)
{
    public override ValueForm Secret => ValueForm.String;

    public override KeyAgreement Begin(Randomness randomness) => new Agreement(this, kem.Generate(randomness), new X25519Key(randomness));

    public override KeyAgreed Respond(ReadOnlySpan<byte> clientValue, Randomness randomness)
    {
        if (clientValue.Length != kem.PublicKeyBytes + X25519Key.Bytes)
        {
            throw new WireException($"{clientValue.Length} bytes for the client's value of {Name}.");
        }

        byte[] value = new byte[kem.CiphertextBytes + X25519Key.Bytes];
        Span<byte> secrets = stackalloc byte[Kem.SecretBytes + X25519Key.Bytes];
        try
        {
            using var own = new X25519Key(randomness);
            own.Derive(clientValue[kem.PublicKeyBytes..], secrets[Kem.SecretBytes..]);
            own.CopyPublic(value.AsSpan(kem.CiphertextBytes));
            kem.Encapsulate(
                clientValue[..kem.PublicKeyBytes], randomness, value.AsSpan(0, kem.CiphertextBytes), secrets[..Kem.SecretBytes]);
            return new KeyAgreed(value, CryptographicOperations.HashData(Hash, secrets));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secrets);
        }
    }

    private int CiphertextBytes => kem.CiphertextBytes;

    private sealed class Agreement : KeyAgreement
    {
        private readonly HybridWithX25519 _method;
        private readonly KemKey _key;
        private readonly X25519Key _own;
        private readonly byte[] _value;
        private readonly int _ciphertextBytes;

        public Agreement(HybridWithX25519 method, KemKey key, X25519Key own)
        {
            _method = method;
            _key = key;
            _own = own;
            _ciphertextBytes = method.CiphertextBytes;
            _value = new byte[key.Public.Length + X25519Key.Bytes];
            key.Public.CopyTo(_value);
            own.CopyPublic(_value.AsSpan(key.Public.Length));
        }

        public override ReadOnlyMemory<byte> Value => _value;

        public override byte[] Finish(ReadOnlySpan<byte> serverValue)
        {
            if (serverValue.Length != _ciphertextBytes + X25519Key.Bytes)
            {
                throw new WireException($"{serverValue.Length} bytes for the server's value of {_method.Name}.");
            }

            Span<byte> secrets = stackalloc byte[Kem.SecretBytes + X25519Key.Bytes];
            try
            {
                _own.Derive(serverValue[_ciphertextBytes..], secrets[Kem.SecretBytes..]);
                _key.Decapsulate(serverValue[.._ciphertextBytes], secrets[..Kem.SecretBytes]);
                return CryptographicOperations.HashData(_method.Hash, secrets);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(secrets);
            }
        }

        public override void Dispose()
        {
            _key.Dispose();
            _own.Dispose();
        }
    }
}
