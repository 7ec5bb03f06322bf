using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wharf.Ssh;

/// <summary>
/// X25519 (RFC 7748) and Ed25519 (RFC 8032) through libcrypto's raw keys, since .NET 10 has neither. Keys, values and
/// signatures are of the lengths below; other lengths are our bug and throw ArgumentException.
/// </summary>
internal static unsafe partial class LibCrypto
{
    /// <summary>Bytes of a private key, a public value and a shared secret of X25519, and of an Ed25519 seed and public key.</summary>
    public const int Curve25519Bytes = 32;

    /// <summary>Bytes of an Ed25519 signature.</summary>
    public const int Ed25519SignatureBytes = 64;

    /// <summary>The public value of a private key, which may be any 32 bytes.</summary>
    public static void X25519Public(ReadOnlySpan<byte> privateKey, Span<byte> publicValue)
    {
        using var key = EvpKey.FromPrivate(EvpKey.X25519, privateKey);
        key.CopyPublic(publicValue);
    }

    /// <summary>
    /// The secret shared with a peer. False, and nothing written, where it would be all zero because the peer's value is a
    /// point of low order (RFC 8731 section 3, RFC 7748 section 6.1); libcrypto refuses those.
    /// </summary>
    public static bool X25519Derive(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerValue, Span<byte> secret)
    {
        MustHave(secret, Curve25519Bytes);
        using var own = EvpKey.FromPrivate(EvpKey.X25519, privateKey);
        using var peer = EvpKey.FromPublic(EvpKey.X25519, peerValue);
        return own.Derive(peer, secret);
    }

    /// <summary>The public key of a seed.</summary>
    public static void Ed25519Public(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        using var key = EvpKey.FromPrivate(EvpKey.Ed25519, seed);
        key.CopyPublic(publicKey);
    }

    /// <summary>A signature by a seed. Who signs often keeps an <see cref="EvpKey"/>: importing a seed costs as much as a signature.</summary>
    public static void Ed25519Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        using var key = EvpKey.FromPrivate(EvpKey.Ed25519, seed);
        key.Sign(data, signature);
    }

    /// <summary>Whether it is that key's signature of the data. A signature of another length is none.</summary>
    public static bool Ed25519Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = EvpKey.FromPublic(EvpKey.Ed25519, publicKey);
        return key.Verify(data, signature);
    }

    /// <summary>base^exponent mod modulus for Diffie-Hellman, in a time that tells the exponent's length alone.</summary>
    /// <param name="number">Big-endian, less than the modulus.</param>
    /// <param name="exponent">Big-endian; secret.</param>
    /// <param name="modulus">Big-endian, odd.</param>
    /// <param name="result">As long as the modulus; big-endian with leading zeros.</param>
    public static void PowerMod(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> result)
    {
        MustHave(result, modulus.Length);
        nint a = 0, e = 0, m = 0, r = 0, context = 0;
        try
        {
            a = Number(number);
            e = Number(exponent);
            m = Number(modulus);
            r = Must(Native.BN_new());
            context = Must(Native.BN_CTX_new());
            Must(Native.BN_mod_exp_mont_consttime(r, a, e, m, context, 0) == 1);
            fixed (byte* into = result)
            {
                Must(Native.BN_bn2binpad(r, into, result.Length) == result.Length);
            }
        }
        finally
        {
            // Each of these takes 0 for "none".
            Native.BN_clear_free(a);
            Native.BN_clear_free(e);
            Native.BN_clear_free(m);
            Native.BN_clear_free(r);
            Native.BN_CTX_free(context);
        }
    }

    /// <summary>The prime of RFC 3526 with that many bits, big-endian; sections 3, 4, 5 and 7.</summary>
    public static byte[] Rfc3526Prime(int bits)
    {
        nint prime = Must(bits switch
        {
            2048 => Native.BN_get_rfc3526_prime_2048(0),
            3072 => Native.BN_get_rfc3526_prime_3072(0),
            4096 => Native.BN_get_rfc3526_prime_4096(0),
            8192 => Native.BN_get_rfc3526_prime_8192(0),
            _ => throw new ArgumentOutOfRangeException(nameof(bits)),
        });
        byte[] bytes = new byte[bits / 8];
        fixed (byte* into = bytes)
        {
            Must(Native.BN_bn2binpad(prime, into, bytes.Length) == bytes.Length);
        }

        Native.BN_clear_free(prime);
        return bytes;
    }

    private static nint Number(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return Must(Native.BN_bin2bn(from, bytes.Length, 0));
        }
    }

    private static nint Must(nint pointer)
    {
        Must(pointer != 0);
        return pointer;
    }

    /// <summary>What cannot fail but for lack of memory. The thread's error queue is emptied, so that nobody else trips over it.</summary>
    private static void Must(bool done)
    {
        if (!done)
        {
            Native.ERR_clear_error();
            throw new CryptographicException("libcrypto refused an operation that cannot fail.");
        }
    }

    private static void MustHave(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length != length)
        {
            throw new ArgumentException($"{bytes.Length} bytes where {length} belong.", nameof(bytes));
        }
    }

    /// <summary>An EVP_PKEY: an X25519 or Ed25519 key as libcrypto holds it, wiped by it when disposed. Safe from any thread.</summary>
    internal sealed class EvpKey : SafeHandle
    {
        /// <summary>EVP_PKEY_X25519.</summary>
        public const int X25519 = 1034;

        /// <summary>EVP_PKEY_ED25519.</summary>
        public const int Ed25519 = 1087;

        private EvpKey(nint key)
            : base(0, ownsHandle: true) => SetHandle(Must(key));

        public override bool IsInvalid => handle == 0;

        /// <summary>A key pair from its 32 private bytes.</summary>
        public static EvpKey FromPrivate(int kind, ReadOnlySpan<byte> bytes)
        {
            MustHave(bytes, Curve25519Bytes);
            fixed (byte* from = bytes)
            {
                return new EvpKey(Native.EVP_PKEY_new_raw_private_key(kind, 0, from, (nuint)bytes.Length));
            }
        }

        /// <summary>A public key from its 32 bytes. Whether they are a point is seen only when it is used.</summary>
        public static EvpKey FromPublic(int kind, ReadOnlySpan<byte> bytes)
        {
            MustHave(bytes, Curve25519Bytes);
            fixed (byte* from = bytes)
            {
                return new EvpKey(Native.EVP_PKEY_new_raw_public_key(kind, 0, from, (nuint)bytes.Length));
            }
        }

        /// <summary>The 32 public bytes.</summary>
        public void CopyPublic(Span<byte> into)
        {
            MustHave(into, Curve25519Bytes);
            nuint length = Curve25519Bytes;
            fixed (byte* to = into)
            {
                Must(Native.EVP_PKEY_get_raw_public_key(this, to, &length) == 1 && length == Curve25519Bytes);
            }
        }

        /// <summary>Signs with Ed25519 into 64 bytes.</summary>
        public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
        {
            MustHave(signature, Ed25519SignatureBytes);
            nint digest = Must(Native.EVP_MD_CTX_new());
            try
            {
                nuint length = Ed25519SignatureBytes;
                byte none = 0;
                Must(Native.EVP_DigestSignInit(digest, 0, 0, 0, this) == 1);
                fixed (byte* from = data, to = signature)
                {
                    // An empty span has no address, and libcrypto wants one.
                    Must(Native.EVP_DigestSign(digest, to, &length, data.IsEmpty ? &none : from, (nuint)data.Length) == 1);
                }
            }
            finally
            {
                Native.EVP_MD_CTX_free(digest);
            }
        }

        /// <summary>Whether it is this Ed25519 key's signature of the data.</summary>
        public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
        {
            if (signature.Length != Ed25519SignatureBytes)
            {
                return false;
            }

            nint digest = Must(Native.EVP_MD_CTX_new());
            try
            {
                byte none = 0;
                Must(Native.EVP_DigestVerifyInit(digest, 0, 0, 0, this) == 1);
                fixed (byte* from = data, sign = signature)
                {
                    return Answered(
                        Native.EVP_DigestVerify(digest, sign, (nuint)signature.Length, data.IsEmpty ? &none : from, (nuint)data.Length));
                }
            }
            finally
            {
                Native.EVP_MD_CTX_free(digest);
            }
        }

        /// <summary>The X25519 secret shared with a peer; false where libcrypto refuses the peer's value.</summary>
        public bool Derive(EvpKey peer, Span<byte> secret)
        {
            nint context = Must(Native.EVP_PKEY_CTX_new(this, 0));
            try
            {
                nuint length = (nuint)secret.Length;
                Must(Native.EVP_PKEY_derive_init(context) == 1);
                Must(Native.EVP_PKEY_derive_set_peer_ex(context, peer, 0) == 1);
                fixed (byte* into = secret)
                {
                    return Answered(Native.EVP_PKEY_derive(context, into, &length)) && length == (nuint)secret.Length;
                }
            }
            finally
            {
                Native.EVP_PKEY_CTX_free(context);
            }
        }

        protected override bool ReleaseHandle()
        {
            Native.EVP_PKEY_free(handle);
            return true;
        }

        private static bool Answered(int result)
        {
            if (result == 1)
            {
                return true;
            }

            Native.ERR_clear_error();
            return false;
        }
    }

    private static partial class Native
    {
        private const string Library = "libcrypto.so.3";

        [LibraryImport(Library)]
        public static partial nint EVP_PKEY_new_raw_private_key(int kind, nint engine, byte* key, nuint length);

        [LibraryImport(Library)]
        public static partial nint EVP_PKEY_new_raw_public_key(int kind, nint engine, byte* key, nuint length);

        [LibraryImport(Library)]
        public static partial int EVP_PKEY_get_raw_public_key(EvpKey key, byte* into, nuint* length);

        [LibraryImport(Library)]
        public static partial void EVP_PKEY_free(nint key);

        [LibraryImport(Library)]
        public static partial nint EVP_PKEY_CTX_new(EvpKey key, nint engine);

        [LibraryImport(Library)]
        public static partial void EVP_PKEY_CTX_free(nint context);

        [LibraryImport(Library)]
        public static partial int EVP_PKEY_derive_init(nint context);

        [LibraryImport(Library)]
        public static partial int EVP_PKEY_derive_set_peer_ex(nint context, EvpKey peer, int validate);

        [LibraryImport(Library)]
        public static partial int EVP_PKEY_derive(nint context, byte* secret, nuint* length);

        [LibraryImport(Library)]
        public static partial nint EVP_MD_CTX_new();

        [LibraryImport(Library)]
        public static partial void EVP_MD_CTX_free(nint context);

        [LibraryImport(Library)]
        public static partial int EVP_DigestSignInit(nint context, nint keyContext, nint digest, nint engine, EvpKey key);

        [LibraryImport(Library)]
        public static partial int EVP_DigestSign(nint context, byte* signature, nuint* length, byte* data, nuint count);

        [LibraryImport(Library)]
        public static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, EvpKey key);

        [LibraryImport(Library)]
        public static partial int EVP_DigestVerify(nint context, byte* signature, nuint length, byte* data, nuint count);

        [LibraryImport(Library)]
        public static partial nint BN_new();

        [LibraryImport(Library)]
        public static partial nint BN_bin2bn(byte* bytes, int length, nint into);

        [LibraryImport(Library)]
        public static partial int BN_bn2binpad(nint number, byte* into, int length);

        [LibraryImport(Library)]
        public static partial void BN_clear_free(nint number);

        [LibraryImport(Library)]
        public static partial nint BN_CTX_new();

        [LibraryImport(Library)]
        public static partial void BN_CTX_free(nint context);

        [LibraryImport(Library)]
        public static partial int BN_mod_exp_mont_consttime(nint result, nint number, nint exponent, nint modulus, nint context, nint montgomery);

        [LibraryImport(Library)]
        public static partial nint BN_get_rfc3526_prime_2048(nint into);

        [LibraryImport(Library)]
        public static partial nint BN_get_rfc3526_prime_3072(nint into);

        [LibraryImport(Library)]
        public static partial nint BN_get_rfc3526_prime_4096(nint into);

        [LibraryImport(Library)]
        public static partial nint BN_get_rfc3526_prime_8192(nint into);

        [LibraryImport(Library)]
        public static partial void ERR_clear_error();
    }
}
