using Microsoft.Extensions.Logging;
using Wharf.Net.Tls;

namespace Wharf.Server.Certificates;

/// <summary>Says at the start and once a day which certificates are about to expire, or have, or are not valid yet.</summary>
/// <param name="store">Whose certificates.</param>
/// <param name="clock">For days and dates.</param>
/// <param name="logger">Where it is said.</param>
internal sealed partial class CertificateExpiry(TlsStore store, TimeProvider clock, ILogger<CertificateExpiry> logger)
{
    /// <summary>How long before the end it is said.</summary>
    public static readonly TimeSpan Near = TimeSpan.FromDays(14);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Says it until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            foreach (var certificate in store.Certificates)
            {
                Look(certificate);
            }

            await Task.Delay(Day, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Look(TlsCertificate certificate)
    {
        var now = clock.GetUtcNow();
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        if (now > until)
        {
            Log.Expired(logger, certificate.Fingerprint, until);
        }
        else if (until - now < Near)
        {
            Log.ExpiresSoon(logger, certificate.Fingerprint, until);
        }
        else if (now < from)
        {
            Log.NotValidYet(logger, certificate.Fingerprint, from);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Certificate {Fingerprint} has expired on {Until:u}: clients will refuse it")]
        public static partial void Expired(ILogger logger, string fingerprint, DateTimeOffset until);

        [LoggerMessage(LogLevel.Warning, "Certificate {Fingerprint} expires on {Until:u}")]
        public static partial void ExpiresSoon(ILogger logger, string fingerprint, DateTimeOffset until);

        [LoggerMessage(LogLevel.Warning, "Certificate {Fingerprint} is not valid before {From:u}: clients will refuse it")]
        public static partial void NotValidYet(ILogger logger, string fingerprint, DateTimeOffset from);
    }
}
