using System.Runtime.InteropServices;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>OpenSSL 3's libssl, and what of libcrypto goes with it. Numbers are those of its headers, and its ABI for all of 3.x.</summary>
internal static unsafe partial class LibSsl
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    // SSL_get_error
    public const int WantRead = 2;
    public const int WantWrite = 3;
    public const int ZeroReturn = 6;

    // SSL_set_shutdown, SSL_get_shutdown
    public const int SentShutdown = 1;
    public const int ReceivedShutdown = 2;

    // What the callbacks of extensions answer: SSL_TLSEXT_ERR_OK and its like
    public const int Okay = 0;
    public const int Fatal = 2;
    public const int NotAcknowledged = 3;

    // SSL_CTX_set_verify
    public const int VerifyPeer = 1;
    public const int FailWithoutPeerCertificate = 2;

    // SSL_CTX_ctrl and SSL_ctrl
    public const int SetMode = 33;
    public const int SetCacheSize = 42;
    public const int SetCacheMode = 44;
    public const int SetServerNameCallback = 53;
    public const int SetHostName = 55;
    public const int SetStatusCallback = 63;
    public const int SetStatusResponse = 71;
    public const int AddChainCertificate = 89;
    public const int SetOldestVersion = 123;
    public const int SetNewestVersion = 124;

    // SSL_CTX_set_mode
    public const int EnablePartialWrite = 1;
    public const int AcceptMovingWriteBuffer = 2;
    public const int ReleaseBuffers = 0x10;

    // SSL_CTX_set_session_cache_mode
    public const int NoCache = 0;
    public const int ServerCache = 2;

    // SSL_CTX_set_options
    public const ulong NoRenegotiation = 1ul << 30;
    public const ulong NoCompression = 1ul << 17;
    public const ulong EnableKernelTls = 1ul << 3;

    // X509_STORE_set_flags
    public const uint CheckRevocation = 4;
    public const uint PartialChain = 0x80000;

    // BIO_set_flags: BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY
    public const int RetryRead = 1 | 8;
    public const int RetryMask = 15;

    /// <summary>BIO_TYPE_SOURCE_SINK.</summary>
    public const int SourceSink = 0x400;

    /// <summary>BIO_CTRL_GET_KTLS_SEND.</summary>
    public const int BioSendsByKernel = 73;

    /// <summary>BIO_CTRL_FLUSH.</summary>
    public const int BioFlush = 11;

    /// <summary>Whether the libraries are on this machine.</summary>
    public static bool IsHere { get; } = NativeLibrary.TryLoad(Ssl, out _) && NativeLibrary.TryLoad(Crypto, out _);

    /// <summary>TLS1_2_VERSION, TLS1_3_VERSION.</summary>
    public static int Number(TlsVersion version) => version == TlsVersion.Tls12 ? 0x303 : 0x304;

    /// <summary>What the thread's queue of errors says; the queue is empty then.</summary>
    public static string Reason()
    {
        nuint code = GetError();
        string? text = code == 0 ? null : Marshal.PtrToStringUTF8(ReasonText(code));
        ClearErrors();
        return text ?? "no reason given";
    }

    /// <summary>The pointer a call gave. Throws <see cref="TlsException"/> for none.</summary>
    public static nint Have(nint pointer, string what) => pointer != 0 ? pointer : throw new TlsException($"{what}: {Reason()}.");

    /// <summary>Throws <see cref="TlsException"/> where a call that answers 1 for success did not.</summary>
    public static void Check(nint answer, string what)
    {
        if (answer != 1)
        {
            throw new TlsException($"{what}: {Reason()}.");
        }
    }

    /// <summary>A certificate from its DER; to be freed.</summary>
    public static nint ReadCertificate(ReadOnlySpan<byte> der)
    {
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            return Have(ReadCertificate(0, &at, der.Length), "The certificate cannot be read");
        }
    }

    /// <summary>A private key from its PKCS#8; to be freed.</summary>
    public static nint ReadPrivateKey(ReadOnlySpan<byte> der)
    {
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            return Have(ReadPrivateKey(0, &at, der.Length), "The private key cannot be read");
        }
    }

    /// <summary>A revocation list from its DER; to be freed.</summary>
    public static nint ReadRevocationList(ReadOnlySpan<byte> der)
    {
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            return Have(ReadRevocationList(0, &at, der.Length), "The revocation list cannot be read");
        }
    }

    /// <summary>The DER of a certificate, which stays the caller's.</summary>
    public static byte[] Write(nint certificate)
    {
        byte[] der = new byte[Math.Max(0, WriteCertificate(certificate, null))];
        fixed (byte* bytes = der)
        {
            byte* at = bytes;
            _ = WriteCertificate(certificate, &at);
        }

        return der;
    }

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Ssl, EntryPoint = "TLS_server_method")]
    public static partial nint ServerMethod();

    [LibraryImport(Ssl, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial nint NewContext(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint Control(SslContext context, int what, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_callback_ctrl")]
    public static partial nint SetCallback(SslContext context, int what, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(SslContext context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_timeout")]
    public static partial nint SetTimeout(SslContext context, nint seconds);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetCiphers(SslContext context, string list);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate")]
    public static partial int UseCertificate(SslContext context, nint certificate);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey")]
    public static partial int UsePrivateKey(SslContext context, nint key);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void SetVerify(SslContext context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    public static partial void SetVerifyCallback(SslContext context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    public static partial void SetAlpnCallback(SslContext context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    /// <summary>Answers 0 for success.</summary>
    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_protos")]
    public static partial int SetAlpn(SslContext context, ReadOnlySpan<byte> protocols, uint count);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_get_cert_store")]
    public static partial nint Store(SslContext context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_add_client_CA")]
    public static partial int AddClientAuthority(SslContext context, nint certificate);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial nint New(SslContext context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint reading, nint writing);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_rbio")]
    [SuppressGCTransition]
    public static partial nint Bio(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_wbio")]
    public static partial nint WritingBio(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_options")]
    public static partial ulong SetOptions(nint ssl, ulong options);

    /// <summary>Only where the kernel sends.</summary>
    [LibraryImport(Ssl, EntryPoint = "SSL_sendfile")]
    public static partial nint SendFile(SslHandle ssl, int file, long offset, nuint count, int flags);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_SSL_CTX")]
    public static partial nint SwitchContext(nint ssl, SslContext context);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int what, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Control(SslHandle ssl, int what, nint number, string text);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_session_id_context")]
    public static partial int SetSessionIdContext(SslHandle ssl, ReadOnlySpan<byte> id, uint count);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_num_tickets")]
    public static partial int SetTickets(SslHandle ssl, nuint count);

    [LibraryImport(Ssl, EntryPoint = "SSL_new_session_ticket")]
    public static partial int NewTicket(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_read_ahead")]
    public static partial void SetReadAhead(SslHandle ssl, int yes);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_default_read_buffer_len")]
    public static partial void SetReadBuffer(SslHandle ssl, nuint bytes);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAcceptState(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int DoHandshake(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(SslHandle ssl, byte* into, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_peek")]
    public static partial int Peek(SslHandle ssl, byte* into, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    public static partial int Write(SslHandle ssl, byte* bytes, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int ErrorOf(SslHandle ssl, int answer);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_shutdown")]
    public static partial int ShutdownState(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_shutdown")]
    public static partial void SetShutdown(nint ssl, int state);

    [LibraryImport(Ssl, EntryPoint = "SSL_has_pending")]
    public static partial int HasPending(SslHandle ssl);

    /// <summary>Whether a record was received in part: text "RB" from its head to its end, "RH" otherwise, with bytes waiting where the head itself was cut.</summary>
    public static bool IsWithinRecord(SslHandle ssl) => HasPending(ssl) == 1 || Marshal.PtrToStringUTF8(ReadState(ssl)) != "RH";

    [LibraryImport(Ssl, EntryPoint = "SSL_get_version")]
    public static partial nint Version(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_current_cipher")]
    public static partial nint Cipher(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_CIPHER_get_name")]
    public static partial nint CipherName(nint cipher);

    [LibraryImport(Ssl, EntryPoint = "SSL_session_reused")]
    public static partial int IsResumed(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_servername")]
    public static partial nint ServerName(SslHandle ssl, int type);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_servername")]
    public static partial nint ServerName(nint ssl, int type);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void Alpn(SslHandle ssl, byte** protocol, uint* count);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint PeerCertificate(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_session")]
    public static partial nint Session(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_session")]
    public static partial int SetSession(SslHandle ssl, nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_SESSION_free")]
    public static partial void FreeSession(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_ex_data_X509_STORE_CTX_idx")]
    public static partial int StoreContextIndex();

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get_ex_data")]
    public static partial nint StoreContextData(nint storeContext, int index);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get0_cert")]
    public static partial nint StoreContextCertificate(nint storeContext);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get0_untrusted")]
    public static partial nint StoreContextUntrusted(nint storeContext);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_num")]
    public static partial int StackCount(nint stack);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_value")]
    public static partial nint StackItem(nint stack, int index);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_add_cert")]
    public static partial int AddToStore(nint store, nint certificate);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_add_crl")]
    public static partial int AddListToStore(nint store, nint list);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_set_flags")]
    public static partial int SetStoreFlags(nint store, nuint flags);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    public static partial void FreeCertificate(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "X509_CRL_free")]
    public static partial void FreeRevocationList(nint list);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_free")]
    public static partial void FreeKey(nint key);

    [LibraryImport(Crypto, EntryPoint = "CRYPTO_malloc")]
    public static partial nint Allocate(nuint bytes, nint file, int line);

    [LibraryImport(Crypto, EntryPoint = "BIO_get_new_index")]
    public static partial int NewBioIndex();

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint NewBioMethod(int type, string name);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_read")]
    public static partial int SetBioRead(nint method, delegate* unmanaged<nint, byte*, int, int> read);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_write")]
    public static partial int SetBioWrite(nint method, delegate* unmanaged<nint, byte*, int, int> write);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_ctrl")]
    public static partial int SetBioControl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> control);

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint NewBio(nint method);

    /// <summary>Over a descriptor that it does not close where <paramref name="close"/> is 0.</summary>
    [LibraryImport(Crypto, EntryPoint = "BIO_new_socket")]
    public static partial nint NewSocketBio(int socket, int close);

    [LibraryImport(Crypto, EntryPoint = "BIO_ctrl")]
    public static partial nint BioControl(nint bio, int what, nint number, nint pointer);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_data")]
    [SuppressGCTransition]
    public static partial void SetBioData(nint bio, nint data);

    [LibraryImport(Crypto, EntryPoint = "BIO_get_data")]
    [SuppressGCTransition]
    public static partial nint BioData(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_init")]
    public static partial void SetBioInit(nint bio, int yes);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_flags")]
    [SuppressGCTransition]
    public static partial void SetBioFlags(nint bio, int flags);

    [LibraryImport(Crypto, EntryPoint = "BIO_clear_flags")]
    [SuppressGCTransition]
    public static partial void ClearBioFlags(nint bio, int flags);

    [LibraryImport(Ssl, EntryPoint = "SSL_rstate_string")]
    private static partial nint ReadState(SslHandle ssl);

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    private static partial nuint GetError();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    private static partial nint ReasonText(nuint code);

    [LibraryImport(Crypto, EntryPoint = "d2i_X509")]
    private static partial nint ReadCertificate(nint into, byte** der, nint count);

    [LibraryImport(Crypto, EntryPoint = "i2d_X509")]
    private static partial int WriteCertificate(nint certificate, byte** der);

    [LibraryImport(Crypto, EntryPoint = "d2i_AutoPrivateKey")]
    private static partial nint ReadPrivateKey(nint into, byte** der, nint count);

    [LibraryImport(Crypto, EntryPoint = "d2i_X509_CRL")]
    private static partial nint ReadRevocationList(nint into, byte** der, nint count);
}
