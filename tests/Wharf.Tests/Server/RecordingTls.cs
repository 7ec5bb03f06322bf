using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Tests.Server;

/// <summary>An engine that does no handshake and remembers what its servers were made with.</summary>
internal sealed class RecordingTls(TlsAbilities abilities) : ITlsProvider
{
    public string Name => "recording";

    public TlsAbilities Abilities => abilities;

    /// <summary>What each server was made with, in order.</summary>
    public List<TlsServerOptions> Made { get; } = [];

    /// <summary>What the next servers are refused with; null for nothing.</summary>
    public string? Refusal { get; set; }

    public ITlsServer Server(TlsServerOptions options)
    {
        if (Refusal is { } reason)
        {
            throw new TlsException(reason);
        }

        Made.Add(options);
        return new RecordedServer(options);
    }

    public ITlsClient Client(TlsClientOptions options) => throw new NotSupportedException();

    /// <summary>The server that was made with it.</summary>
    internal sealed record RecordedServer(TlsServerOptions Options) : ITlsServer
    {
        public ValueTask<ITlsConnection> AcceptAsync(IConnection connection, TlsAcceptance acceptance, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
