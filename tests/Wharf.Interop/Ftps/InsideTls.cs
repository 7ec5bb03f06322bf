using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>A control connection inside TLS, of which every command is ours. Everything waits a bounded time.</summary>
internal sealed class InsideTls : IAsyncDisposable
{
    private readonly SslStream _tls;
    private readonly StreamReader _lines;

    private InsideTls(SslStream tls)
    {
        _tls = tls;
        _lines = new StreamReader(tls, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>What ALPN agreed on; empty for nothing.</summary>
    public string Protocol => _tls.NegotiatedApplicationProtocol.ToString();

    /// <summary>Does the handshake; believes the server's own certificate alone.</summary>
    /// <param name="server">Whose certificate it is.</param>
    /// <param name="socket">The connection; it stays the caller's.</param>
    /// <param name="protocol">What is offered by ALPN; null offers nothing.</param>
    /// <exception cref="AuthenticationException">The server refused.</exception>
    public static async Task<InsideTls> BeginAsync(FtpsServer server, Socket socket, string? protocol = null)
    {
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ApplicationProtocols = protocol is null ? null : [new SslApplicationProtocol(protocol)],
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && server.IsOwn(certificate),
                },
                patience.Token);
            return new InsideTls(tls);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public async Task SendAsync(string text)
    {
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        await _tls.WriteAsync(Encoding.UTF8.GetBytes(text), patience.Token);
    }

    /// <summary>One line; null when the server has closed, also where it did so abruptly.</summary>
    public async Task<string?> LineAsync()
    {
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        try
        {
            return await _lines.ReadLineAsync(patience.Token);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Sends a command and reads one line.</summary>
    public async Task<string> AskAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await LineAsync() ?? throw new EndOfStreamException("The server closed instead of replying.");
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Dispose();
        await _tls.DisposeAsync();
    }
}
