using System.Runtime.InteropServices;
using Wharf.Ssh.Keys;

namespace Wharf.Ssh;

/// <content>Key derivations that the platform's own classes lack.</content>
internal static unsafe partial class LibCrypto
{
    private const uint UnsignedParameter = 2; // OSSL_PARAM_UNSIGNED_INTEGER
    private const uint OctetsParameter = 5; // OSSL_PARAM_OCTET_STRING

    /// <summary>Derives by Argon2; false where this libcrypto has none.</summary>
    public static bool TryArgon2(in Argon2 argon2, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> key)
    {
        Require();
        nint kdf = FetchKdf(0, argon2.Variant, 0);
        if (kdf == 0)
        {
            ClearErrors();
            return false;
        }

        nint context = NewKdfContext(kdf);
        FreeKdf(kdf);
        try
        {
            Have(context, "a context for Argon2");
            uint memory = argon2.MemoryKiB, passes = argon2.Passes, lanes = argon2.Lanes, threads = 1;
            byte none = 0;
            fixed (byte* passParameter = "pass"u8, saltParameter = "salt"u8, iterParameter = "iter"u8, memoryParameter = "memcost"u8)
            fixed (byte* lanesParameter = "lanes"u8, threadsParameter = "threads"u8)
            fixed (byte* passwordBytes = password, saltBytes = salt, into = key)
            {
                var parameters = stackalloc Parameter[7];
                parameters[0] = new()
                {
                    Key = passParameter, Type = OctetsParameter, Data = password.IsEmpty ? &none : passwordBytes, DataBytes = (nuint)password.Length,
                };
                parameters[1] = new() { Key = saltParameter, Type = OctetsParameter, Data = saltBytes, DataBytes = (nuint)salt.Length };
                parameters[2] = new() { Key = iterParameter, Type = UnsignedParameter, Data = &passes, DataBytes = sizeof(uint) };
                parameters[3] = new() { Key = memoryParameter, Type = UnsignedParameter, Data = &memory, DataBytes = sizeof(uint) };
                parameters[4] = new() { Key = lanesParameter, Type = UnsignedParameter, Data = &lanes, DataBytes = sizeof(uint) };
                parameters[5] = new() { Key = threadsParameter, Type = UnsignedParameter, Data = &threads, DataBytes = sizeof(uint) };
                parameters[6] = default; // OSSL_PARAM_END
                Check(DeriveKdf(context, into, (nuint)key.Length, parameters), "Argon2");
            }

            return true;
        }
        finally
        {
            FreeKdfContext(context);
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_KDF_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FetchKdf(nint libraryContext, string name, nint properties);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_free")]
    private static partial void FreeKdf(nint kdf);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_CTX_new")]
    private static partial nint NewKdfContext(nint kdf);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_CTX_free")]
    private static partial void FreeKdfContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_derive")]
    private static partial int DeriveKdf(nint context, byte* key, nuint bytes, Parameter* parameters);
}
