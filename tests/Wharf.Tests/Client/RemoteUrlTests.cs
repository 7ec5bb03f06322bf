using Wharf.Client;
using Wharf.Files;

namespace Wharf.Tests.Client;

public sealed class RemoteUrlTests
{
    [Theory]
    [InlineData("sftp://h/p", RemoteScheme.Sftp, "h", 22, null, null, "/p", false)]
    [InlineData("sftp://h", RemoteScheme.Sftp, "h", 22, null, null, "", true)]
    [InlineData("sftp://h/", RemoteScheme.Sftp, "h", 22, null, null, "/", false)]
    [InlineData("sftp://h/~", RemoteScheme.Sftp, "h", 22, null, null, "", true)]
    [InlineData("sftp://h/~/", RemoteScheme.Sftp, "h", 22, null, null, "", true)]
    [InlineData("sftp://h/~/a/b", RemoteScheme.Sftp, "h", 22, null, null, "a/b", true)]
    [InlineData("sftp://h/%7E/a", RemoteScheme.Sftp, "h", 22, null, null, "/~/a", false)]
    [InlineData("sftp://h/~user/a", RemoteScheme.Sftp, "h", 22, null, null, "/~user/a", false)]
    [InlineData("SFTP://Deploy@Files.Example:2022/srv", RemoteScheme.Sftp, "files.example", 2022, "Deploy", null, "/srv", false)]
    [InlineData("ftp://h", RemoteScheme.Ftp, "h", 21, null, null, "", true)]
    [InlineData("ftp://h/", RemoteScheme.Ftp, "h", 21, null, null, "", true)]
    [InlineData("ftp://h/p/q", RemoteScheme.Ftp, "h", 21, null, null, "p/q", true)]
    [InlineData("ftp://h/%2Fp", RemoteScheme.Ftp, "h", 21, null, null, "/p", false)]
    [InlineData("ftp://h/%2fp/q", RemoteScheme.Ftp, "h", 21, null, null, "/p/q", false)]
    [InlineData("ftp://h//p", RemoteScheme.Ftp, "h", 21, null, null, "/p", false)]
    [InlineData("ftp://h/p;type=i", RemoteScheme.Ftp, "h", 21, null, null, "p", true)]
    [InlineData("ftp://h/p;TYPE=I", RemoteScheme.Ftp, "h", 21, null, null, "p", true)]
    [InlineData("ftp://h/p;v=1", RemoteScheme.Ftp, "h", 21, null, null, "p;v=1", true)]
    [InlineData("ftp://h/p;type=1/x", RemoteScheme.Ftp, "h", 21, null, null, "p;type=1/x", true)]
    [InlineData("ftp://h/what?#1", RemoteScheme.Ftp, "h", 21, null, null, "what?#1", true)]
    [InlineData("ftpes://u:p@h", RemoteScheme.Ftpes, "h", 21, "u", "p", "", true)]
    [InlineData("ftps://u:@h:", RemoteScheme.Ftps, "h", 990, "u", "", "", true)]
    [InlineData("ftps://u%40corp:p%3A%2F%40@h", RemoteScheme.Ftps, "h", 990, "u@corp", "p:/@", "", true)]
    [InlineData("ftp://u@corp:p:q@h", RemoteScheme.Ftp, "h", 21, "u@corp", "p:q", "", true)]
    [InlineData("ftp://192.0.2.1:2121", RemoteScheme.Ftp, "192.0.2.1", 2121, null, null, "", true)]
    [InlineData("ftp://[2001:db8::1]", RemoteScheme.Ftp, "2001:db8::1", 21, null, null, "", true)]
    [InlineData("ftp://[2001:db8::1]:2121/p", RemoteScheme.Ftp, "2001:db8::1", 2121, null, null, "p", true)]
    [InlineData("sftp://[fe80::1%251]/p", RemoteScheme.Sftp, "fe80::1%1", 22, null, null, "/p", false)]
    [InlineData("sftp://[fe80::1%1]/p", RemoteScheme.Sftp, "fe80::1%1", 22, null, null, "/p", false)]
    [InlineData("sftp://bücher.example/", RemoteScheme.Sftp, "xn--bcher-kva.example", 22, null, null, "/", false)]
    [InlineData("sftp://b%C3%BCcher.example/", RemoteScheme.Sftp, "xn--bcher-kva.example", 22, null, null, "/", false)]
    [InlineData("sftp://h_1.example./", RemoteScheme.Sftp, "h_1.example.", 22, null, null, "/", false)]
    [InlineData("file:///srv/x", RemoteScheme.File, "", 0, null, null, "/srv/x", false)]
    [InlineData("file:/srv/x%20y", RemoteScheme.File, "", 0, null, null, "/srv/x y", false)]
    [InlineData("file://localhost/srv", RemoteScheme.File, "", 0, null, null, "/srv", false)]
    [InlineData("memory:", RemoteScheme.Memory, "", 0, null, null, "/", false)]
    [InlineData("memory:a/b", RemoteScheme.Memory, "", 0, null, null, "/a/b", false)]
    [InlineData("memory:///a", RemoteScheme.Memory, "", 0, null, null, "/a", false)]
    public void A_url_says_where_and_who(
        string text, RemoteScheme scheme, string host, int port, string? user, string? password, string path, bool belowHome)
    {
        var url = RemoteUrl.Parse(text);
        Assert.Equal(
            (scheme, host, port, user, password, path, belowHome),
            (url.Scheme, url.Host, url.Port, url.User, url.Password, url.Path, url.IsBelowHome));
    }

    [Theory]
    [InlineData("", "scheme")]
    [InlineData("files.example/x", "scheme")]
    [InlineData("/srv/x", "scheme")]
    [InlineData("://h", "scheme")]
    [InlineData("http://h/x", "\"http\"")]
    [InlineData("secret:pass@h", "it has another")]
    [InlineData("sftp:h/x", "two slashes")]
    [InlineData("sftp:///x", "no host")]
    [InlineData("sftp://u@/x", "no host")]
    [InlineData("sftp://@h/x", "no user")]
    [InlineData("sftp://h:0/", "no port")]
    [InlineData("sftp://h:65536/", "no port")]
    [InlineData("sftp://h:-1/", "no port")]
    [InlineData("sftp://h:22a/", "no port")]
    [InlineData("sftp://::1/", "brackets")]
    [InlineData("sftp://[::1/", "not closed")]
    [InlineData("sftp://[127.0.0.1]/", "no IPv6")]
    [InlineData("sftp://[::g]/", "no IPv6")]
    [InlineData("sftp://[::1]x/", "behind an address")]
    [InlineData("sftp://127.1/", "no host name")]
    [InlineData("sftp://256.0.0.1/", "no host name")]
    [InlineData("sftp://127.0.0.01/", "no host name")]
    [InlineData("sftp://a..b/", "no host name")]
    [InlineData("sftp://-oProxyCommand=x/", "no host name")]
    [InlineData("sftp://a%00b/", "no host name")]
    [InlineData("sftp://a%2Fb/", "no host name")]
    [InlineData("sftp://good.example#@h/", "%23")]
    [InlineData("sftp://good.example?@h/", "%3F")]
    [InlineData("sftp://u\\v@h/", "%5C")]
    [InlineData("sftp://h/%", "hexadecimal")]
    [InlineData("sftp://h/%4", "hexadecimal")]
    [InlineData("sftp://h/%zz", "hexadecimal")]
    [InlineData("sftp://h/%+1", "hexadecimal")]
    [InlineData("sftp://h/a b", "blank")]
    [InlineData("sftp://h/a\n", "blank")]
    [InlineData("sftp://h/%00", "NUL")]
    [InlineData("ftp://u%0D%0ADELE%20x@h/", "line end")]
    [InlineData("ftp://u:p%0A@h/", "line end")]
    [InlineData("ftp://h/p;type=a", "byte by byte")]
    [InlineData("ftp://h/p;type=d", "byte by byte")]
    [InlineData("file://other/x", "this machine")]
    [InlineData("file:x", "absolute")]
    [InlineData("memory://h/x", "no host")]
    public void What_is_no_url_is_refused_with_the_reason(string text, string why)
    {
        var refused = Assert.Throws<RemoteException>(() => RemoteUrl.Parse(text));
        Assert.Equal(RemoteError.Usage, refused.Error);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pass@", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_keeps_bytes_that_are_not_text()
    {
        var url = RemoteUrl.Parse("sftp://h/%FFa%C3%A4");
        Assert.Equal([0x2f, 0xff, 0x61, 0xc3, 0xa4], FileNames.Encode(url.Path));
        Assert.Equal("sftp://h/%FFa%C3%A4", url.ToString());
    }

    [Theory]
    [InlineData("sftp://u:pw@h:2222/a%20b/~c", "sftp://u@h:2222/a%20b/~c")]
    [InlineData("sftp://h/~/a", "sftp://h/~/a")]
    [InlineData("sftp://h", "sftp://h")]
    [InlineData("sftp://h/", "sftp://h/")]
    [InlineData("sftp://h/%7E/a", "sftp://h/%7E/a")]
    [InlineData("sftp://h/%7Eb", "sftp://h/~b")]
    [InlineData("ftp://u%40corp:pw@h/p%25", "ftp://u%40corp@h/p%25")]
    [InlineData("ftp://h/%2Fp/q", "ftp://h/%2Fp/q")]
    [InlineData("ftps://[fe80::1%25eth0]:990/x", "ftps://[fe80::1%25eth0]/x")]
    [InlineData("file:/srv/x", "file:///srv/x")]
    [InlineData("memory:x", "memory:///x")]
    public void A_url_is_shown_without_its_password_and_means_the_same_again(string text, string shown)
    {
        if (text.Contains("eth0", StringComparison.Ordinal) && !System.Net.IPAddress.TryParse("fe80::1%eth0", out _))
        {
            Assert.Skip("This machine reads no zone names.");
        }

        var url = RemoteUrl.Parse(text);
        Assert.Equal(shown, url.ToString());
        var again = RemoteUrl.Parse(shown);
        Assert.Equal((url.Scheme, url.Host, url.Port, url.User, url.Path, url.IsBelowHome), (again.Scheme, again.Host, again.Port, again.User, again.Path, again.IsBelowHome));
    }

    [Theory]
    [InlineData("ftp://h/p", "/home/u/p")]
    [InlineData("ftp://h/../x", "/home/x")]
    [InlineData("ftp://h/%2Fp", "/p")]
    [InlineData("sftp://h", "/home/u")]
    [InlineData("sftp://h/~/", "/home/u")]
    [InlineData("sftp://h/p/", "/p")]
    public void A_path_is_meant_from_home_or_from_the_root(string text, string path) =>
        Assert.Equal(path, RemoteUrl.Parse(text).Resolve(VirtualPath.Parse("/home/u")).Value);
}
