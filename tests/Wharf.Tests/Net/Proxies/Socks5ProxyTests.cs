using System.Text;
using Wharf.Net;
using Wharf.Net.Proxies;

namespace Wharf.Tests.Net.Proxies;

public sealed class Socks5ProxyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("socks5://p", "files.example", "> 050100 < 0500 > 05010003 0d 66696c65732e6578616d706c65 0015 < 05000001 00000000 0000")]
    [InlineData("socks5h://p:9", "192.0.2.7", "> 050100 < 0500 > 05010001 c0000207 0015 < 05000003 03 616263 1234")]
    [InlineData("socks5://p", "2001:db8::1", "> 050100 < 0500 > 05010004 20010db8000000000000000000000001 0015 < 05000004 20010db8000000000000000000000002 1234")]
    [InlineData("socks5://u:pw@p", "h", "> 05020002 < 0500 > 05010003 01 68 0015 < 05000003 00 0000")]
    [InlineData("socks5://u:pw@p", "h", "> 05020002 < 0502 > 01 01 75 02 7077 < 0100 > 05010003 01 68 0015 < 05000001 00000000 0000")]
    [InlineData("socks5://u@p", "h", "> 05020002 < 0502 > 01 01 75 00 < 0500 > 05010003 01 68 0015 < 05000001 00000000 0000")]
    public async Task A_dialogue_gives_the_connection_itself_and_not_a_byte_more_is_read(string url, string host, string dialogue)
    {
        var proxy = Speaking(dialogue + " < 323230");
        var connection = await ProxyUrl.Parse(url).Over(proxy).DialAsync(host, 21, null, Cancel);
        await proxy.EndAsync();
        Assert.Same(proxy.Made[0], connection);
        byte[] buffer = new byte[10];
        Assert.Equal("220", Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer, Cancel)));
    }

    [Theory]
    [InlineData("socks5://p", "> 050100 < 05ff", ConnectionError.LoginRefused)]
    [InlineData("socks5://u:p@p", "> 05020002 < 05ff", ConnectionError.NotOffered)]
    [InlineData("socks5://u:p@p", "> 05020002 < 0502 > 0101750170 < 0101", ConnectionError.LoginRefused)]
    [InlineData("socks5://u:p@p", "> 05020002 < 0502 > 0101750170 < 4854", ConnectionError.Protocol)]
    [InlineData("socks5://p", "> 050100 < 0502", ConnectionError.Protocol)]
    [InlineData("socks5://p", "> 050100 < 0501", ConnectionError.Protocol)]
    [InlineData("socks5://p", "> 050100 < 4854", ConnectionError.Protocol)]
    [InlineData("socks5://p", "> 050100 < 0400", ConnectionError.Protocol)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 04000001", ConnectionError.Protocol)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05000009", ConnectionError.Protocol)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05010001", ConnectionError.Unreachable)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05020001", ConnectionError.NotOffered)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05030001", ConnectionError.Unreachable)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05040001", ConnectionError.Unreachable)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05050001", ConnectionError.Unreachable)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05060001", ConnectionError.Unreachable)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05070001", ConnectionError.NotOffered)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05080001", ConnectionError.NotOffered)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 05ff0001", ConnectionError.Unreachable)]
    [InlineData("socks5://p", "> 050100 < 05", ConnectionError.Lost)]
    [InlineData("socks5://p", "> 050100 < 0500 > 0501000301680015 < 050000010000", ConnectionError.Lost)]
    public async Task A_refusal_says_why_and_closes_the_connection(string url, string dialogue, ConnectionError error)
    {
        var proxy = Speaking(dialogue);
        var refused = await Assert.ThrowsAsync<ConnectionException>(async () => await ProxyUrl.Parse(url).Over(proxy).DialAsync("h", 21, null, Cancel));
        Assert.Equal(error, refused.Error);
        Assert.True(proxy.Made[0].IsAborted);
        await proxy.EndAsync();
    }

    [Fact]
    public async Task Fields_too_long_for_their_length_are_refused_here()
    {
        var proxy = Speaking("> 05020002 < 0502");
        var refused = await Assert.ThrowsAsync<ConnectionException>(
            async () => await ProxyUrl.Parse($"socks5://{new string('u', 256)}:p@p").Over(proxy).DialAsync("h", 21, null, Cancel));
        Assert.Equal(ConnectionError.LoginRefused, refused.Error);
        refused = await Assert.ThrowsAsync<ConnectionException>(
            async () => await ProxyUrl.Parse("socks5://p").Over(proxy).DialAsync(string.Concat(Enumerable.Repeat("abcdefgh.", 40)), 21, null, Cancel));
        Assert.Equal(ConnectionError.Unreachable, refused.Error);
    }

    /// <summary>"> hex" is what it must be told, "&lt; hex" what it answers; then it ends its direction.</summary>
    private static ScriptedProxy Speaking(string dialogue) => new(async (connection, cancel) =>
    {
        foreach (string turn in dialogue.Replace(">", "|>", StringComparison.Ordinal).Replace("<", "|<", StringComparison.Ordinal).Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] bytes = Convert.FromHexString(turn[1..].Replace(" ", "", StringComparison.Ordinal));
            if (turn[0] == '<')
            {
                await connection.SendAsync(bytes, cancel);
                continue;
            }

            byte[] said = new byte[bytes.Length];
            for (int length = 0; length < said.Length;)
            {
                length += await connection.ReceiveAsync(said.AsMemory(length), cancel);
            }

            Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(said));
        }

        await connection.FinishAsync(cancel);
    });
}
