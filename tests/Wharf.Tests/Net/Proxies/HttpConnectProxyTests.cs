using System.Text;
using Wharf.Net;
using Wharf.Net.Proxies;

namespace Wharf.Tests.Net.Proxies;

public sealed class HttpConnectProxyTests
{
    private static readonly string[] HeadEnd = ["\r\n\r\n"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://proxy.example:3128", "files.example", "CONNECT files.example:21 HTTP/1.1\r\nHost: files.example:21\r\n\r\n")]
    [InlineData("http://proxy.example:3128", "2001:db8::1", "CONNECT [2001:db8::1]:21 HTTP/1.1\r\nHost: [2001:db8::1]:21\r\n\r\n")]
    [InlineData("http://proxy.example:3128", "bücher.example", "CONNECT xn--bcher-kva.example:21 HTTP/1.1\r\nHost: xn--bcher-kva.example:21\r\n\r\n")]
    [InlineData(
        "http://anna:s%40lt@proxy.example:3128", "192.0.2.7",
        "CONNECT 192.0.2.7:21 HTTP/1.1\r\nHost: 192.0.2.7:21\r\nProxy-Authorization: Basic YW5uYTpzQGx0\r\n\r\n")]
    public async Task A_proxy_is_asked_for_a_name_and_what_it_gives_is_the_connection_itself(string url, string host, string request)
    {
        var (proxy, asked) = ScriptedProxy.Saying(url, "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n220 hello", HeadEnd, out var dialer);
        await using var connection = await dialer.DialAsync(host, 21, null, Cancel);
        Assert.Equal(request, await asked);
        Assert.Same(proxy.Made[0], connection);
        Assert.Equal(("proxy.example", 3128), (proxy.Dialled[0].Host, proxy.Dialled[0].Port));
        byte[] buffer = new byte[100];
        await proxy.EndAsync();
        Assert.Equal("220 hello", Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer, Cancel)));
    }

    [Theory]
    [InlineData("HTTP/1.0 200\r\n\r\n")]
    [InlineData("HTTP/1.1 204 odd\r\nA: b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nA: b\n\n")]
    [InlineData("HTTP/1.1 200 OK\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    public async Task What_comes_behind_the_answer_is_received_first_whatever_ends_its_lines(string answer)
    {
        var (proxy, _) = ScriptedProxy.Saying("http://p:1", answer + "data", HeadEnd, out var dialer);
        await using var connection = await dialer.DialAsync("h", 21, null, Cancel);
        await proxy.EndAsync();
        using var all = new MemoryStream();
        byte[] buffer = new byte[100];
        while (all.Length < 4)
        {
            all.Write(buffer, 0, await connection.ReceiveAsync(buffer, Cancel));
        }

        Assert.Equal("data", Encoding.ASCII.GetString(all.ToArray()));
    }

    [Fact]
    public async Task An_answer_may_come_in_single_bytes()
    {
        var proxy = new ScriptedProxy(async (connection, cancel) =>
        {
            foreach (byte one in "HTTP/1.1 200 OK\r\n\r\nx"u8.ToArray())
            {
                await connection.SendAsync(new[] { one }, cancel);
            }
        });
        var connection = await ProxyUrl.Parse("http://p:1").Over(proxy).DialAsync("h", 1, null, Cancel);
        Assert.Same(proxy.Made[0], connection);
    }

    [Theory]
    [InlineData("http://p:1", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", ConnectionError.LoginRefused)]
    [InlineData("http://u:p@p:1", "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", ConnectionError.LoginRefused)]
    [InlineData("http://u:p@p:1", "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\n\r\n", ConnectionError.NotOffered)]
    [InlineData("http://p:1", "HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!", ConnectionError.NotOffered)]
    [InlineData("http://p:1", "HTTP/1.1 405 \r\n\r\n", ConnectionError.NotOffered)]
    [InlineData("http://p:1", "HTTP/1.1 502 Bad Gateway\r\n\r\n", ConnectionError.Unreachable)]
    [InlineData("http://p:1", "HTTP/1.1 503 Busy\r\n\r\n", ConnectionError.Busy)]
    [InlineData("http://p:1", "HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n", ConnectionError.Protocol)]
    [InlineData("http://p:1", "HTTP/1.1 099 Strange\r\n\r\n", ConnectionError.Protocol)]
    [InlineData("http://p:1", "220 ftp.example ready\r\n\r\n", ConnectionError.Protocol)]
    [InlineData("http://p:1", "HTTP/1.1 2000 OK\r\n\r\n", ConnectionError.Protocol)]
    [InlineData("http://p:1", "\r\n\r\n", ConnectionError.Protocol)]
    public async Task A_refusal_says_why_and_closes_the_connection(string url, string answer, ConnectionError error)
    {
        var (proxy, _) = ScriptedProxy.Saying(url, answer, HeadEnd, out var dialer);
        var refused = await Assert.ThrowsAsync<ConnectionException>(async () => await dialer.DialAsync("h", 21, null, Cancel));
        Assert.Equal(error, refused.Error);
        Assert.True(proxy.Made[0].IsAborted);
        Assert.DoesNotContain("u:p", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Message, char.IsControl);
    }

    [Fact]
    public async Task A_head_without_an_end_is_refused_by_its_length_and_a_proxy_that_leaves_is_lost()
    {
        var endless = new ScriptedProxy(async (connection, cancel) =>
        {
            try
            {
                while (true)
                {
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nX: y\r\n"u8.ToArray(), cancel);
                }
            }
            catch (IOException)
            {
                // The other side has seen enough.
            }
        });
        var dialer = ProxyUrl.Parse("http://p:1").Over(endless);
        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(async () => await dialer.DialAsync("h", 21, null, Cancel))).Error);

        var leaving = new ScriptedProxy(async (connection, cancel) =>
        {
            await connection.SendAsync("HTTP/1.1 20"u8.ToArray(), cancel);
            await connection.FinishAsync(cancel);
        });
        dialer = ProxyUrl.Parse("http://p:1").Over(leaving);
        Assert.Equal(ConnectionError.Lost, (await Assert.ThrowsAsync<ConnectionException>(async () => await dialer.DialAsync("h", 21, null, Cancel))).Error);

        var broken = new ScriptedProxy((connection, _) =>
        {
            connection.Abort();
            return Task.CompletedTask;
        });
        dialer = ProxyUrl.Parse("http://p:1").Over(broken);
        Assert.Equal(ConnectionError.Lost, (await Assert.ThrowsAsync<ConnectionException>(async () => await dialer.DialAsync("h", 21, null, Cancel))).Error);
    }

    [Fact]
    public async Task A_dial_can_be_given_up_and_leaves_nothing_open()
    {
        var silent = new ScriptedProxy((_, _) => Task.CompletedTask);
        using var enough = new CancellationTokenSource();
        var dialling = ProxyUrl.Parse("http://p:1").Over(silent).DialAsync("h", 21, null, enough.Token).AsTask();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling);
        Assert.True(silent.Made[0].IsAborted);
    }

    [Fact]
    public async Task Beside_a_connection_the_same_proxy_is_asked_for_the_same_name_again()
    {
        var (proxy, asked) = ScriptedProxy.Saying("http://p:1", "HTTP/1.1 200 OK\r\n\r\n", HeadEnd, out var dialer);
        await using var control = await dialer.DialAsync("files.example", 21, null, Cancel);
        await using var data = await dialer.DialAsync("files.example", 50_000, control, Cancel);
        Assert.StartsWith("CONNECT files.example:21 ", await asked, StringComparison.Ordinal);
        Assert.Equal([null, control], proxy.Dialled.Select(dial => dial.Beside));
    }

    [Theory]
    [InlineData("a\r\nX: y")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("a:b@c")]
    [InlineData("a/b")]
    public async Task A_name_that_could_say_more_than_itself_reaches_no_proxy(string host)
    {
        var (proxy, _) = ScriptedProxy.Saying("http://p:1", "", HeadEnd, out var dialer);
        var refused = await Assert.ThrowsAsync<ConnectionException>(async () => await dialer.DialAsync(host, 21, null, Cancel));
        Assert.DoesNotContain(refused.Message, char.IsControl);
        Assert.Empty(proxy.Dialled);
    }
}
