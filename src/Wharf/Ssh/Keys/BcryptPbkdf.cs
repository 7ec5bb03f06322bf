using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wharf.Ssh.Keys;

/// <summary>
/// bcrypt_pbkdf, the key derivation of OpenSSH's encrypted private keys (its PROTOCOL.key): PBKDF2's scheme over a bcrypt whose
/// inputs are SHA-512 hashes. Nothing in the platform derives keys so, and libcrypto's Blowfish has no key schedule with a salt:
/// the one piece of cryptography here that is our own. It protects a file against those who have only the file.
/// </summary>
internal static class BcryptPbkdf
{
    private const int BlockBytes = 32;
    private const int CountBytes = 4;

    /// <summary>Rounds of the key schedule within one block, 2 to the power of bcrypt's cost 6; fixed in this construction.</summary>
    private const int Expansions = 64;

    private const int Encryptions = 64;

    private static ReadOnlySpan<byte> Magic => "OxychromaticBlowfishSwatDynamite"u8;

    /// <summary>Derives a key.</summary>
    /// <param name="passphrase">Its bytes; UTF-8 as OpenSSH takes what is typed.</param>
    /// <param name="salt">Of the file.</param>
    /// <param name="rounds">1 or more; time is in proportion, about 3 ms each for a short key.</param>
    /// <param name="key">Filled.</param>
    /// <param name="cancel">Asked once a round.</param>
    public static void Derive(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, uint rounds, Span<byte> key, CancellationToken cancel)
    {
        Span<byte> password = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> hashedSalt = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> block = stackalloc byte[BlockBytes];
        Span<byte> sum = stackalloc byte[BlockBytes];
        byte[] counted = new byte[salt.Length + CountBytes];
        salt.CopyTo(counted);
        SHA512.HashData(passphrase, password);
        using var cipher = new Blowfish();
        int blocks = (key.Length + BlockBytes - 1) / BlockBytes;
        for (int count = 0; count < blocks; count++)
        {
            BinaryPrimitives.WriteInt32BigEndian(counted.AsSpan(salt.Length), count + 1);
            SHA512.HashData(counted, hashedSalt);
            Hash(cipher, password, hashedSalt, block);
            block.CopyTo(sum);
            for (uint round = 1; round < rounds; round++)
            {
                cancel.ThrowIfCancellationRequested();
                SHA512.HashData(block, hashedSalt);
                Hash(cipher, password, hashedSalt, block);
                for (int i = 0; i < BlockBytes; i++)
                {
                    sum[i] ^= block[i];
                }
            }

            // Not one block behind the other as in PBKDF2: byte i of block n is byte i * blocks + n of the key.
            for (int i = 0; i < BlockBytes && (i * blocks) + count < key.Length; i++)
            {
                key[(i * blocks) + count] = sum[i];
            }
        }

        CryptographicOperations.ZeroMemory(password);
        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(sum);
    }

    private static void Hash(Blowfish cipher, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> output)
    {
        cipher.Restart();
        cipher.Expand(password, salt);
        for (int i = 0; i < Expansions; i++)
        {
            cipher.Expand(salt);
            cipher.Expand(password);
        }

        for (int at = 0; at < BlockBytes; at += 8)
        {
            uint left = BinaryPrimitives.ReadUInt32BigEndian(Magic[at..]);
            uint right = BinaryPrimitives.ReadUInt32BigEndian(Magic[(at + 4)..]);
            for (int i = 0; i < Encryptions; i++)
            {
                cipher.Encrypt(ref left, ref right);
            }

            // Written the other way round than it was read; so it was defined once.
            BinaryPrimitives.WriteUInt32LittleEndian(output[at..], left);
            BinaryPrimitives.WriteUInt32LittleEndian(output[(at + 4)..], right);
        }
    }

    /// <summary>Blowfish's key schedule as bcrypt has it, with a salt; nothing is ever enciphered with it.</summary>
    private sealed class Blowfish : IDisposable
    {
        private const int SubKeys = 18;
        private const int BoxEntries = 256;
        private const int Boxes = 4;

        private static readonly uint[] Start = PiDigits.Words(SubKeys + (Boxes * BoxEntries));

        private readonly uint[] _state = new uint[SubKeys + (Boxes * BoxEntries)];

        public void Dispose() => _state.AsSpan().Clear();

        public void Restart() => Start.CopyTo(_state, 0);

        public void Expand(ReadOnlySpan<byte> key) => Expand(key, default);

        public void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
        {
            int at = 0;
            for (int i = 0; i < SubKeys; i++)
            {
                _state[i] ^= NextWord(key, ref at);
            }

            uint left = 0, right = 0;
            at = 0;
            for (int i = 0; i < _state.Length; i += 2)
            {
                if (!salt.IsEmpty)
                {
                    left ^= NextWord(salt, ref at);
                    right ^= NextWord(salt, ref at);
                }

                Encrypt(ref left, ref right);
                _state[i] = left;
                _state[i + 1] = right;
            }
        }

        public void Encrypt(ref uint left, ref uint right)
        {
            ref uint state = ref MemoryMarshal.GetArrayDataReference(_state);
            uint l = left ^ state, r = right;
            for (int i = 1; i <= 16; i += 2)
            {
                r ^= F(ref state, l) ^ Unsafe.Add(ref state, i);
                l ^= F(ref state, r) ^ Unsafe.Add(ref state, i + 1);
            }

            left = r ^ Unsafe.Add(ref state, 17);
            right = l;
        }

        private static uint F(ref uint state, uint x)
        {
            // Every index is a byte within its box.
            ref uint boxes = ref Unsafe.Add(ref state, SubKeys);
            uint sum = Unsafe.Add(ref boxes, (int)(x >> 24))
                + Unsafe.Add(ref boxes, BoxEntries + (int)((x >> 16) & 0xFF));
            return (sum ^ Unsafe.Add(ref boxes, (2 * BoxEntries) + (int)((x >> 8) & 0xFF)))
                + Unsafe.Add(ref boxes, (3 * BoxEntries) + (int)(x & 0xFF));
        }

        private static uint NextWord(ReadOnlySpan<byte> bytes, ref int at)
        {
            uint word = 0;
            for (int i = 0; i < sizeof(uint); i++)
            {
                word = (word << 8) | bytes[at];
                at = at + 1 == bytes.Length ? 0 : at + 1;
            }

            return word;
        }
    }
}
