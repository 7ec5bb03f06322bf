using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Wharf.Files;
using Wharf.Net.Tls;
using Wharf.Server.Settings;

namespace Wharf.Server.Certificates;

/// <summary>The files that TLS is made of, by the settings, and what is in them.</summary>
/// <param name="settings">Which files.</param>
/// <param name="own">The certificate we made ourselves; null where the settings name some.</param>
internal sealed class CertificateFiles(TlsSettings settings, (string Certificate, string Key)? own)
{
    private const string CertificateSetting = "tls.certificate";
    private const string KeySetting = "tls.key";
    private const string PasswordSetting = "tls.key-password";
    private const string AuthoritySetting = "tls.client-ca";
    private const string ListSetting = "tls.revocation-lists";

    private readonly (string Certificate, string? Key)[] _pairs = own is { } made ? [made] : Pairs(settings);
    private readonly string[] _authorities = ValueForm.PathsOf(settings.ClientAuthorities);
    private readonly string[] _lists = ValueForm.PathsOf(settings.RevocationLists);

    /// <summary>What tells whether any of them has changed.</summary>
    public string Stamps() => string.Join('\n', _pairs
        .SelectMany(pair => (string?[])[pair.Certificate, pair.Key])
        .Append(settings.KeyPassword).Concat(_authorities).Concat(_lists)
        .OfType<string>().Select(TlsFile.Stamp));

    /// <summary>The certificates as they are now; the caller owns them.</summary>
    /// <exception cref="UsageException">A file cannot be used; the sentence says which and why.</exception>
    public IReadOnlyList<TlsCertificate> Certificates()
    {
        string? password = Password();
        var all = new List<TlsCertificate>();
        try
        {
            foreach (var (certificate, key) in _pairs)
            {
                all.Add(Load(certificate, key, password));
            }

            return all;
        }
        catch
        {
            all.ForEach(certificate => certificate.Dispose());
            throw;
        }
    }

    /// <summary>The authorities of clients.</summary>
    /// <exception cref="UsageException">A file cannot be used.</exception>
    public IReadOnlyList<X509Certificate2> Authorities() => [.. _authorities.SelectMany(path => Parse(AuthoritySetting, path, bytes =>
    {
        var found = new X509Certificate2Collection();
        if (IsPem(bytes))
        {
            found.ImportFromPem(Encoding.UTF8.GetString(bytes));
        }
        else
        {
            found.Add(X509CertificateLoader.LoadCertificate(bytes));
        }

        return found.Count > 0 ? found : throw new CryptographicException("it holds no certificate");
    }))];

    /// <summary>The revocation lists, DER.</summary>
    /// <exception cref="UsageException">A file cannot be used.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationLists() => [.. _lists.SelectMany(path => Parse(ListSetting, path, bytes =>
    {
        if (!IsPem(bytes))
        {
            return [bytes];
        }

        var found = new List<ReadOnlyMemory<byte>>();
        ReadOnlySpan<char> rest = Encoding.UTF8.GetString(bytes);
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "X509 CRL")
            {
                found.Add(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            }

            rest = rest[fields.Location.End..];
        }

        return found.Count > 0 ? found : throw new CryptographicException("it holds no revocation list");
    }))];

    private static TlsCertificate Load(string path, string? key, string? password)
    {
        byte[] bytes = TlsFile.Read(CertificateSetting, path);
        byte[] secret = [];
        try
        {
            bool isPem = IsPem(bytes);
            if (key is not null && key != path)
            {
                TlsFile.CheckPrivate(KeySetting, key);
            }
            else if (!isPem || bytes.AsSpan().IndexOf("PRIVATE KEY-----"u8) >= 0)
            {
                TlsFile.CheckPrivate(CertificateSetting, path);
            }

            secret = key is null ? [] : TlsFile.Read(KeySetting, key);
            return TlsCertificate.Load(bytes, secret, password);
        }
        catch (TlsException broken)
        {
            // Its message goes on behind the name of the file.
            string files = key is null || key == path ? $"'{FileNames.ForDisplay(path)}'" : $"'{FileNames.ForDisplay(path)}' with '{FileNames.ForDisplay(key)}' of {KeySetting}";
            throw new UsageException($"Setting {CertificateSetting} cannot use {files}, which {FileNames.ForDisplay(broken.Message.TrimEnd('.'))}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static T Parse<T>(string setting, string path, Func<byte[], T> parse)
    {
        try
        {
            return parse(TlsFile.Read(setting, path));
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException or FormatException)
        {
            throw TlsFile.Unusable(setting, path, broken.Message);
        }
    }

    private string? Password()
    {
        if (settings.KeyPassword is not { } path)
        {
            return null;
        }

        byte[] bytes = TlsFile.Read(PasswordSetting, path);
        try
        {
            return FileNames.Decode(bytes).TrimEnd('\r', '\n');
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static (string Certificate, string? Key)[] Pairs(TlsSettings settings)
    {
        string[] certificates = ValueForm.PathsOf(settings.Certificates);
        string[] keys = ValueForm.PathsOf(settings.Keys);
        return keys.Length == 0 || keys.Length == certificates.Length
            ? [.. certificates.Select((certificate, at) => (certificate, keys.Length == 0 ? null : (string?)keys[at]))]
            : throw new UsageException(
                $"Setting {KeySetting} cannot have {keys.Length} files beside {certificates.Length} of {CertificateSetting}: "
                + "possible is as many in the same order, or none where the certificates' own files hold the keys.");
    }

    private static bool IsPem(byte[] bytes) => bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;
}
