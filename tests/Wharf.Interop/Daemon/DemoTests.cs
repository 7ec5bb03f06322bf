using System.Net;
using System.Net.Sockets;
using Wharf.Interop.Support;

namespace Wharf.Interop.Daemon;

/// <summary>"wharfd" without an argument, as a newcomer starts it.</summary>
public sealed class DemoTests(ITestOutputHelper output)
{
    private static readonly string[] Listening = ["ftp://127.0.0.1:2121", "ftps://127.0.0.1:2990", "sftp://127.0.0.1:2222"];

    [Fact]
    public async Task The_printed_curl_lines_work_as_they_are_from_the_project_folder()
    {
        _ = Require.Program("curl", "curl");
        foreach (string url in Listening)
        {
            Assert.SkipUnless(IsFree(new Uri(url).Port), $"Something else listens on the port of {url}, which the demo takes.");
        }

        string folder = CopyOfProject();
        using var wharfd = WharfdProcess.Launch([], folder);
        var errors = wharfd.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            List<string> lines = [];
            while (await wharfd.StandardOutput.ReadLineAsync(patience.Token) is { } line && line != "ready")
            {
                lines.Add(line);
            }

            // What is printed after "ready" counts too; nothing marks its end but that the daemon now waits.
            var rest = wharfd.StandardOutput.ReadToEndAsync(CancellationToken.None);
            output.WriteLine(string.Join('\n', lines));
            var curls = lines.Where(line => line.StartsWith("curl", StringComparison.Ordinal)).ToList();
            Assert.Equal(Listening.Select(url => $"listening {url}"), lines.Where(line => line.StartsWith("listening", StringComparison.Ordinal)));
            string sent = await File.ReadAllTextAsync(Path.Combine(folder, "README.md"), patience.Token);
            string there = Path.Combine(folder, "files", "README.md");
            foreach (string url in Listening)
            {
                // An upload and a download of each, that check whom they talk to.
                string[] pair = [.. curls.Where(line => line.Contains($" {new Uri(url).Scheme}://demo:", StringComparison.Ordinal))];
                Assert.Equal(2, pair.Length);
                Assert.All(pair, line => Assert.DoesNotContain("--insecure", line, StringComparison.Ordinal));
                (await Tool.RunAsync("/bin/sh", ["-c", pair[0]], folder)).Succeeded();
                Assert.Equal(sent, await File.ReadAllTextAsync(there, patience.Token));
                Assert.Equal(sent, (await Tool.RunAsync("/bin/sh", ["-c", pair[1]], folder)).Succeeded().Text);
                File.Delete(there);
            }

            Assert.Contains("sftp -P 2222 demo@127.0.0.1", lines);
            Posix.Signal(wharfd.Id, Posix.SigTerm);
            await wharfd.WaitForExitAsync(patience.Token);
            Assert.True(wharfd.ExitCode == 0, await errors);
            Assert.DoesNotContain("curl", await rest);
        }
        finally
        {
            if (!wharfd.HasExited)
            {
                Posix.Signal(wharfd.Id, Posix.SigKill);
            }

            Desk.Remove(folder);
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    /// <summary>A folder with the files that lie at the top of the project.</summary>
    private static string CopyOfProject()
    {
        var project = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(project.FullName, "Wharf.slnx")))
        {
            project = project.Parent ?? throw new InvalidOperationException("These tests do not lie below the project.");
        }

        string copy = Directory.CreateTempSubdirectory("wharf-demo-").FullName;
        foreach (var file in project.GetFiles())
        {
            file.CopyTo(Path.Combine(copy, file.Name));
        }

        return copy;
    }
}
