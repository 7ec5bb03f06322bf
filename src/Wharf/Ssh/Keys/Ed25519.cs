using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wharf.Ssh.Keys;

/// <summary>One Ed25519 key (RFC 8032) in libcrypto, which the base class library does not offer. Safe from any thread.</summary>
internal sealed partial class Ed25519 : IDisposable
{
    public const int KeyBytes = 32;
    public const int SignatureBytes = 64;

    // NID_ED25519 of OpenSSL's obj_mac.h, part of its ABI.
    private const int Nid = 1087;

    private readonly KeyHandle _key;

    private Ed25519(KeyHandle key)
    {
        if (key.IsInvalid)
        {
            ClearErrors();
            key.Dispose();
            throw new CryptographicException("libcrypto refused an Ed25519 key.");
        }

        _key = key;
    }

    /// <summary>A key that can check.</summary>
    /// <param name="key">32 bytes; copied.</param>
    public static Ed25519 FromPublic(ReadOnlySpan<byte> key) => new(NewPublic(Nid, 0, key, (nuint)key.Length));

    /// <summary>A key that can sign.</summary>
    /// <param name="seed">32 bytes, RFC 8032's private key; copied.</param>
    public static Ed25519 FromSeed(ReadOnlySpan<byte> seed) => new(NewPrivate(Nid, 0, seed, (nuint)seed.Length));

    /// <summary>The public key, 32 bytes.</summary>
    public byte[] PublicKey()
    {
        byte[] key = new byte[KeyBytes];
        nuint length = KeyBytes;
        return GetPublic(_key, key, ref length) == 1 && length == KeyBytes
            ? key
            : throw new CryptographicException("libcrypto gave no Ed25519 public key.");
    }

    /// <summary>Writes the signature, 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        using var context = NewContext();
        nuint length = SignatureBytes;
        if (SignInit(context, 0, 0, 0, _key) != 1
            || SignOnce(context, signature[..SignatureBytes], ref length, data, (nuint)data.Length) != 1
            || length != SignatureBytes)
        {
            ClearErrors();
            throw new CryptographicException("libcrypto could not sign with an Ed25519 key.");
        }
    }

    /// <summary>Whether this is the key's signature of the data.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes)
        {
            return false;
        }

        using var context = NewContext();
        if (VerifyInit(context, 0, 0, 0, _key) != 1)
        {
            ClearErrors();
            throw new CryptographicException("libcrypto could not check with an Ed25519 key.");
        }

        bool right = VerifyOnce(context, signature, SignatureBytes, data, (nuint)data.Length) == 1;
        if (!right)
        {
            ClearErrors();
        }

        return right;
    }

    public void Dispose() => _key.Dispose();

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial KeyHandle NewPublic(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial KeyHandle NewPrivate(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int GetPublic(KeyHandle key, Span<byte> into, ref nuint length);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_MD_CTX_new")]
    private static partial ContextHandle NewContext();

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_DigestSignInit")]
    private static partial int SignInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_DigestSign")]
    private static partial int SignOnce(
        ContextHandle context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int VerifyInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_DigestVerify")]
    private static partial int VerifyOnce(
        ContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport("libcrypto.so.3", EntryPoint = "ERR_clear_error")]
    private static partial void ClearErrors();

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    /// <summary>EVP_PKEY; libcrypto wipes the private half when it frees it.</summary>
    private sealed class KeyHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    /// <summary>EVP_MD_CTX.</summary>
    private sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
