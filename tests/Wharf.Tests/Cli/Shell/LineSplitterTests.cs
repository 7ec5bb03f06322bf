using Wharf.Cli.Shell.Completing;
using Wharf.Cli.Shell.Line;
using Wharf.Cli.Syntax;

namespace Wharf.Tests.Cli.Shell;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData("get a b", "get|a|b")]
    [InlineData("  get\ta  ", "get|a")]
    [InlineData("get \"a b\" 'c d' e\\ f", "get|a b|c d|e f")]
    [InlineData("get a\"b c\"d", "get|ab cd")]
    [InlineData("get \"it's\" 'say \"x\"' \"\\\"\"", "get|it's|say \"x\"|\"")]
    [InlineData("get ''", "get|")]
    [InlineData("get a # b", "get|a")]
    [InlineData("get a#b", "get|a#b")]
    [InlineData("get a&b", "get|a&b")]
    [InlineData("# all of it", "")]
    public void Words_are_divided_as_sftp_divides_them(string line, string words) =>
        Assert.Equal(words, string.Join('|', LineSplitter.Split(line, LineRules.Usual).SelectMany(one => one.Words).Select(word => word.Text)));

    [Theory]
    [InlineData("*.txt", "*.txt")]
    [InlineData("\"*.txt\"", "\\*.txt")]
    [InlineData("'a[1]?'", "a\\[1]\\?")]
    [InlineData("a\\*b", "a\\*b")]
    [InlineData("\"a\\*b\"", "a\\\\\\*b")]
    [InlineData("a\\\\b", "a\\\\b")]
    public void What_is_quoted_is_no_pattern(string word, string pattern) =>
        Assert.Equal(pattern, LineSplitter.Split("x " + word, LineRules.OfSftp)[0].Words[1].Pattern);

    [Fact]
    public void Operators_divide_a_line_where_somebody_types_it_and_not_in_a_batch()
    {
        var all = LineSplitter.Split("a 1; b && c || d & e", LineRules.Usual);
        Assert.Equal(["a 1", "b", "c", "d", "e"], all.Select(one => one.Source));
        Assert.Equal([RunsWhen.Always, RunsWhen.Always, RunsWhen.Succeeded, RunsWhen.Failed, RunsWhen.Always], all.Select(one => one.When));
        Assert.Equal([false, false, false, true, false], all.Select(one => one.InBackground));
        Assert.Single(LineSplitter.Split("a; b & c", LineRules.OfSftp));
    }

    [Fact]
    public void All_behind_an_exclamation_mark_is_the_machines_shell()
    {
        var all = LineSplitter.Split("pwd; !ls | wc; echo 'x", LineRules.Usual);
        Assert.Equal("ls | wc; echo 'x", all[1].Shell);
        Assert.Equal(2, all.Count);
    }

    [Fact]
    public void An_open_quote_is_an_error_but_not_while_it_is_typed()
    {
        Assert.Throws<UsageException>(() => LineSplitter.Split("get \"a", LineRules.OfSftp));
        var open = LineSplitter.SplitOpen("ls; get x \"with bl", LineRules.Usual);
        Assert.Equal(["get", "x"], open.Words.Select(word => word.Text));
        Assert.Equal(("with bl", 10, '"'), (open.Open.Text, open.Begins, open.Quote));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("it's \"so\"")]
    [InlineData("a*[?]\\")]
    [InlineData("!x#;&|")]
    public void What_is_quoted_by_completion_is_read_back(string name)
    {
        foreach (char quote in "\0\"'")
        {
            string line = "x " + Quoting.Write(name, quote) + (quote == '\0' ? "" : quote);
            if (quote != '\0' && name.EndsWith('\\'))
            {
                continue;
            }

            Assert.Equal(name, LineSplitter.Split(line, LineRules.Usual)[0].Words[1].Text);
        }
    }

    [Theory]
    [InlineData("-rm x", "rm x", true, false)]
    [InlineData("@rm x", "rm x", false, true)]
    [InlineData(" -@ rm x", "rm x", true, true)]
    [InlineData("rm -x", "rm -x", false, false)]
    [InlineData("-", "", true, false)]
    public void A_line_of_a_batch_may_be_ignored_and_hidden(string line, string command, bool ignores, bool hidden) =>
        Assert.Equal(new BatchLine(command, ignores, hidden), BatchLine.Read(line));
}
