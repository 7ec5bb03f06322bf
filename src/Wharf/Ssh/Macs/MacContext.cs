using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Wharf.Ssh.Macs;

/// <summary>One EVP_MAC_CTX for one direction. One caller at a time; holds its handle during a call, as CipherContext does.</summary>
internal sealed unsafe class MacContext : SafeHandle
{
    private MacContext(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    /// <summary>HMAC (RFC 2104) with that hash, keyed once.</summary>
    /// <param name="digest">libcrypto's name of the hash.</param>
    /// <param name="key">Not empty; copied.</param>
    public static MacContext Hmac(string digest, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key.Length);
        var context = new MacContext(LibCrypto.Have(LibCrypto.NewMacContext(LibCrypto.Mac("HMAC")), digest));
        try
        {
            fixed (byte* keyBytes = key)
            {
                LibCrypto.Check(LibCrypto.InitMac(context.handle, keyBytes, key.Length, digest), digest);
            }
        }
        catch
        {
            context.Dispose();
            throw;
        }

        return context;
    }

    /// <summary>Poly1305 (RFC 8439 section 2.5), whose keys serve once each and come with the call.</summary>
    public static MacContext Poly1305() => new(LibCrypto.Have(LibCrypto.NewMacContext(LibCrypto.Mac("POLY1305")), "POLY1305"));

    /// <summary>The HMAC of a sequence number and bytes (RFC 4253 section 6.4).</summary>
    /// <param name="sequence">Goes before the bytes, as uint32.</param>
    /// <param name="bytes">The packet.</param>
    /// <param name="tag">Where the whole of it goes; of the MAC's length.</param>
    public void Compute(uint sequence, ReadOnlySpan<byte> bytes, Span<byte> tag)
    {
        uint wire = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(sequence) : sequence;
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            fixed (byte* at = bytes)
            {
                // No key: the one it has, from the beginning.
                LibCrypto.Check(LibCrypto.InitMac(handle, null, 0, null), "MAC init");
                LibCrypto.Check(LibCrypto.MacUpdate(handle, (byte*)&wire, sizeof(uint)), "MAC update");
                Finish(at, bytes.Length, tag);
            }
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>The MAC of bytes under a key that serves this once.</summary>
    public void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes, Span<byte> tag)
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            fixed (byte* keyBytes = key)
            fixed (byte* at = bytes)
            {
                LibCrypto.Check(LibCrypto.InitMac(handle, keyBytes, key.Length, null), "MAC init");
                Finish(at, bytes.Length, tag);
            }
        }
        finally
        {
            Release(held);
        }
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeMacContext(handle);
        return true;
    }

    private void Finish(byte* bytes, int count, Span<byte> tag)
    {
        fixed (byte* tagBytes = tag)
        {
            nint written;
            LibCrypto.Check(LibCrypto.MacUpdate(handle, bytes, count), "MAC update");
            LibCrypto.Check(LibCrypto.MacFinal(handle, tagBytes, &written, tag.Length), "MAC final");
        }
    }

    private void Release(bool held)
    {
        if (held)
        {
            DangerousRelease();
        }
    }
}
