using System.Security.Cryptography;
using Wharf.Wire;
using static Wharf.Ssh.KeyExchange.MlKem.MlKemRing;

namespace Wharf.Ssh.KeyExchange.MlKem;

/// <summary>ML-KEM-768, FIPS 203, for platforms without it (<see cref="PlatformMlKem768"/>). Rank 3, eta 2, du 10, dv 4.</summary>
internal sealed class MlKem768 : Kem
{
    /// <summary>The rank: polynomials of a vector.</summary>
    private const int K = 3;

    private const int PolynomialBytes = N * 12 / 8;
    private const int PublicBytes = (K * PolynomialBytes) + MlKemSampling.SeedBytes;
    private const int BitsU = 10;
    private const int BitsV = 4;
    private const int BytesU = N * BitsU / 8;
    private const int BytesV = N * BitsV / 8;

    public override int PublicKeyBytes => PublicBytes;

    public override int CiphertextBytes => (K * BytesU) + BytesV;

    /// <summary>Algorithm 19. Draws d and z, 64 bytes.</summary>
    public override KemKey Generate(Randomness randomness) => new Key(this, randomness);

    /// <summary>Algorithm 20. Draws m, 32 bytes.</summary>
    public override void Encapsulate(ReadOnlySpan<byte> publicKey, Randomness randomness, Span<byte> ciphertext, Span<byte> secret)
    {
        if (publicKey.Length != PublicKeyBytes)
        {
            throw new WireException($"An ML-KEM-768 key of {publicKey.Length} bytes.");
        }

        Span<ushort> t = stackalloc ushort[K * N];
        bool reduced = true;
        for (int i = 0; i < K; i++)
        {
            reduced &= MlKemEncoding.Read(publicKey.Slice(i * PolynomialBytes, PolynomialBytes), t.Slice(i * N, N));
        }

        if (!reduced)
        {
            throw new WireException("An ML-KEM-768 key whose coefficients are not below the modulus (FIPS 203 section 7.2).");
        }

        Span<ushort> matrix = stackalloc ushort[K * K * N];
        ExpandMatrix(publicKey[(K * PolynomialBytes)..], matrix);
        // m and H(ek), of which G makes the secret and the coins.
        Span<byte> input = stackalloc byte[64];
        Span<byte> output = stackalloc byte[64];
        randomness.Fill(input[..32]);
        SHA3_256.HashData(publicKey, input[32..]);
        SHA3_512.HashData(input, output);
        output[..32].CopyTo(secret);
        Encrypt(matrix, t, input[..32], output[32..], ciphertext);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>A-hat, row by row, from its public seed (algorithm 13, lines 3 to 7).</summary>
    private static void ExpandMatrix(ReadOnlySpan<byte> seed, Span<ushort> matrix)
    {
        for (int i = 0; i < K; i++)
        {
            for (int j = 0; j < K; j++)
            {
                MlKemSampling.Uniform(seed, (byte)j, (byte)i, matrix.Slice(((i * K) + j) * N, N));
            }
        }
    }

    /// <summary>K-PKE.Encrypt, algorithm 14.</summary>
    private static void Encrypt(
        ReadOnlySpan<ushort> matrix, ReadOnlySpan<ushort> t, ReadOnlySpan<byte> message, ReadOnlySpan<byte> coins, Span<byte> ciphertext)
    {
        Span<ushort> y = stackalloc ushort[K * N];
        Span<ushort> sum = stackalloc ushort[N];
        Span<ushort> small = stackalloc ushort[N];
        for (int i = 0; i < K; i++)
        {
            MlKemSampling.Small(coins, (byte)i, y.Slice(i * N, N));
            Transform(y.Slice(i * N, N));
        }

        for (int i = 0; i < K; i++)
        {
            MultiplyRow(matrix[(i * N)..], K * N, y, sum);
            TransformBack(sum);
            MlKemSampling.Small(coins, (byte)(K + i), small);
            Add(sum, small);
            MlKemEncoding.Compress(sum, BitsU, ciphertext.Slice(i * BytesU, BytesU));
        }

        MultiplyRow(t, N, y, sum);
        TransformBack(sum);
        MlKemSampling.Small(coins, 2 * K, small);
        Add(sum, small);
        MlKemEncoding.Decompress(message, 1, small);
        Add(sum, small);
        MlKemEncoding.Compress(sum, BitsV, ciphertext.Slice(K * BytesU, BytesV));
        Wipe(y);
        Wipe(sum);
        Wipe(small);
    }

    private static void Wipe(Span<ushort> polynomials) =>
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(polynomials));

    private sealed class Key : KemKey
    {
        private readonly MlKem768 _kem;
        private readonly byte[] _public = new byte[PublicBytes];
        private readonly byte[] _publicHash = new byte[32];
        private readonly byte[] _rejection = GC.AllocateArray<byte>(32, pinned: true);
        private readonly ushort[] _s = GC.AllocateArray<ushort>(K * N, pinned: true);
        private readonly ushort[] _t = new ushort[K * N];
        private readonly ushort[] _matrix = new ushort[K * K * N];

        /// <summary>Algorithms 16 and 13.</summary>
        public Key(MlKem768 kem, Randomness randomness)
        {
            _kem = kem;
            Span<byte> seeds = stackalloc byte[64];
            Span<byte> input = stackalloc byte[33];
            Span<ushort> error = stackalloc ushort[N];
            randomness.Fill(seeds);
            seeds[32..].CopyTo(_rejection);
            seeds[..32].CopyTo(input);
            input[32] = K;
            SHA3_512.HashData(input, seeds);
            var rho = seeds[..32];
            var sigma = seeds[32..];
            ExpandMatrix(rho, _matrix);
            for (int i = 0; i < K; i++)
            {
                MlKemSampling.Small(sigma, (byte)i, _s.AsSpan(i * N, N));
                Transform(_s.AsSpan(i * N, N));
            }

            for (int i = 0; i < K; i++)
            {
                var t = _t.AsSpan(i * N, N);
                MultiplyRow(_matrix.AsSpan(i * K * N), N, _s, t);
                MlKemSampling.Small(sigma, (byte)(K + i), error);
                Transform(error);
                Add(t, error);
                MlKemEncoding.Write(t, _public.AsSpan(i * PolynomialBytes));
            }

            rho.CopyTo(_public.AsSpan(K * PolynomialBytes));
            SHA3_256.HashData(_public, _publicHash);
            CryptographicOperations.ZeroMemory(seeds);
            CryptographicOperations.ZeroMemory(input);
            Wipe(error);
        }

        public override ReadOnlySpan<byte> Public => _public;

        /// <summary>Algorithm 18.</summary>
        public override void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret)
        {
            // m' and H(ek), of which G makes the secret and the coins.
            Span<byte> input = stackalloc byte[64];
            Span<byte> output = stackalloc byte[64];
            Span<byte> again = stackalloc byte[_kem.CiphertextBytes];
            Decrypt(ciphertext, input[..32]);
            _publicHash.CopyTo(input[32..]);
            SHA3_512.HashData(input, output);
            Encrypt(_matrix, _t, input[..32], output[32..], again);

            // J(z || c), which becomes the secret where the ciphertext is not what encrypting m' gives.
            Span<byte> rejected = stackalloc byte[SecretBytes];
            Span<byte> drawn = stackalloc byte[32 + ciphertext.Length];
            _rejection.CopyTo(drawn);
            ciphertext.CopyTo(drawn[32..]);
            Shake256.HashData(drawn, rejected);
            int difference = 0;
            for (int i = 0; i < again.Length; i++)
            {
                difference |= again[i] ^ ciphertext[i];
            }

            int mask = (difference - 1) >> 31; // All ones where they are equal, else zero.
            for (int i = 0; i < SecretBytes; i++)
            {
                secret[i] = (byte)((output[i] & mask) | (rejected[i] & ~mask));
            }

            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(output);
            CryptographicOperations.ZeroMemory(rejected);
            CryptographicOperations.ZeroMemory(drawn);
            CryptographicOperations.ZeroMemory(again);
        }

        public override void Dispose()
        {
            Wipe(_s);
            CryptographicOperations.ZeroMemory(_rejection);
        }

        /// <summary>K-PKE.Decrypt, algorithm 15.</summary>
        private void Decrypt(ReadOnlySpan<byte> ciphertext, Span<byte> message)
        {
            Span<ushort> u = stackalloc ushort[K * N];
            Span<ushort> v = stackalloc ushort[N];
            Span<ushort> w = stackalloc ushort[N];
            for (int i = 0; i < K; i++)
            {
                MlKemEncoding.Decompress(ciphertext.Slice(i * BytesU, BytesU), BitsU, u.Slice(i * N, N));
                Transform(u.Slice(i * N, N));
            }

            MultiplyRow(_s, N, u, w);
            TransformBack(w);
            MlKemEncoding.Decompress(ciphertext.Slice(K * BytesU, BytesV), BitsV, v);
            SubtractFrom(v, w);
            MlKemEncoding.Compress(w, 1, message);
            Wipe(w);
        }
    }
}
