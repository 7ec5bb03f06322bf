using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wharf.Ssh;

/// <summary>
/// OpenSSL 3's libcrypto, for what the platform's own classes lack or make slow: they cost three and a half times as much for
/// a packet of 256 bytes. The contexts here are raw; <see cref="Ciphers.CipherContext"/> and <see cref="Macs.MacContext"/> own them.
/// </summary>
internal static unsafe partial class LibCrypto
{
    /// <summary>The name the loader looks for; the number is OpenSSL's ABI and holds for all of 3.x.</summary>
    private const string Library = "libcrypto.so.3";

    // EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG.
    public const int GetTag = 0x10;
    public const int SetTag = 0x11;

    // EVP_CipherInit_ex: leave the direction as it was.
    public const int SameDirection = -1;

    private const uint Utf8Parameter = 4; // OSSL_PARAM_UTF8_STRING

    /// <summary>Fetched algorithms; fetching takes locks and looks through the providers, and they live as long as the process.</summary>
    private static readonly ConcurrentDictionary<string, nint> Ciphers = new();

    private static readonly ConcurrentDictionary<string, nint> Macs = new();

    /// <summary>Whether the library is on this machine.</summary>
    public static bool IsHere { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>Throws <see cref="PlatformNotSupportedException"/> with words for the operator where the library is missing.</summary>
    public static void Require()
    {
        if (!IsHere)
        {
            throw new PlatformNotSupportedException(
                $"SSH needs OpenSSL 3, but its {Library} cannot be loaded. Install the package that has it (libssl3 on Debian).");
        }
    }

    /// <summary>The cipher of that name ("AES-128-GCM"); not to be freed.</summary>
    public static nint Cipher(string name) => Ciphers.GetOrAdd(name, static name =>
    {
        Require();
        return Have(FetchCipher(0, name, 0), name);
    });

    /// <summary>The MAC of that name ("HMAC"); not to be freed.</summary>
    public static nint Mac(string name) => Macs.GetOrAdd(name, static name =>
    {
        Require();
        return Have(FetchMac(0, name, 0), name);
    });

    /// <summary>The pointer a call gave. Throws <see cref="CryptographicException"/> for none.</summary>
    public static nint Have(nint pointer, string what) => pointer != 0 ? pointer : throw Refused(what);

    /// <summary>Throws <see cref="CryptographicException"/> where a call that answers 1 for success did not.</summary>
    public static void Check(int answer, string what)
    {
        if (answer != 1)
        {
            throw Refused(what);
        }
    }

    /// <summary>Initialises a MAC; null where the MAC has its hash by itself.</summary>
    public static int InitMac(nint context, byte* key, nint keyBytes, string? digest)
    {
        if (digest is null)
        {
            return MacInit(context, key, keyBytes, null);
        }

        Span<byte> name = stackalloc byte[32];
        name[System.Text.Encoding.ASCII.GetBytes(digest, name[..^1])] = 0;
        fixed (byte* parameter = "digest"u8)
        fixed (byte* value = name)
        {
            var parameters = stackalloc Parameter[2];
            parameters[0] = new() { Key = parameter, Type = Utf8Parameter, Data = value, DataBytes = (nuint)digest.Length };
            parameters[1] = default; // OSSL_PARAM_END
            return MacInit(context, key, keyBytes, parameters);
        }
    }

    /// <summary>Empties the thread's queue of errors, so that they are not taken for those of the platform's next call.</summary>
    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_new")]
    public static partial nint NewCipherContext();

    /// <summary>Wipes the keys too.</summary>
    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_free")]
    public static partial void FreeCipherContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex")]
    public static partial int CipherInit(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypts);

    [LibraryImport(Library, EntryPoint = "EVP_CipherUpdate")]
    public static partial int CipherUpdate(nint context, byte* output, int* written, byte* input, int count);

    [LibraryImport(Library, EntryPoint = "EVP_CipherFinal_ex")]
    public static partial int CipherFinal(nint context, byte* output, int* written);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_ctrl")]
    public static partial int CipherControl(nint context, int what, int count, byte* bytes);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_CTX_new")]
    public static partial nint NewMacContext(nint mac);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_CTX_free")]
    public static partial void FreeMacContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_update")]
    public static partial int MacUpdate(nint context, byte* bytes, nint count);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_final")]
    public static partial int MacFinal(nint context, byte* output, nint* written, nint room);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_init")]
    private static partial int MacInit(nint context, byte* key, nint keyBytes, Parameter* parameters);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FetchCipher(nint libraryContext, string name, nint properties);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FetchMac(nint libraryContext, string name, nint properties);

    private static CryptographicException Refused(string what)
    {
        ClearErrors();
        return new CryptographicException($"libcrypto refuses: {what}.");
    }

    /// <summary>OSSL_PARAM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Parameter
    {
        public byte* Key;
        public uint Type;
        public void* Data;
        public nuint DataBytes;
        public nuint ReturnBytes;
    }
}
