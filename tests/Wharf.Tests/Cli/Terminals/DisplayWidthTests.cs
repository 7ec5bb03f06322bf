using Wharf.Cli.Terminals;

namespace Wharf.Tests.Cli.Terminals;

public sealed class DisplayWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("äöü", 3)]
    [InlineData("a\u0308", 1)]
    [InlineData("漢字", 4)]
    [InlineData("ｶﾅ", 2)]
    [InlineData("ＡＢ", 4)]
    [InlineData("한글", 4)]
    [InlineData("\u1112\u1161\u11ab", 2)]
    [InlineData("😀!", 3)]
    [InlineData("a\u200bb", 2)]
    [InlineData("\u00ad", 1)]
    [InlineData("\U00020000", 2)]
    [InlineData("\e[1;32mab\e[0m", 2)]
    [InlineData("✓", 1)]
    [InlineData("…", 1)]
    public void Cells_are_counted_as_terminals_do(string text, int cells) => Assert.Equal(cells, DisplayWidth.Of(text));

    [Fact]
    public void What_is_no_character_takes_the_cell_of_the_sign_that_replaces_it() => Assert.Equal(2, DisplayWidth.Of("a\uDC80"));

    [Fact]
    public void A_name_counts_as_it_is_shown() => Assert.Equal(4 + 1 + 4, DisplayWidth.OfName("\uDCE4x\n"));
}
