using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange.MlKem;

/// <summary>
/// ML-KEM-768 by the platform where it has it (OpenSSL 3.5). The platform draws the secrets it encapsulates by itself; a
/// dialogue that is replayed with fixed randomness therefore takes <see cref="MlKem768"/>, which answers the same bytes.
/// </summary>
internal sealed class PlatformMlKem768 : Kem
{
    private const int SeedBytes = 64;

    private readonly MlKem768 _managed = new();

    /// <summary>The best there is here.</summary>
    public static Kem Best { get; } = MLKem.IsSupported ? new PlatformMlKem768() : new MlKem768();

    public override int PublicKeyBytes => _managed.PublicKeyBytes;

    public override int CiphertextBytes => _managed.CiphertextBytes;

    public override KemKey Generate(Randomness randomness)
    {
        Span<byte> seed = stackalloc byte[SeedBytes];
        randomness.Fill(seed);
        var key = new Key(MLKem.ImportPrivateSeed(MLKemAlgorithm.MLKem768, seed));
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    public override void Encapsulate(ReadOnlySpan<byte> publicKey, Randomness randomness, Span<byte> ciphertext, Span<byte> secret)
    {
        if (randomness != Randomness.System)
        {
            _managed.Encapsulate(publicKey, randomness, ciphertext, secret);
            return;
        }

        if (publicKey.Length != PublicKeyBytes)
        {
            throw new WireException($"An ML-KEM-768 key of {publicKey.Length} bytes.");
        }

        try
        {
            using var peer = MLKem.ImportEncapsulationKey(MLKemAlgorithm.MLKem768, publicKey);
            peer.Encapsulate(ciphertext, secret);
        }
        catch (CryptographicException)
        {
            throw new WireException("An ML-KEM-768 key that the platform does not take.");
        }
    }

    private sealed class Key(MLKem key) : KemKey
    {
        private readonly byte[] _public = key.ExportEncapsulationKey();

        public override ReadOnlySpan<byte> Public => _public;

        public override void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret) => key.Decapsulate(ciphertext, secret);

        public override void Dispose() => key.Dispose();
    }
}
