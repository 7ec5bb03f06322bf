using System.Runtime.InteropServices;

namespace Wharf.Bench.Load;

/// <summary>
/// What the load generator calls of OpenSSL 3. It has its own binding, apart from the library's engines: then what differs between two
/// servers is the servers, and a fault of ours does not load everyone alike.
/// </summary>
internal static unsafe partial class LibSsl
{
    public const string Library = "libssl.so.3";
    public const string Crypto = "libcrypto.so.3";

    public const int VersionTls13 = 0x0304;
    public const int ErrorSyscall = 5;
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;
    public const int ControlMode = 33;
    public const int ControlSetGroupsList = 92;
    public const int ControlSetMinVersion = 123;
    public const int ControlSetMaxVersion = 124;
    public const int BioSetBufferSize = 117;
    public const int BioFlush = 11;

    /// <summary>SSL_MODE_AUTO_RETRY and SSL_MODE_RELEASE_BUFFERS.</summary>
    public const int Modes = 0x4 | 0x10;

    /// <summary>SSL_OP_IGNORE_UNEXPECTED_EOF: the end of the stream is an end, since lengths are checked anyway and not every peer says goodbye.</summary>
    public const ulong IgnoreUnexpectedEof = 1UL << 7;

    [LibraryImport(Library, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Library, EntryPoint = "SSL_CTX_new")]
    public static partial nint NewContext(nint method);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ControlContext(nint context, int command, nint number, void* value);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(nint context, ulong options);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_ciphersuites", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetCipherSuites(nint context, string suites);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    public static partial void SetCertificateCheck(nint context, delegate* unmanaged<nint, nint, int> check, nint argument);

    [LibraryImport(Library, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_free")]
    public static partial void Free(nint connection);

    [LibraryImport(Library, EntryPoint = "SSL_set0_rbio")]
    public static partial void SetReadBio(nint connection, nint bio);

    [LibraryImport(Library, EntryPoint = "SSL_set0_wbio")]
    public static partial void SetWriteBio(nint connection, nint bio);

    [LibraryImport(Library, EntryPoint = "SSL_get_wbio")]
    public static partial nint WriteBio(nint connection);

    [LibraryImport(Library, EntryPoint = "SSL_set_read_ahead")]
    public static partial void SetReadAhead(nint connection, int yes);

    [LibraryImport(Library, EntryPoint = "SSL_set_default_read_buffer_len")]
    public static partial void SetReadBuffer(nint connection, nint length);

    [LibraryImport(Library, EntryPoint = "SSL_connect", SetLastError = true)]
    public static partial int Connect(nint connection);

    [LibraryImport(Library, EntryPoint = "SSL_read", SetLastError = true)]
    public static partial int Read(nint connection, void* into, int length);

    [LibraryImport(Library, EntryPoint = "SSL_write", SetLastError = true)]
    public static partial int Write(nint connection, void* from, int length);

    [LibraryImport(Library, EntryPoint = "SSL_shutdown", SetLastError = true)]
    public static partial int Shutdown(nint connection);

    [LibraryImport(Library, EntryPoint = "SSL_get_error")]
    public static partial int Error(nint connection, int result);

    [LibraryImport(Library, EntryPoint = "SSL_get1_session")]
    public static partial nint TakeSession(nint connection);

    [LibraryImport(Library, EntryPoint = "SSL_set_session")]
    public static partial int SetSession(nint connection, nint session);

    [LibraryImport(Library, EntryPoint = "SSL_session_reused")]
    public static partial int IsResumed(nint connection);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_free")]
    public static partial void FreeSession(nint session);

    [LibraryImport(Crypto, EntryPoint = "BIO_new_socket")]
    public static partial nint NewSocketBio(int socket, int close);

    [LibraryImport(Crypto, EntryPoint = "BIO_f_buffer")]
    public static partial nint BufferMethod();

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint NewBio(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_push")]
    public static partial nint PushBio(nint bio, nint next);

    [LibraryImport(Crypto, EntryPoint = "BIO_int_ctrl")]
    public static partial nint ControlBioNumber(nint bio, int command, nint value, int number);

    [LibraryImport(Crypto, EntryPoint = "BIO_ctrl", SetLastError = true)]
    public static partial nint ControlBio(nint bio, int command, nint number, void* value);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    public static partial ulong LastError();

    [LibraryImport(Crypto, EntryPoint = "ERR_error_string_n")]
    public static partial void Describe(ulong error, byte* into, nint length);
}
