using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Daemon;

/// <summary>A session with an implicit listener of which every handshake is looked at. Everything waits a bounded time.</summary>
internal sealed class FtpsSession : IAsyncDisposable
{
    private readonly SslStream _control;
    private readonly StreamReader _lines;

    private FtpsSession(SslStream control)
    {
        _control = control;
        _lines = new StreamReader(control, Encoding.UTF8);
    }

    /// <summary>The fingerprint of the server's certificate, as the daemon says it.</summary>
    public string Fingerprint => FingerprintOf(_control);

    /// <summary>Connects, reads the greeting and logs in.</summary>
    public static async Task<FtpsSession> LogInAsync(int port)
    {
        var session = new FtpsSession(await HandshakeAsync(port));
        Assert.StartsWith("220", await session.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("331", await session.AskAsync($"USER {WharfdProcess.User}"), StringComparison.Ordinal);
        Assert.StartsWith("230", await session.AskAsync($"PASS {WharfdProcess.Password}"), StringComparison.Ordinal);
        Assert.StartsWith("200", await session.AskAsync("TYPE I"), StringComparison.Ordinal);
        return session;
    }

    /// <summary>The fingerprint that somebody who connects now sees.</summary>
    public static async Task<string> LookAsync(int port)
    {
        await using var control = await HandshakeAsync(port);
        return FingerprintOf(control);
    }

    /// <summary>Sends a command and reads a reply of one line.</summary>
    public async Task<string> AskAsync(string command)
    {
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        await _control.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), patience.Token);
        return await ReplyAsync();
    }

    public async Task<string> ReplyAsync()
    {
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        return await _lines.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException("The server closed instead of replying.");
    }

    /// <summary>Begins a download; the data connection's handshake is done.</summary>
    public async Task<SslStream> RetrieveAsync(string name)
    {
        string passive = await AskAsync("EPSV");
        Assert.StartsWith("229", passive, StringComparison.Ordinal);
        int port = int.Parse(passive[(passive.IndexOf("|||", StringComparison.Ordinal) + 3)..passive.LastIndexOf('|')], CultureInfo.InvariantCulture);
        var handshake = HandshakeAsync(port);
        Assert.StartsWith("150", await AskAsync($"RETR {name}"), StringComparison.Ordinal);
        return await handshake;
    }

    /// <summary>Reads a data connection to its end.</summary>
    public static async Task<byte[]> DrainAsync(SslStream data)
    {
        using var all = new MemoryStream();
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        await data.CopyToAsync(all, patience.Token);
        return all.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Dispose();
        await _control.DisposeAsync();
    }

    private static string FingerprintOf(SslStream stream) =>
        "SHA256:" + Convert.ToBase64String(SHA256.HashData(stream.RemoteCertificate!.GetRawCertData())).TrimEnd('=');

    private static async Task<SslStream> HandshakeAsync(int port)
    {
        var socket = await RawFtp.DialAsync(new IPEndPoint(IPAddress.Loopback, port));
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            using var patience = new CancellationTokenSource(RawFtp.Patience);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null, // the tests compare fingerprints
                },
                patience.Token);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
