using Wharf.Cli;
using Wharf.Cli.Help;
using Wharf.Cli.Verbs;

namespace Wharf.Tests.Cli;

public sealed class ProgramTests
{
    [Fact]
    public async Task Help_fits_a_screen_of_24_lines_and_80_columns()
    {
        using var desk = new CliDesk();
        var help = await desk.RunAsync("--help");
        Assert.Equal(ExitCode.Done, help.Code);
        string[] lines = help.Output.TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 10, 23);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 79));
        Assert.All(ProgramVerbs.Names, name => Assert.Contains(name, help.Output, StringComparison.Ordinal));
        Assert.Contains("  shell  opens a shell at a server", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_makes_the_verb_of_its_name_and_help_with_examples_in_80_columns() => Assert.All(VerbTable.Rows, row =>
    {
        var verb = row.Make();
        Assert.Equal(row.Name, verb.Name);
        Assert.NotEmpty(verb.Examples);
        Assert.All(verb.Examples, example => Assert.StartsWith("wharf " + verb.Name + " ", example.Line, StringComparison.Ordinal));
        string help = HelpText.OfVerb(verb);
        Assert.All(help.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        string[] names = [.. verb.Options.Concat(OutputOptions.All).Concat(Wharf.Cli.Connections.ConnectionOptions.All).Select(option => option.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
        string letters = string.Concat(verb.Options.Select(option => option.Letters));
        Assert.Equal(letters.Length, letters.Distinct().Count());
    });

    [Theory]
    [InlineData("lls", "wharf: There is no verb 'lls'; did you mean ls?")]
    [InlineData("frobnicate", "wharf: There is no verb 'frobnicate': wharf --help says what there is.")]
    [InlineData("ls --lnog memory:", "wharf: ls: There is no option --lnog here; did you mean --long?")]
    [InlineData("mkdir", "wharf: mkdir: URL is missing; usage: mkdir [OPTION]... URL...")]
    [InlineData("ls http://h/", "wharf: There is no such file or directory: http://h/")]
    [InlineData("ls sftp://", "wharf: ls: This is no URL of a server: it names no host.")]
    [InlineData("ls --insecure --accept-new memory:", "wharf: --insecure, --accept-new and --fingerprint contradict each other: possible is one of them.")]
    [InlineData("ls --fingerprint x memory:", "wharf: --fingerprint cannot be that: possible is SHA256: and base64 as ssh-keygen -l shows it, or 64 hexadecimal digits.")]
    public async Task A_command_line_that_cannot_be_used_is_told_in_one_sentence(string line, string sentence)
    {
        using var desk = new CliDesk();
        var result = await desk.RunAsync(line.Split(' '));
        Assert.StartsWith(sentence, result.Errors, StringComparison.Ordinal);
        Assert.Equal(line.Contains("http:", StringComparison.Ordinal) ? ExitCode.NotFound : ExitCode.Usage, result.Code);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Options_of_all_verbs_may_stand_before_the_verb()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a");
        var result = await desk.RunAsync("--timeout", "5", "-q", "ls", "sftp://h/");
        Assert.Equal("a\n", result.Output);
        Assert.Equal(TimeSpan.FromSeconds(5), desk.Opened[0].Options.Timeouts.Connect);
        Assert.Equal(TimeSpan.FromSeconds(5), desk.Opened[0].Options.Timeouts.Idle);
    }
}
