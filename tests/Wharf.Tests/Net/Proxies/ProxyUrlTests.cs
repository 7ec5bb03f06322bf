using Wharf.Net.Proxies;

namespace Wharf.Tests.Net.Proxies;

public sealed class ProxyUrlTests
{
    [Theory]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128", null, null)]
    [InlineData("http://proxy.example", "http://proxy.example:80", null, null)]
    [InlineData("HTTP://proxy.example:3128/", "http://proxy.example:3128", null, null)]
    [InlineData("socks5://192.0.2.1", "socks5://192.0.2.1:1080", null, null)]
    [InlineData("socks5h://[2001:db8::1]:9050", "socks5://[2001:db8::1]:9050", null, null)]
    [InlineData("socks5://[::1]", "socks5://[::1]:1080", null, null)]
    [InlineData("http://anna:secret@p:1", "http://p:1", "anna", "secret")]
    [InlineData("http://anna@p:1", "http://p:1", "anna", "")]
    [InlineData("http://a%3An%40a:s%C3%BC%2F%25@p:1", "http://p:1", "a:n@a", "sü/%")]
    [InlineData("http://anna:with@sign@p:1", "http://p:1", "anna", "with@sign")]
    public void A_url_says_where_and_who_and_shows_no_password(string url, string shown, string? user, string? password)
    {
        var read = ProxyUrl.Parse(url);
        Assert.Equal(shown, read.ToString());
        Assert.Equal((user, password), (read.Login?.User, read.Login?.Password));
        Assert.DoesNotContain("secret", $"{read}{read.Login}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("proxy.example:3128")]
    [InlineData("https://secret@proxy.example")]
    [InlineData("socks4://proxy.example")]
    [InlineData("http://")]
    [InlineData("http://:80")]
    [InlineData("http://p:0")]
    [InlineData("http://p:65536")]
    [InlineData("http://p:x")]
    [InlineData("http://p:")]
    [InlineData("http://p/path")]
    [InlineData("http://p?x")]
    [InlineData("http://[::1")]
    [InlineData("http://[::1]x:1")]
    [InlineData("http://a b:1")]
    [InlineData("http://u:secret@:1")]
    [InlineData("http://p\r\n:1")]
    public void What_is_no_proxy_is_refused_without_a_secret(string url)
    {
        var refused = Assert.Throws<FormatException>(() => ProxyUrl.Parse(url));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }
}
