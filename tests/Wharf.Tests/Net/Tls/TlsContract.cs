using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>
/// What every engine of TLS keeps, whoever is at the other end. Over connections in memory: it does not prove anything about
/// sockets, nor about the speed. What an engine cannot (<see cref="TlsAbilities"/>) is skipped.
/// </summary>
public abstract partial class TlsContract
{
    public static TheoryData<string> Versions => ["TLSv1.2", "TLSv1.3"];

    /// <summary>The engine, or null with the reason where it is not on this machine.</summary>
    private protected abstract ITlsProvider? Engine { get; }

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected ITlsProvider Provider
    {
        get
        {
            Assert.SkipWhen(Engine is null, "The engine's library is not on this machine.");
            return Engine;
        }
    }

    private protected static TlsVersion Version(string version) => version == "TLSv1.2" ? TlsVersion.Tls12 : TlsVersion.Tls13;

    private protected void Needs(TlsAbilities ability) =>
        Assert.SkipUnless(Provider.Abilities.HasFlag(ability), $"{Provider.Name} cannot: {ability}.");

    private protected static TlsServerOptions ServerOptions(string version = "TLSv1.3") => new()
    {
        Certificates = [TestCertificates.Server],
        Oldest = Version(version),
        Newest = Version(version),
    };

    private protected static TlsClientOptions ClientOptions => new() { Accepts = TestCertificates.Accepts };

    private protected ITlsServer Server(string version) => Provider.Server(ServerOptions(version));

    /// <summary>Both ends of one handshake; where one fails the connection is aborted, and that one's exception is thrown.</summary>
    private protected async Task<TlsEnds> HandshakeAsync(ITlsServer server, ITlsClient? client = null, TlsRequest? request = null, TlsAcceptance? acceptance = null)
    {
        client ??= Provider.Client(ClientOptions);
        var (clientBelow, serverBelow) = MemoryConnection.Pair();
        var serverSide = AcceptAsync();
        var clientSide = ConnectAsync();
        try
        {
            await Task.WhenAll(serverSide, clientSide);
        }
        catch (IOException) when (serverSide.Exception?.InnerException is TlsException refused)
        {
            throw refused;
        }

        return new TlsEnds(await clientSide, await serverSide, clientBelow, serverBelow);

        async Task<ITlsConnection> AcceptAsync()
        {
            try
            {
                return await server.AcceptAsync(serverBelow, acceptance ?? new TlsAcceptance(new TlsBinding()), Cancel);
            }
            catch (IOException)
            {
                await serverBelow.DisposeAsync();
                throw;
            }
        }

        async Task<ITlsConnection> ConnectAsync()
        {
            try
            {
                return await client.ConnectAsync(clientBelow, request ?? new TlsRequest("ftp.example.test"), Cancel);
            }
            catch (IOException)
            {
                await clientBelow.DisposeAsync();
                throw;
            }
        }
    }

    private protected Task<TlsEnds> HandshakeAsync(string version, TlsRequest? request = null, TlsAcceptance? acceptance = null) =>
        HandshakeAsync(Server(version), request: request, acceptance: acceptance);

    private protected static async Task<byte[]> ReceiveAllAsync(ITlsConnection connection, int count, int most = int.MaxValue)
    {
        byte[] all = new byte[count];
        int have = 0;
        while (have < count)
        {
            int got = await connection.ReceiveAsync(all.AsMemory(have, Math.Min(most, count - have)), Cancel);
            Assert.True(got > 0, $"Ended after {have} of {count} bytes.");
            have += got;
        }

        return all;
    }

    /// <summary>The two ends of TLS and what is below each.</summary>
    private protected sealed record TlsEnds(ITlsConnection Client, ITlsConnection Server, MemoryConnection ClientBelow, MemoryConnection ServerBelow) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}

/// <summary>The contract, kept by SslStream.</summary>
public sealed class SslStreamContract : TlsContract
{
    private protected override ITlsProvider Engine => TlsProviders.SslStream;
}

/// <summary>OpenSSL's libssl.</summary>
public sealed class OpenSslContract : TlsContract
{
    private protected override ITlsProvider? Engine => TlsProviders.OpenSsl;
}
