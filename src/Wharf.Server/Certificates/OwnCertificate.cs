using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net.Tls;
using Wharf.Server.Listeners;

namespace Wharf.Server.Certificates;

/// <summary>
/// The certificate of a daemon that was given none, made into the data folder on the first start and kept: nobody vouches for
/// it, so that clients must be told its file or its fingerprint.
/// </summary>
internal static partial class OwnCertificate
{
    /// <summary>The certificate's file in the data folder, which clients may be given.</summary>
    public const string CertificateName = "tls_cert.pem";

    /// <summary>Its private key's.</summary>
    public const string KeyName = "tls_key.pem";

    private const string KeyBegins = "-----BEGIN PRIVATE KEY";

    /// <summary>The two files, made where both are missing.</summary>
    /// <param name="folder">The data folder; made as well.</param>
    /// <param name="listeners">Whose hosts it is for, beside this machine's name and the loopback addresses.</param>
    /// <param name="clock">From when on it is valid.</param>
    /// <param name="logger">Where it is said that one was made.</param>
    /// <exception cref="UsageException">The folder or a file in it cannot be made, or one of the two is missing.</exception>
    public static (string Certificate, string Key) FindOrMake(string folder, IEnumerable<ListenUrl> listeners, TimeProvider clock, ILogger logger)
    {
        string certificate = Path.GetFullPath(Path.Combine(folder, CertificateName));
        string key = Path.GetFullPath(Path.Combine(folder, KeyName));
        try
        {
            if (!File.Exists(certificate) && !File.Exists(key))
            {
                Make(folder, certificate, key, listeners, clock, logger);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"No certificate can be made in '{FileNames.ForDisplay(folder)}' ({FileNames.ForDisplay(refused.Message.TrimEnd('.'))}): "
                + "possible is a --data folder that can be written, or the setting tls.certificate, or listeners ftp://HOST:PORT?tls=none.");
        }

        foreach (var (file, other) in ((string, string)[])[(certificate, key), (key, certificate)])
        {
            if (!File.Exists(file))
            {
                throw new UsageException(
                    $"There is '{FileNames.ForDisplay(other)}' but no '{FileNames.ForDisplay(file)}' that belongs to it: "
                    + "possible is both, or none to have new ones made.");
            }
        }

        return (certificate, key);
    }

    private static void Make(string folder, string certificate, string key, IEnumerable<ListenUrl> listeners, TimeProvider clock, ILogger logger)
    {
        DataFolder.Make(folder);
        string made = TlsCertificate.MakeSelfSigned(Names(listeners), clock);
        int end = made.IndexOf(KeyBegins, StringComparison.Ordinal);
        byte[] secret = Encoding.ASCII.GetBytes(made[end..]);
        try
        {
            // The key first: whoever sees the certificate finds its key. A loser of a race keeps what the winner wrote.
            DataFolder.WriteWhole(key, secret, DataFolder.Private, replace: false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        DataFolder.WriteWhole(certificate, Encoding.ASCII.GetBytes(made[..end]), DataFolder.Readable, replace: false);
        Log.Made(logger, FileNames.ForDisplay(certificate));
    }

    /// <summary>What clients may call this machine: addresses for all interfaces are none.</summary>
    private static string[] Names(IEnumerable<ListenUrl> listeners) =>
    [
        .. listeners.Select(url => url.Host)
            .Where(host => !IPAddress.TryParse(host, out var address) || (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)))
            .Append(Dns.GetHostName())
            .Where(name => Uri.CheckHostName(name) is not UriHostNameType.Unknown)
            .Concat(["localhost", "127.0.0.1", "::1"])
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Made certificate {File}, valid for years, for which nobody but this server vouches")]
        public static partial void Made(ILogger logger, string file);
    }
}
