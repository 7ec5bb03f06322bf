using Wharf.Files;

namespace Wharf.Tests.Files;

public sealed class VirtualPathTests
{
    [Theory]
    [InlineData("/", "", "/")]
    [InlineData("/", "a/b/", "/a/b")]
    [InlineData("/a", "b", "/a/b")]
    [InlineData("/a", "/b", "/b")]
    [InlineData("/a", "../../..", "/")]
    [InlineData("/a/b", "../c/./d//e", "/a/c/d/e")]
    [InlineData("/a", "...", "/a/...")]
    [InlineData("/home/al", "../alice", "/home/alice")]
    [InlineData("/", "a\\..\\b", "/a\\..\\b")]
    public void A_text_means_this_path_seen_from_that_directory(string from, string text, string expected) =>
        Assert.Equal(expected, VirtualPath.Parse(from).Resolve(text).Value);

    [Fact]
    public void A_sibling_that_shares_a_prefix_is_not_within() =>
        Assert.False(VirtualPath.Parse("/home/alice").IsWithin(VirtualPath.Parse("/home/al")));

    [Theory]
    [InlineData("61FF62")]
    [InlineData("EDB280")]
    [InlineData("C3A4E282AC")]
    [InlineData("FFFE80F0908D")]
    public void Every_byte_string_survives_the_way_to_a_name_and_back(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(bytes, FileNames.Encode(FileNames.Decode(bytes)));
    }
}
