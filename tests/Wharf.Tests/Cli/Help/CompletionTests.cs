using Wharf.Cli;
using Wharf.Cli.Help;

namespace Wharf.Tests.Cli.Help;

/// <summary>The scripts for other shells have all that there is; whether they work, those shells tell (Wharf.Interop).</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "        {0})\n", "{0}")]
    [InlineData("zsh", "  {0})\n", "--{0}")]
    [InlineData("fish", "-f -a {0} -d", "-l {0} ")]
    public async Task Each_script_has_every_verb_and_its_options(string shell, string verbForm, string optionForm)
    {
        using var desk = new CliDesk();
        var result = await desk.RunAsync("completion", shell);
        Assert.Equal((ExitCode.Done, ""), (result.Code, result.Errors));
        foreach (var verb in ProgramVerbs.All(CliDesk.Around()))
        {
            Assert.Contains(string.Format(null, verbForm, verb.Name), result.Output, StringComparison.Ordinal);
            foreach (var option in verb.Options.Concat(ProgramVerbs.CommonOptions.SelectMany(group => group.Options)))
            {
                Assert.Contains(string.Format(null, optionForm, shell == "bash" ? option.Name : option.Name[2..]), result.Output, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_shell_that_there_is_no_script_for_is_told_in_one_sentence()
    {
        using var desk = new CliDesk();
        var result = await desk.RunAsync("completion", "tcsh");
        Assert.Equal((ExitCode.Usage, "wharf: completion: SHELL cannot be 'tcsh': possible is bash, zsh or fish.\n"), (result.Code, result.Errors));
    }

    [Fact]
    public async Task Help_of_help_and_of_a_verb_that_there_is_not()
    {
        using var desk = new CliDesk();
        Assert.Contains("wharf help --man", (await desk.RunAsync("help", "help")).Output, StringComparison.Ordinal);
        Assert.Equal((await desk.RunAsync("--help")).Output, (await desk.RunAsync("help")).Output);
        Assert.Equal((await desk.RunAsync("sync", "--help")).Output, (await desk.RunAsync("help", "sync")).Output);
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("help", "frobnicate")).Code);
    }
}
