using System.Net;
using System.Net.Sockets;
using Wharf.Interop.Support;

namespace Wharf.Interop.Daemon;

/// <summary>"wharfd" without an argument, as a newcomer starts it.</summary>
public sealed class DemoTests(ITestOutputHelper output)
{
    private const int DemoPort = 2121;

    [Fact]
    public async Task The_printed_curl_lines_work_as_they_are_from_the_project_folder()
    {
        _ = Require.Program("curl", "curl");
        Assert.SkipUnless(IsFree(DemoPort), $"Something else listens on port {DemoPort}, which the demo takes.");
        string folder = CopyOfProject();
        using var wharfd = WharfdProcess.Launch([], folder);
        var errors = wharfd.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            List<string> lines = [];
            while (await wharfd.StandardOutput.ReadLineAsync(patience.Token) is { } line && line != "ready")
            {
                lines.Add(line);
            }

            // What is printed after "ready" counts too; nothing marks its end but that the daemon now waits.
            var rest = wharfd.StandardOutput.ReadToEndAsync(CancellationToken.None);
            output.WriteLine(string.Join('\n', lines));
            var curls = lines.Where(line => line.StartsWith("curl", StringComparison.Ordinal)).ToList();
            Assert.True(curls.Count >= 2, $"An upload and a download were to be printed before \"ready\":\n{string.Join('\n', lines)}");
            Assert.Contains($"listening ftp://127.0.0.1:{DemoPort}", lines);
            foreach (string curl in curls)
            {
                (await Client.RunAsync("/bin/sh", ["-c", curl], folder)).Succeeded();
            }

            Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder, "files")));
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
