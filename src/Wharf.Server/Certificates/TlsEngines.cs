using Wharf.Net.Tls;
using Wharf.Server.Listeners;
using Wharf.Server.Settings;

namespace Wharf.Server.Certificates;

/// <summary>Chooses what speaks TLS, and tells before anybody connects what it cannot do of what was asked.</summary>
internal static class TlsEngines
{
    private const string Install = "the library libssl.so.3 (Debian package libssl3) with tls.engine=auto";

    /// <summary>The engine of the setting tls.engine.</summary>
    /// <param name="asked">The setting.</param>
    /// <param name="openSsl">OpenSSL; null where its library is missing.</param>
    /// <param name="portable">The runtime's; null where there is none.</param>
    /// <exception cref="UsageException">It is not here.</exception>
    public static ITlsProvider Choose(TlsEngine asked, ITlsProvider? openSsl, ITlsProvider? portable) => (asked switch
    {
        TlsEngine.OpenSsl => openSsl,
        TlsEngine.SslStream => portable,
        _ => openSsl ?? portable,
    }) ?? throw new UsageException($"Nothing here speaks TLS as tls.engine wants it: possible is {Install}, or listeners ftp://HOST:PORT?tls=none.");

    /// <summary>Whether the engine can do what these listeners and settings ask for.</summary>
    /// <exception cref="UsageException">It cannot; the sentence says what to do.</exception>
    public static void Check(ITlsProvider engine, IEnumerable<ListenUrl> listeners, ServerSettings settings)
    {
        if (!engine.Abilities.HasFlag(TlsAbilities.BindsSessions) && listeners.FirstOrDefault(url => url.RequiresSessionReuse) is { } strict)
        {
            throw new UsageException(
                $"Argument --listen cannot be '{strict.WithPort(strict.Port)}' here, since the TLS engine {engine.Name} cannot tell whose session a data "
                + $"connection resumes: possible is session-reuse=optional behind it, or {Install}.");
        }

        if (!engine.Abilities.HasFlag(TlsAbilities.RevocationLists) && settings.Tls.RevocationLists.Length > 0)
        {
            throw new UsageException(
                $"Setting tls.revocation-lists cannot be used here, since the TLS engine {engine.Name} reads no such lists: possible is {Install}, or to leave it out.");
        }

        if (!engine.Abilities.HasFlag(TlsAbilities.Unwraps) && settings.Ftp.ClearCommandChannel)
        {
            throw new UsageException(
                $"Setting ftp.ccc cannot be on here, since the TLS engine {engine.Name} cannot go back to clear text: possible is {Install}, or to leave it off.");
        }
    }
}
