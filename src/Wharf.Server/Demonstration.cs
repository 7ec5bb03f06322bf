using System.Globalization;
using System.Security.Cryptography;
using Wharf.Ftp;
using Wharf.Net.Tls;
using Wharf.Server.Accounts;
using Wharf.Server.Certificates;
using Wharf.Server.Listeners;
using Wharf.Ssh;
using Wharf.Ssh.Keys;

namespace Wharf.Server;

/// <summary>What a daemon that was told nothing shows: every protocol on loopback, one user, a password nobody can guess, and lines to paste.</summary>
internal static class Demonstration
{
    private const string Name = "demo";
    private const string Host = "127.0.0.1";

    // No character that a shell or a URL treats specially, none that is read as another: 31 of them, 16 times, is 79 bits.
    private const string Letters = "abcdefghijkmnpqrstuvwxyz2345678";
    private const int PasswordLength = 16;

    /// <summary>The library behind most builds of curl (libssh2) asks for this type first, and checks one fingerprint only.</summary>
    private const string KeyOfCurl = "ecdsa-sha2-nistp256";

    /// <summary>Where it listens.</summary>
    public static IReadOnlyList<ListenUrl> Listeners { get; } =
    [
        new(ListenProtocol.Ftp, Host, 2121) { Tls = TlsUse.Optional },
        new(ListenProtocol.Ftps, Host, 2990),
        new(ListenProtocol.Sftp, Host, 2222),
    ];

    /// <summary>The one account, with a fresh password.</summary>
    public static UserArgument MakeUser() => new(Name, RandomNumberGenerator.GetString(Letters, PasswordLength));

    /// <summary>What this machine can serve of it: without OpenSSL no SSH, and TLS that cannot tell whose session is resumed.</summary>
    /// <param name="listeners">All of it.</param>
    /// <param name="engine">What speaks TLS; null for nothing.</param>
    public static IReadOnlyList<ListenUrl> PossibleHere(IReadOnlyList<ListenUrl> listeners, ITlsProvider? engine) =>
    [
        .. listeners
            .Where(url => url.Protocol != ListenProtocol.Sftp || SpeaksSsh())
            .Select(url => url with { RequiresSessionReuse = engine?.Abilities.HasFlag(TlsAbilities.BindsSessions) ?? false }),
    ];

    /// <summary>An upload and a download over each, that work from the project's folder as they are and check whom they talk to.</summary>
    /// <param name="user">Who logs in.</param>
    /// <param name="listening">Where, with the real ports.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="tls">TLS and its certificates; null where there is none.</param>
    /// <param name="keys">The host keys; empty where there is no SSH.</param>
    /// <param name="hasOwnCertificate">Whether the certificate is the one in the data folder.</param>
    public static IEnumerable<string> Commands(
        UserArgument user, IEnumerable<(ListenProtocol Protocol, int Port)> listening, string data, TlsStore? tls, IReadOnlyList<SigningKey> keys, bool hasOwnCertificate)
    {
        foreach (var (protocol, port) in listening)
        {
            string trust = protocol == ListenProtocol.Sftp ? TrustOf(keys) : TrustOf(tls, data, hasOwnCertificate);
            string curl = $"curl {(protocol == ListenProtocol.Ftp && tls is not null ? "--ssl-reqd " : "")}{trust}";
            string url = string.Create(CultureInfo.InvariantCulture, $"{protocol.Scheme}://{user.Name}:{user.Password}@{Host}:{port}/README.md");
            yield return $"{curl}-T README.md {url}";
            yield return $"{curl}{url}";
            if (protocol == ListenProtocol.Sftp)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"sftp -P {port} {user.Name}@{Host}");
            }
        }
    }

    private static string TrustOf(IReadOnlyList<SigningKey> keys) => keys.FirstOrDefault(key => key.Public.Type == KeyOfCurl) is { } key
        ? $"--hostpubsha256 {key.Public.Fingerprint.Split(':')[1]} "
        : "--insecure ";

    private static string TrustOf(TlsStore? tls, string data, bool hasOwnCertificate)
    {
        if (tls is null)
        {
            return "";
        }

        // A certificate of the operator's own is hardly for 127.0.0.1: its key is as good a proof.
        return hasOwnCertificate
            ? $"--cacert {Quoted(Path.Combine(data, OwnCertificate.CertificateName))} "
            : $"--insecure --pinnedpubkey sha256//{Convert.ToBase64String(SHA256.HashData(tls.Certificates[0].Leaf.PublicKey.ExportSubjectPublicKeyInfo()))} ";
    }

    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c)) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool SpeaksSsh()
    {
        try
        {
            SshServer.Require();
            return true;
        }
        catch (PlatformNotSupportedException)
        {
            return false;
        }
    }
}
