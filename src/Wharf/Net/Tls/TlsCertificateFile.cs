using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Wharf.Net.Tls;

/// <summary>
/// The forms certificates and keys come in: PEM (RFC 7468) with keys in PKCS#8, PKCS#1 or SEC 1, and PKCS#12 (RFC 7292). Of all
/// certificates in a file the one the key belongs to is the server's, and its issuers are put in order: files are written in every order.
/// </summary>
internal static class TlsCertificateFile
{
    /// <summary>Bytes of one file at most.</summary>
    private const int MostBytes = 1024 * 1024;

    // HRESULT of ERROR_INVALID_PASSWORD, which the runtime gives on every system.
    private const int WrongPassword = unchecked((int)0x80070056);

    // SslStream on Windows has no use for keys that are in memory alone, macOS cannot make them.
    private static X509KeyStorageFlags Storage =>
        X509KeyStorageFlags.Exportable | (OperatingSystem.IsLinux() ? X509KeyStorageFlags.EphemeralKeySet : X509KeyStorageFlags.DefaultKeySet);

    public static TlsCertificate Read(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> key, string? password)
    {
        if (certificate.Length > MostBytes || key.Length > MostBytes)
        {
            throw new TlsException("is too large for a certificate.");
        }

        try
        {
            return certificate.IndexOf("-----BEGIN"u8) >= 0 ? ReadPem(certificate, key.IsEmpty ? certificate : key, password) : ReadBinary(certificate, key, password);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or NotSupportedException)
        {
            // Extensions and curves are looked into late, and each has its own kind of exception.
            throw new TlsException("has a certificate or a key that cannot be read.", failure);
        }
    }

    private static TlsCertificate ReadBinary(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> key, string? password) => Kind(certificate) switch
    {
        X509ContentType.Pkcs12 => ReadPkcs12(certificate, password),
        X509ContentType.Cert when !key.IsEmpty => Join([X509CertificateLoader.LoadCertificate(certificate)], key, password),
        X509ContentType.Cert => throw new TlsException("has no private key."),
        _ => throw new TlsException("is neither PEM nor PKCS#12."),
    };

    private static X509ContentType Kind(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes.IsEmpty ? X509ContentType.Unknown : X509Certificate2.GetCertContentType(bytes);
        }
        catch (CryptographicException)
        {
            return X509ContentType.Unknown;
        }
    }

    private static TlsCertificate ReadPem(ReadOnlySpan<byte> certificates, ReadOnlySpan<byte> key, string? password)
    {
        var all = new List<X509Certificate2>();
        char[] text = Encoding.Latin1.GetChars(certificates.ToArray());
        try
        {
            for (ReadOnlySpan<char> rest = text; PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
            {
                if (rest[found.Label] is "CERTIFICATE" or "X509 CERTIFICATE")
                {
                    all.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[found.Base64Data].ToString())));
                }
            }
        }
        catch (CryptographicException failure)
        {
            all.ForEach(one => one.Dispose());
            throw new TlsException("has a certificate that cannot be read.", failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }

        return all.Count == 0 ? throw new TlsException("has no certificate.") : Join(all, key, password);
    }

    /// <summary>Takes the certificates over.</summary>
    private static TlsCertificate Join(List<X509Certificate2> all, ReadOnlySpan<byte> key, string? password)
    {
        char[] text = Encoding.Latin1.GetChars(key.ToArray());
        try
        {
            using var read = ReadKey(text, password);
            foreach (var candidate in all)
            {
                if (TryCopy(candidate, read) is { } leaf)
                {
                    return new TlsCertificate(leaf, Chain(leaf, all));
                }
            }

            throw new TlsException("has a private key that does not belong to the certificate.");
        }
        catch
        {
            all.ForEach(one => one.Dispose());
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private static AsymmetricAlgorithm ReadKey(ReadOnlySpan<char> text, string? password)
    {
        for (var rest = text; PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            var block = rest[found.Location];
            switch (rest[found.Label])
            {
                case "ENCRYPTED PRIVATE KEY" when string.IsNullOrEmpty(password):
                    throw new TlsException("has an encrypted private key and needs its password.");
                case "ENCRYPTED PRIVATE KEY":
                    return Import(block, password);
                case "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY":
                    return Import(block, null);
                default:
                    continue;
            }
        }

        throw new TlsException(text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            ? "has a private key in OpenSSL's old encrypted form; \"openssl pkcs8 -topk8\" writes one that can be read."
            : "has no private key.");
    }

    private static AsymmetricAlgorithm Import(ReadOnlySpan<char> block, string? password)
    {
        // The label alone does not say which it is, and neither class tells "another algorithm" from "broken".
        return TryImport(ECDsa.Create(), block, password) ?? TryImport(RSA.Create(), block, password) ?? throw new TlsException(password is null
            ? "has a private key that cannot be read, or one that is neither RSA nor ECDSA."
            : "has a private key that the password does not open, or one that is neither RSA nor ECDSA.");
    }

    private static AsymmetricAlgorithm? TryImport(AsymmetricAlgorithm key, ReadOnlySpan<char> block, string? password)
    {
        try
        {
            if (password is null)
            {
                key.ImportFromPem(block);
            }
            else
            {
                key.ImportFromEncryptedPem(block, password);
            }

            return key;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or NotSupportedException)
        {
            // The other algorithm may know it.
            key.Dispose();
            return null;
        }
    }

    private static X509Certificate2? TryCopy(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        try
        {
            using var joined = key switch
            {
                RSA rsa when certificate.PublicKey.Oid.Value == "1.2.840.113549.1.1.1" => certificate.CopyWithPrivateKey(rsa),
                ECDsa ec when certificate.PublicKey.Oid.Value == "1.2.840.10045.2.1" => certificate.CopyWithPrivateKey(ec),
                _ => null,
            };
            if (joined is null)
            {
                return null;
            }

            byte[] whole = joined.Export(X509ContentType.Pkcs12);
            try
            {
                return X509CertificateLoader.LoadPkcs12(whole, null, Storage);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(whole);
            }
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            // The key is another one's.
            return null;
        }
    }

    private static TlsCertificate ReadPkcs12(ReadOnlySpan<byte> bytes, string? password)
    {
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(bytes, password, Storage);
        }
        catch (CryptographicException failure)
        {
            throw new TlsException(
                failure.HResult != WrongPassword ? "is PKCS#12 that cannot be read: " + failure.Message
                : string.IsNullOrEmpty(password) ? "is PKCS#12 and needs its password." : "is PKCS#12 that the password does not open.",
                failure);
        }

        var leaf = all.FirstOrDefault(one => one.HasPrivateKey);
        if (leaf is { } found && (found.GetRSAPrivateKey() as AsymmetricAlgorithm ?? found.GetECDsaPrivateKey()) is { } key)
        {
            key.Dispose();
            all.Remove(found);
            return new TlsCertificate(found, Chain(found, [.. all]));
        }

        foreach (var one in all)
        {
            one.Dispose();
        }

        throw new TlsException(leaf is null ? "has no private key." : "has a private key that is neither RSA nor ECDSA.");
    }

    /// <summary>From the certificate upwards, each issuer once, without a root; what is in no chain is disposed of.</summary>
    private static List<X509Certificate2> Chain(X509Certificate2 leaf, List<X509Certificate2> all)
    {
        var chain = new List<X509Certificate2>();
        for (var last = leaf; !IsRoot(last); last = chain[^1])
        {
            var issuer = all.Find(one =>
                !chain.Contains(one) && !IsRoot(one) && one.SubjectName.RawData.AsSpan().SequenceEqual(last.IssuerName.RawData) && IsKeyOf(one, last));
            if (issuer is null)
            {
                break;
            }

            chain.Add(issuer);
        }

        all.Where(one => !chain.Contains(one)).ToList().ForEach(one => one.Dispose());
        return chain;
    }

    private static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>Authorities that changed their key kept their name: the key identifiers tell them apart where there are any (RFC 5280 section 4.2.1.1).</summary>
    private static bool IsKeyOf(X509Certificate2 issuer, X509Certificate2 issued)
    {
        var wanted = issued.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var here = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return wanted is not { } id || here is not { } own || id.Span.SequenceEqual(own.Span);
    }
}
