using System.Collections.Concurrent;
using Wharf.Cli.Help;
using Wharf.Cli.Verbs;
using Wharf.Interop.Cli;
using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>The completion scripts in the shells they are for.</summary>
public sealed class CompletionTests
{
    /// <summary>What bash gives a completion function: words as it breaks them, the last one unfinished.</summary>
    private const string AskBash = """
        source ./script
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _wharf
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    /// <summary>A zsh on a terminal that another one types into, each line with a tabulator behind it, until it reads what that became.</summary>
    private const string TypedIntoZsh = """
        zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; bindkey "^I" complete-word; PS1=REA""DY'
        zpty -r z said '*READY*'
        zpty -w -n z $'wharf sync --dele\t'
        zpty -r z said '*--delete*' && print completed --delete
        zpty -w -n z $'\x15wharf ls --tls r\t'
        zpty -r z said '*required*' && print completed required
        zpty -d z
        """;

    private static readonly ConcurrentDictionary<string, Task<string>> s_scripts = new();

    [Theory]
    [InlineData("wharf|syn", "sync")]
    [InlineData("wharf|sft", "sftp://")]
    [InlineData("wharf|sync|--del", "--delete")]
    [InlineData("wharf|sync|--tls|r", "required")]
    [InlineData("wharf|sync|--tls|=|o", "optional")]
    [InlineData("wharf|--timeout|5|-q|get|--ver", "--verify|--verbose")]
    [InlineData("wharf|--tls|=|none|get|--rec", "--recursive")]
    [InlineData("wharf|-b|two", "two words")]
    [InlineData("wharf|put|two", "two words")]
    [InlineData("wharf|get|--jobs|two", "")]
    [InlineData("wharf|help|chm", "chmod")]
    [InlineData("wharf|completion|", "bash|zsh|fish")]
    [InlineData("wharf|sftp|:|//host|--comm", "--command")]
    [InlineData("wharf|ls|sftp|:|//host/a|--lon", "--long")]
    [InlineData("wharf|ls|sftp|:|//ho", "")]
    public async Task Bash_completes(string words, string expected)
    {
        using var scratch = await ScriptAsync("bash");
        await File.WriteAllTextAsync(scratch["two words"], "", TestContext.Current.CancellationToken);
        Assert.Equal(expected, string.Join('|', await BashAsync(scratch, words.Split('|'))));
    }

    [Fact]
    public async Task Bash_knows_every_verb_and_each_ones_options()
    {
        using var scratch = await ScriptAsync("bash");
        Assert.Empty(ProgramVerbs.Names.Except(await BashAsync(scratch, ["wharf", ""])));
        foreach (var row in VerbTable.Rows)
        {
            string[] options = await BashAsync(scratch, ["wharf", row.Name, "--"]);
            Assert.Empty(row.Make().Options.Concat(OutputOptions.All).Select(option => option.Name).Except(options));
        }
    }

    [Fact]
    public async Task Zsh_takes_its_script_for_completion_of_wharf()
    {
        string zsh = Require.Program("zsh", "zsh");
        using var scratch = await ScriptAsync("zsh");
        (await Tool.RunAsync(zsh, ["-n", "script"], scratch.Folder)).Succeeded();
        File.Move(scratch["script"], scratch["_wharf"]);
        const string Ask = "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[wharf]";
        Assert.Equal("_wharf\n", (await Tool.RunAsync(zsh, ["-f", "-c", Ask], scratch.Folder)).Succeeded().Text);

        // Typed into it, on a terminal.
        await File.WriteAllTextAsync(scratch["typed"], TypedIntoZsh, TestContext.Current.CancellationToken);
        string said = (await Tool.RunAsync(zsh, ["-f", "typed"], scratch.Folder)).Succeeded().Text;
        Assert.Equal("completed --delete\ncompleted required\n", said);
    }

    [Theory]
    [InlineData("wharf syn", "sync")]
    [InlineData("wharf sync --del", "--delete")]
    [InlineData("wharf ls --tls re", "required")]
    [InlineData("wharf completion z", "zsh")]
    [InlineData("wharf --batc", "--batch")]
    [InlineData("wharf ls sf", "sftp://")]
    public async Task Fish_completes(string line, string expected)
    {
        string fish = Require.Program("fish", "fish");
        using var scratch = await ScriptAsync("fish");
        (await Tool.RunAsync(fish, ["--no-execute", "script"], scratch.Folder)).Succeeded();
        string said = (await Tool.RunAsync(fish, ["-c", $"source script; complete -C '{line}'"], scratch.Folder)).Succeeded().Text;
        Assert.Equal([expected], said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(found => found.Split('\t')[0]));
    }

    private static async Task<string[]> BashAsync(Scratch scratch, string[] words)
    {
        var result = await Tool.RunAsync(Require.Program("bash", "bash"), ["--norc", "--noprofile", "-c", AskBash, "bash", .. words], scratch.Folder);
        Assert.Equal("", result.Succeeded().Errors);
        return result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<Scratch> ScriptAsync(string shell)
    {
        var scratch = new Scratch();
        string text = await s_scripts.GetOrAdd(shell, async _ => (await Tool.RunAsync(WharfTool.Program, ["completion", shell], scratch.Folder)).Succeeded().Text);
        await File.WriteAllTextAsync(scratch["script"], text, TestContext.Current.CancellationToken);
        return scratch;
    }
}
