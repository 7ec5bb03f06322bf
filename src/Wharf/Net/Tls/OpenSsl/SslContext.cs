using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>One SSL_CTX: the rules of a role, and one certificate. Lives as long as somebody refers to it.</summary>
internal sealed unsafe class SslContext : SafeHandle
{
    /// <summary>Suites of TLS 1.2: AEAD with forward secrecy (RFC 9325 section 4.2). Those of TLS 1.3 are all of that kind.</summary>
    private const string Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

    private SslContext(nint method)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.Have(LibSsl.NewContext(method), "TLS cannot be had"));
        _ = LibSsl.Control(this, LibSsl.SetMode, LibSsl.EnablePartialWrite | LibSsl.AcceptMovingWriteBuffer | LibSsl.ReleaseBuffers, 0);
        _ = LibSsl.SetOptions(this, LibSsl.NoRenegotiation | LibSsl.NoCompression);
        LibSsl.Check(LibSsl.SetCiphers(this, Ciphers), "The cipher suites cannot be had");
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>For a server.</summary>
    public static SslContext ForServer() => new(LibSsl.ServerMethod());

    /// <summary>For a client.</summary>
    public static SslContext ForClient() => new(LibSsl.ClientMethod());

    /// <summary>Which versions are spoken.</summary>
    public void SetVersions(TlsVersion oldest, TlsVersion newest)
    {
        LibSsl.Check(LibSsl.Control(this, LibSsl.SetOldestVersion, LibSsl.Number(oldest), 0), "The oldest version cannot be had");
        LibSsl.Check(LibSsl.Control(this, LibSsl.SetNewestVersion, LibSsl.Number(newest), 0), "The newest version cannot be had");
    }

    /// <summary>What is shown to the peer.</summary>
    public void Use(TlsCertificate certificate)
    {
        nint leaf = LibSsl.ReadCertificate(certificate.Leaf.RawDataMemory.Span);
        try
        {
            LibSsl.Check(LibSsl.UseCertificate(this, leaf), "The certificate cannot be used");
        }
        finally
        {
            LibSsl.FreeCertificate(leaf);
        }

        byte[] pkcs8 = PrivateKeyOf(certificate.Leaf);
        try
        {
            nint key = LibSsl.ReadPrivateKey(pkcs8);
            try
            {
                // Checks too that it belongs to the certificate.
                LibSsl.Check(LibSsl.UsePrivateKey(this, key), "The private key cannot be used");
            }
            finally
            {
                LibSsl.FreeKey(key);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }

        foreach (var issuer in certificate.Chain)
        {
            nint read = LibSsl.ReadCertificate(issuer.RawDataMemory.Span);
            try
            {
                // "1" has libssl count its own reference.
                LibSsl.Check(LibSsl.Control(this, LibSsl.AddChainCertificate, 1, read), "A certificate of the chain cannot be used");
            }
            finally
            {
                LibSsl.FreeCertificate(read);
            }
        }
    }

    /// <summary>Which client certificates count.</summary>
    public void Trust(IReadOnlyList<X509Certificate2> authorities, IReadOnlyList<ReadOnlyMemory<byte>> revocationLists)
    {
        nint store = LibSsl.Store(this);
        foreach (var authority in authorities)
        {
            nint read = LibSsl.ReadCertificate(authority.RawDataMemory.Span);
            try
            {
                LibSsl.Check(LibSsl.AddToStore(store, read), "An authority of clients cannot be used");
                LibSsl.Check(LibSsl.AddClientAuthority(this, read), "An authority of clients cannot be named");
            }
            finally
            {
                LibSsl.FreeCertificate(read);
            }
        }

        foreach (var list in revocationLists)
        {
            nint read = LibSsl.ReadRevocationList(list.Span);
            try
            {
                LibSsl.Check(LibSsl.AddListToStore(store, read), "A revocation list cannot be used");
            }
            finally
            {
                LibSsl.FreeRevocationList(read);
            }
        }

        // An authority that is given is trusted, also where it is not the root of its chain.
        LibSsl.Check(
            LibSsl.SetStoreFlags(store, LibSsl.PartialChain | (revocationLists.Count > 0 ? LibSsl.CheckRevocation : 0u)),
            "The rules for client certificates cannot be set");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibSsl.FreeContext(handle);
        return true;
    }

    private static byte[] PrivateKeyOf(X509Certificate2 certificate)
    {
        try
        {
            using var ecdsa = certificate.GetECDsaPrivateKey();
            if (ecdsa is not null)
            {
                return ecdsa.ExportPkcs8PrivateKey();
            }

            using var rsa = certificate.GetRSAPrivateKey();
            return rsa?.ExportPkcs8PrivateKey() ?? throw new TlsException("The private key is neither for RSA nor for ECDSA.");
        }
        catch (CryptographicException locked)
        {
            throw new TlsException($"The private key cannot be read: {locked.Message}", locked);
        }
    }
}
