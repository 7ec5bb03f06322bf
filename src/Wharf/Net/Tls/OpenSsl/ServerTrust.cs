using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>The system's opinion on a server's certificate. Nothing is fetched for it: no lists, no missing issuers.</summary>
internal static class ServerTrust
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>What is wrong with it, one sentence; null for nothing.</summary>
    /// <param name="name">The name or address it shall be for (RFC 9525).</param>
    /// <param name="certificate">The server's own.</param>
    /// <param name="others">What it sent along.</param>
    public static string? Problem(string name, X509Certificate2 certificate, IReadOnlyList<X509Certificate2> others)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        chain.ChainPolicy.ExtraStore.AddRange(others.ToArray());
        try
        {
            if (!chain.Build(certificate))
            {
                string why = string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());
                return $"The server's certificate is not trusted: {why}.";
            }

            return certificate.MatchesHostname(name) ? null : $"The server's certificate is not for {name}.";
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }
}
