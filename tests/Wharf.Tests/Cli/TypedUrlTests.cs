using Wharf.Cli.Places;
using Wharf.Cli.Syntax;

namespace Wharf.Tests.Cli;

public sealed class TypedUrlTests
{
    [Theory]
    [InlineData("sftp://anna@h/srv/*.txt", "sftp://anna@h", "/srv/*.txt")]
    [InlineData("sftp://h", "sftp://h", "")]
    [InlineData("sftp://h/~/in", "sftp://h", "in")]
    [InlineData("ftp://h/in/a", "ftp://h", "in/a")]
    [InlineData("ftp://h/%2Fin", "ftp://h", "/in")]
    [InlineData("ftps://h:2990/a%20b c", "ftps://h:2990", "a b c")]
    [InlineData("sftp://h/a%2Ab", "sftp://h", @"/a\*b")]
    [InlineData("sftp://h/a%5Bb[c]", "sftp://h", @"/a\[b[c]")]
    [InlineData("memory:/x", "memory:///", "/x")]
    [InlineData("file:///tmp/x", "file:///", "/tmp/x")]
    public void A_url_is_its_server_and_a_pattern(string text, string server, string pattern)
    {
        var url = TypedUrl.Parse(text);
        Assert.Equal(server, url.Server.ToString());
        Assert.Equal(pattern, url.Pattern);
        Assert.True(TypedUrl.IsUrl(text));
    }

    [Fact]
    public void A_password_is_kept_apart_and_not_shown()
    {
        var url = TypedUrl.Parse("sftp://anna:geheim@h/x");
        Assert.Equal("geheim", url.Password);
        Assert.Equal("sftp://anna@h/x", url.Text);
        Assert.DoesNotContain("geheim", url.Server.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_named_stays_named_although_it_is_the_usual_one() => Assert.True(TypedUrl.Parse("sftp://h:22/x").Server.NamesPort);

    [Theory]
    [InlineData("dir/a.txt")]
    [InlineData("/tmp")]
    [InlineData("C:\\x")]
    [InlineData("http://h/")]
    [InlineData("-")]
    public void Other_words_are_no_urls(string text) => Assert.False(TypedUrl.IsUrl(text));

    [Fact]
    public void A_bad_url_is_a_mistake_of_usage() => Assert.Throws<UsageException>(() => TypedUrl.Parse("sftp://"));

    [Theory]
    [InlineData(@"a\*b", "a*b", false)]
    [InlineData("a*b", "a*b", true)]
    [InlineData("a[1]", "a[1]", true)]
    [InlineData(@"a\\?", @"a\?", true)]
    public void A_backslash_takes_the_meaning_off(string pattern, string text, bool isPattern)
    {
        Assert.Equal(isPattern, PathPattern.IsPattern(pattern));
        Assert.Equal(text, PathPattern.Unescape(pattern));
        Assert.Equal(text, PathPattern.Unescape(PathPattern.Escape(text)));
        Assert.False(PathPattern.IsPattern(PathPattern.Escape(text)));
    }
}
