using System.Runtime.InteropServices;

namespace Wharf.Ssh.Ciphers;

/// <summary>
/// One EVP_CIPHER_CTX for one direction, keyed once and used for every packet, in place. Each call holds the handle, so a
/// session that is torn down meanwhile makes the next call fail instead of reading freed memory. One caller at a time.
/// </summary>
internal sealed unsafe class CipherContext : SafeHandle
{
    private CipherContext(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    /// <summary>A context with that key.</summary>
    /// <param name="cipher">libcrypto's name.</param>
    /// <param name="key">Of the cipher's length; copied.</param>
    /// <param name="iv">Of the cipher's length, or empty where each packet brings its own.</param>
    /// <param name="encrypts">The direction.</param>
    public static CipherContext Create(string cipher, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts)
    {
        nint algorithm = LibCrypto.Cipher(cipher);
        var context = new CipherContext(LibCrypto.Have(LibCrypto.NewCipherContext(), cipher));
        try
        {
            fixed (byte* keyBytes = key)
            fixed (byte* ivBytes = iv)
            {
                LibCrypto.Check(LibCrypto.CipherInit(context.handle, algorithm, 0, keyBytes, ivBytes, encrypts ? 1 : 0), cipher);
            }
        }
        catch
        {
            context.Dispose();
            throw;
        }

        return context;
    }

    /// <summary>A stream cipher's next bytes over these.</summary>
    public void Transform(Span<byte> bytes)
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            fixed (byte* at = bytes)
            {
                int written;
                LibCrypto.Check(LibCrypto.CipherUpdate(handle, at, &written, at, bytes.Length), "cipher update");
            }
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>A stream cipher begins anew at that IV, and its first bytes go over these.</summary>
    public void Transform(ReadOnlySpan<byte> iv, Span<byte> bytes)
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            fixed (byte* ivBytes = iv)
            fixed (byte* at = bytes)
            {
                int written;
                LibCrypto.Check(LibCrypto.CipherInit(handle, 0, 0, null, ivBytes, LibCrypto.SameDirection), "cipher IV");
                LibCrypto.Check(LibCrypto.CipherUpdate(handle, at, &written, at, bytes.Length), "cipher update");
            }
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>One AEAD message: encrypts the body in place and writes the tag.</summary>
    public void Seal(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> apart, Span<byte> body, Span<byte> tag)
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            fixed (byte* ivBytes = iv)
            fixed (byte* apartBytes = apart)
            fixed (byte* at = body)
            fixed (byte* tagBytes = tag)
            {
                int written;
                byte nothing;
                LibCrypto.Check(LibCrypto.CipherInit(handle, 0, 0, null, ivBytes, LibCrypto.SameDirection), "cipher IV");
                LibCrypto.Check(LibCrypto.CipherUpdate(handle, null, &written, apartBytes, apart.Length), "additional data");
                LibCrypto.Check(LibCrypto.CipherUpdate(handle, at, &written, at, body.Length), "cipher update");
                LibCrypto.Check(LibCrypto.CipherFinal(handle, &nothing, &written), "cipher final");
                LibCrypto.Check(LibCrypto.CipherControl(handle, LibCrypto.GetTag, tag.Length, tagBytes), "tag");
            }
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>
    /// One AEAD message: verifies and decrypts in place. libcrypto compares the tag in constant time, after it has decrypted;
    /// where it is wrong, the body is wiped.
    /// </summary>
    public bool TryOpen(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> apart, Span<byte> body, ReadOnlySpan<byte> tag)
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            fixed (byte* ivBytes = iv)
            fixed (byte* apartBytes = apart)
            fixed (byte* at = body)
            fixed (byte* tagBytes = tag)
            {
                int written;
                byte nothing;
                LibCrypto.Check(LibCrypto.CipherInit(handle, 0, 0, null, ivBytes, LibCrypto.SameDirection), "cipher IV");
                LibCrypto.Check(LibCrypto.CipherControl(handle, LibCrypto.SetTag, tag.Length, tagBytes), "tag");
                LibCrypto.Check(LibCrypto.CipherUpdate(handle, null, &written, apartBytes, apart.Length), "additional data");
                LibCrypto.Check(LibCrypto.CipherUpdate(handle, at, &written, at, body.Length), "cipher update");
                if (LibCrypto.CipherFinal(handle, &nothing, &written) == 1)
                {
                    return true;
                }
            }

            LibCrypto.ClearErrors();
            body.Clear();
            return false;
        }
        finally
        {
            Release(held);
        }
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeCipherContext(handle);
        return true;
    }

    private void Release(bool held)
    {
        if (held)
        {
            DangerousRelease();
        }
    }
}
