using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Protection;

/// <summary>SSCN and CPSV: the server as the TLS client of a data connection. The other server is an engine at the test's end.</summary>
public sealed class SecureFxpTests
{
    [Fact]
    public async Task SSCN_ON_makes_us_the_TLS_client_of_active_and_passive_data_connections()
    {
        await using var ftp = await StartAsync();
        Assert.Equal("200 SSCN:CLIENT METHOD", await ftp.SendAsync("SSCN ON"));
        await using var listener = ftp.Network.Listen(ftp.Control.Local.Address, new(51_210, 51_210), 1);
        Assert.Equal(200, await ftp.CodeAsync("EPRT |1|192.0.2.7|51210|"));
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await AssertServesAsync(ftp, (MemoryConnection)await listener.AcceptAsync(ftp.Token));

        await using var passive = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await AssertServesAsync(ftp, passive);

        Assert.Equal("200 SSCN:SERVER METHOD", await ftp.SendAsync("SSCN OFF"));
        Assert.Equal("hello"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
    }

    [Fact]
    public async Task CPSV_makes_us_the_TLS_client_of_one_data_connection()
    {
        await using var ftp = await StartAsync();
        string reply = await ftp.SendAsync("CPSV");
        Assert.StartsWith("227 ", reply, StringComparison.Ordinal);
        string[] numbers = reply[(reply.IndexOf('(', StringComparison.Ordinal) + 1)..reply.IndexOf(')', StringComparison.Ordinal)].Split(',');
        int port = (int.Parse(numbers[4], System.Globalization.CultureInfo.InvariantCulture) << 8) | int.Parse(numbers[5], System.Globalization.CultureInfo.InvariantCulture);
        await using var data = await ftp.Network.DialAsync(ftp.Control.Local.Address, new(ftp.Control.Remote.Address, port), ftp.Token);
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await AssertServesAsync(ftp, data);
        Assert.Equal("hello"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
    }

    [Fact]
    public async Task A_plan_made_anew_is_no_longer_CPSVs()
    {
        await using var ftp = await StartAsync();
        Assert.Equal(227, await ftp.CodeAsync("CPSV"));
        Assert.Equal("hello"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
    }

    [Fact]
    public async Task Another_server_whose_certificate_is_not_accepted_gets_nothing()
    {
        var nobody = TlsProviders.Default.Client(new TlsClientOptions { Accepts = _ => false });
        await using var ftp = await StartAsync(nobody);
        Assert.Equal(200, await ftp.CodeAsync("SSCN ON"));
        await using var raw = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var data = await TlsProviders.Default.Server(FtpTls.Rules()).AcceptAsync(raw, new TlsAcceptance(new()), ftp.Token);
            Assert.Empty(await MemoryConnection.ReadToEndAsync(data, ftp.Token));
        });
        Assert.StartsWith("522 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_they_are_not_there()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, tls: FtpTls.Client());
        await ftp.SecureAsync();
        Assert.Equal(502, await ftp.CodeAsync("SSCN ON"));
        Assert.Equal(502, await ftp.CodeAsync("CPSV"));
    }

    private static async Task<FtpPair> StartAsync(ITlsClient? other = null)
    {
        var options = FtpTls.Options() with { SecureFxp = other ?? TlsProviders.Default.Client(new TlsClientOptions { Accepts = _ => true }) };
        var ftp = await FtpPair.StartAsync(options, login: false, security: new(), tls: FtpTls.Client());
        await ftp.SecureAsync();
        await ftp.PutAsync("/f", "hello");
        return ftp;
    }

    private static async Task AssertServesAsync(FtpPair ftp, MemoryConnection raw)
    {
        var data = await TlsProviders.Default.Server(FtpTls.Rules()).AcceptAsync(raw, new TlsAcceptance(new()) { IsData = true, RequiresCloseNotify = true }, ftp.Token);
        Assert.Equal("hello"u8.ToArray(), await MemoryConnection.ReadToEndAsync(data, ftp.Token));
        await data.FinishAsync(ftp.Token);
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        await data.DisposeAsync();
    }
}
