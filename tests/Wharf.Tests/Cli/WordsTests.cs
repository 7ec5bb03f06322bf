using Wharf.Cli.Syntax;

namespace Wharf.Tests.Cli;

public sealed class WordsTests
{
    private static readonly Flag Long = new("--long", "") { Letters = "l" };
    private static readonly Flag All = new("--all", "") { Letters = "aA" };
    private static readonly Option<int> Jobs = new("--jobs", "N", "", Values.Count) { Letters = "j" };
    private static readonly Option<string> Include = new("--include", "GLOB", "", Values.Text) { Repeats = true };
    private static readonly Option[] Options = [Long, All, Jobs, Include];

    [Theory]
    [InlineData("a -l b", "a b")]
    [InlineData("-la a b", "a b")]
    [InlineData("a - b", "a - b")]
    [InlineData("a -- -l --all", "a -l --all")]
    public void Options_stand_anywhere_and_the_rest_are_arguments(string words, string arguments) =>
        Assert.Equal(arguments.Split(' '), Parse(words).Arguments);

    [Theory]
    [InlineData("-j4")]
    [InlineData("-j 4")]
    [InlineData("-lj4")]
    [InlineData("--jobs 4")]
    [InlineData("--jobs=4")]
    [InlineData("--jobs 3 --jobs=4")]
    [InlineData("-jobs 4")]
    public void A_value_is_given_in_any_of_the_usual_ways_and_the_last_counts(string words) => Assert.Equal(4, Parse(words).Get(Jobs, 1));

    [Fact]
    public void An_option_that_repeats_has_all_its_values() => Assert.Equal(["*.a", "*.b"], Parse("--include *.a x --include=*.b").All(Include));

    [Theory]
    [InlineData("--lnog", "There is no option --lnog here; did you mean --long?")]
    [InlineData("-x", "There is no option -x here.")]
    [InlineData("--jobs", "--jobs is given without a value: possible is --jobs N.")]
    [InlineData("--jobs many", "--jobs cannot be 'many': possible is a whole number, such as 4.")]
    [InlineData("--long=yes", "--long takes no value.")]
    public void What_cannot_be_meant_is_said_in_one_sentence(string words, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<UsageException>(() => Parse(words)).Message);

    [Theory]
    [InlineData("500", 500)]
    [InlineData("64K", 65_536)]
    [InlineData("1.5M", 1_572_864)]
    [InlineData("2GiB", 2_147_483_648)]
    public void Bytes_have_units(string text, long bytes) => Assert.Equal(bytes, Values.Bytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("-1")]
    [InlineData("1Q")]
    [InlineData("99999999T")]
    public void What_is_no_number_of_bytes_is_refused(string text) => Assert.Throws<FormatException>(() => Values.Bytes(text));

    private static Words Parse(string words) => Words.Parse(words.Split(' '), Options);
}
