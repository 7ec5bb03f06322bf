using Wharf.Interop.Cli;
using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>The pages of the manual as the programs that show them like them.</summary>
public sealed class ManualTests
{
    [Theory]
    [InlineData("groff", "groff-base", "-man -Tutf8 -ww -z")]
    [InlineData("mandoc", "mandoc", "-man -T lint -W warning")]
    public async Task Pages_are_shown_without_a_warning(string program, string package, string options)
    {
        string path = Require.Program(program, package);
        using var scratch = new Scratch();
        foreach (string page in await WriteAsync(scratch))
        {
            var result = (await Tool.RunAsync(path, [.. options.Split(' '), page], scratch.Folder)).Succeeded();
            Assert.True(result is { Output: "", Errors: "" }, $"{result}");
        }
    }

    [Fact]
    public async Task A_page_shows_the_words_that_can_be_copied()
    {
        string groff = Require.Program("groff", "groff-base");
        using var scratch = new Scratch();
        string[] pages = await WriteAsync(scratch);
        string client = (await Tool.RunAsync(groff, ["-man", "-Tascii", "-P-c", "-P-bou", pages[0]], scratch.Folder)).Succeeded().Text;
        Assert.Contains("wharf sync --delete ftp://host/pub mirror", client, StringComparison.Ordinal);
        Assert.Contains("'ftp://host/in/*.csv'", client, StringComparison.Ordinal);
        string server = (await Tool.RunAsync(groff, ["-man", "-Tascii", "-P-c", "-P-bou", pages[1]], scratch.Folder)).Succeeded().Text;
        Assert.Contains("--passive-ports FIRST-LAST", server, StringComparison.Ordinal);
        Assert.Contains("ftp.keep-partial", server, StringComparison.Ordinal);
    }

    private static async Task<string[]> WriteAsync(Scratch scratch)
    {
        string[] pages = [scratch["wharf.1"], scratch["wharfd.8"]];
        await File.WriteAllTextAsync(pages[0], (await Tool.RunAsync(WharfTool.Program, ["help", "--man"], scratch.Folder)).Succeeded().Text, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(pages[1], (await Tool.RunAsync(WharfdProcess.Program, ["--man"], scratch.Folder)).Succeeded().Text, TestContext.Current.CancellationToken);
        return pages;
    }
}
