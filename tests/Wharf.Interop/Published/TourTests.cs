using System.Diagnostics;
using Wharf.Interop.Cli;
using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>
/// README's tour, typed line by line into a shell as it is printed. The shell has a network of its own, so that the ports the tour names are free;
/// and as whoever follows it, the test waits for "ready" before it types on.
/// </summary>
public sealed class TourTests(ITestOutputHelper output)
{
    private const string Heading = "## A tour";
    private const string Done = "tour: ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_tour_of_README_works_as_it_is_printed()
    {
        string[] lines = Read();
        Assert.Equal(10, lines.Count(line => line.Contains("wharf", StringComparison.Ordinal)));
        using var scratch = new Scratch();
        string bin = Directory.CreateDirectory(scratch["bin"]).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "wharf"), WharfTool.Program);
        File.CreateSymbolicLink(Path.Combine(bin, "wharfd"), WharfdProcess.Program);
        string folder = Directory.CreateDirectory(scratch["tour"]).FullName;
        using var bash = Tool.Start(
            Require.Program("setsid", "util-linux"), ["--wait", .. await UnshareAsync(scratch.Folder), Require.Program("bash", "bash"), "--norc", "--noprofile"], folder,
            new Dictionary<string, string> { ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}", ["XDG_CONFIG_HOME"] = scratch["config"] });
        var errors = bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await TypeAsync(bash, "ip link set lo up");
            foreach (string line in lines)
            {
                await TypeAsync(bash, line);
            }

            // Ours: the server that was told to end does.
            await TypeAsync(bash, "wait $!");
            bash.StandardInput.Close();
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (Exception failed) when (failed is TimeoutException or Xunit.Sdk.XunitException)
        {
            bash.Kill(entireProcessTree: true);
            Assert.Fail($"{failed.Message}\n{await errors}");
        }

        Assert.Equal("It works.\n", await File.ReadAllTextAsync(Path.Combine(folder, "in", "note.txt"), TestContext.Current.CancellationToken));
        Assert.Equal(["copy.txt", "mirror/", "mirror/news.txt"], Desk.Digest(Path.Combine(folder, "depot")).Keys);
    }

    /// <summary>The commands: the first block behind the heading.</summary>
    private static string[] Read()
    {
        var project = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(project.FullName, "Wharf.slnx")))
        {
            project = project.Parent ?? throw new InvalidOperationException("These tests do not lie below the project.");
        }

        string[] all = File.ReadAllLines(Path.Combine(project.FullName, "README.md"));
        int begin = Array.FindIndex(all, Array.IndexOf(all, Heading), line => line.StartsWith("```", StringComparison.Ordinal)) + 1;
        return all[begin..Array.FindIndex(all, begin, line => line.StartsWith("```", StringComparison.Ordinal))];
    }

    /// <summary>Types a line, and waits until the shell has done it, or until the server that it starts is ready.</summary>
    private async Task TypeAsync(Process bash, string line)
    {
        bool starts = line.EndsWith('&');
        await bash.StandardInput.WriteAsync(starts ? $"{line}\n" : $"{line}\necho \"{Done}$?\"\n");
        await bash.StandardInput.FlushAsync();
        output.WriteLine($"$ {line}");
        while (true)
        {
            string? said = await bash.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.True(said is not null, $"The shell ended at: {line}");
            if (starts ? said == "ready" : said.StartsWith(Done, StringComparison.Ordinal))
            {
                Assert.True(starts || said == $"{Done}0", $"'{line}' ended badly, {said}.");
                return;
            }

            output.WriteLine(said);
        }
    }

    /// <summary>A network for one program and those that it starts: as root, or as a root of one's own making.</summary>
    private static async Task<string[]> UnshareAsync(string folder)
    {
        string unshare = Require.Program("unshare", "util-linux");
        _ = Require.Program("ip", "iproute2");
        foreach (string option in (string[])["-n", "-rn"])
        {
            if ((await Tool.RunAsync(unshare, [option, "true"], folder)).ExitCode == 0)
            {
                return [unshare, option];
            }
        }

        Assert.Skip("Neither root nor a user namespace: there is no network of one's own for the ports that the tour names.");
        return [];
    }
}
