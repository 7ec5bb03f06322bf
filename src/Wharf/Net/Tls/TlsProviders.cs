using Wharf.Net.Tls.OpenSsl;
using Wharf.Net.Tls.Portable;

namespace Wharf.Net.Tls;

/// <summary>The engines of TLS that are here.</summary>
public static class TlsProviders
{
    /// <summary>The platform's SslStream: on every system, without what <see cref="ITlsProvider.Abilities"/> leaves out.</summary>
    public static ITlsProvider SslStream { get; } = new SslStreamProvider();

    /// <summary>OpenSSL's libssl; null where OpenSSL 3 is not on this machine.</summary>
    public static ITlsProvider? OpenSsl { get; } = LibSsl.IsHere ? new OpenSslProvider() : null;

    /// <summary>The engine that can do most here.</summary>
    public static ITlsProvider Default => OpenSsl ?? SslStream;
}
