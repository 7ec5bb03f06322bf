using Wharf.Cli;
using Wharf.Cli.Help;
using Wharf.Cli.Shell.Commands;
using Wharf.Server.Settings;
using Wharf.Tests.House;

namespace Wharf.Tests.Cli.Help;

/// <summary>The pages of the manual have all that there is; whether they are well formed, man and mandoc tell (Wharf.Interop).</summary>
public sealed class ManPageTests
{
    [Fact]
    public async Task The_page_of_wharf_has_every_verb_option_command_and_exit_code()
    {
        string page = await PageAsync();
        Assert.All(ProgramVerbs.Names, name => Assert.Contains($".SS \"wharf {name} ", page, StringComparison.Ordinal));
        foreach (var verb in ProgramVerbs.All(CliDesk.Around()))
        {
            string part = page[page.IndexOf($".SS \"wharf {verb.Name} ", StringComparison.Ordinal)..];
            part = part[..(part.IndexOf("\n.S", StringComparison.Ordinal) + 1)];
            Assert.All(verb.Options, option => Assert.Contains($"\\fB{option.Name}\\fR", part, StringComparison.Ordinal));
            Assert.All(verb.Examples, example => Assert.Contains(example.Line.Replace("'", "\\(aq", StringComparison.Ordinal).Replace("~", "\\(ti", StringComparison.Ordinal), part, StringComparison.Ordinal));
        }

        Assert.All(ProgramVerbs.CommonOptions.SelectMany(group => group.Options), option => Assert.Contains($"\\fB{option.Name}\\fR", page, StringComparison.Ordinal));
        Assert.All(CommandTable.Rows.SelectMany(row => row.Names), name => Assert.Contains($"\\fB{name}\\fR", page, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.Contains($"\\fB{(int)code}\\fR", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_wharfd_has_every_argument_and_setting()
    {
        string page = Wharf.Server.ManPage.Write(DateTimeOffset.UnixEpoch).Replace("\\-", "-", StringComparison.Ordinal);
        Assert.All(Wharf.Server.CommandLine.Options, option => Assert.Contains($"\\fB{option.Name}\\fR", page, StringComparison.Ordinal));
        Assert.All(SettingTable.Rows, row => Assert.Contains($"\\fB{row.Name}\\fR", page, StringComparison.Ordinal));
        Assert.StartsWith(".TH \"WHARFD\" \"8\" \"1970-01-01\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_line_of_text_is_taken_for_a_request()
    {
        string[] requests = ["TH", "ad", "SH", "SS", "PP", "TP", "RS", "RE", "nf", "fi"];
        foreach (string line in (await PageAsync() + Wharf.Server.ManPage.Write(DateTimeOffset.UnixEpoch)).Split('\n'))
        {
            Assert.False(line.StartsWith('\''), line);
            Assert.True(!line.StartsWith('.') || requests.Contains(line[1..].Split(' ')[0]), line);
        }
    }

    [Fact]
    public void Every_exit_code_has_its_meaning_in_the_manual_and_in_README()
    {
        Assert.Equal(Enum.GetValues<ExitCode>(), ExitCodeTable.Rows.Select(row => row.Code));
        string readme = Repository.Read("README.md");
        Assert.All(ExitCodeTable.Rows, row => Assert.Contains($"| {(int)row.Code} | {row.Meaning} |", readme, StringComparison.Ordinal));
    }

    private static async Task<string> PageAsync()
    {
        using var desk = new CliDesk();
        var result = await desk.RunAsync("help", "--man");
        Assert.Equal((ExitCode.Done, ""), (result.Code, result.Errors));
        return result.Output.Replace("\\-", "-", StringComparison.Ordinal);
    }
}
