using System.Globalization;
using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Shell;

/// <summary>The same batch run by OpenSSH's sftp and by wharf, each in a local and a remote folder of its own that begin alike.</summary>
internal sealed class BatchRun(RemoteServer server, SystemUser user)
{
    /// <summary>Last change of what is there at the beginning.</summary>
    private static readonly DateTime Then = new(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private static string Program
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            string path = Path.Combine(own.Parent!.Parent!.FullName, "Wharf.Cli", own.Name, "wharf");
            Assert.True(File.Exists(path), $"The build has not left a program at {path}.");
            return path;
        }
    }

    /// <summary>Runs it by sftp.</summary>
    public Task<BatchEnd> BySftpAsync(string batch) => RunAsync(
        batch,
        desk => (Require.Program("sftp", "openssh-client"),
        [
            "-F", "none", $"-oPort={server.Port}", $"-oUser={server.User}", $"-oUserKnownHostsFile={server.KnownHosts}", "-oGlobalKnownHostsFile=/dev/null",
            "-oStrictHostKeyChecking=yes", "-oIdentityAgent=none", "-oIdentitiesOnly=yes", $"-oIdentityFile={server.KeyFile}",
            "-b", "-", $"127.0.0.1:{desk.Folder}",
        ]));

    /// <summary>Runs it by wharf.</summary>
    public Task<BatchEnd> ByWharfAsync(string batch) => RunAsync(
        batch, desk => (Program, ["--known-hosts", server.KnownHosts, "-i", server.KeyFile, "-b", "-", server.Url(desk.Name)]));

    private async Task<BatchEnd> RunAsync(string batch, Func<RemoteDesk, (string Program, string[] Arguments)> how)
    {
        using var desk = new RemoteDesk(server);
        Prepare(desk);
        var (program, arguments) = how(desk);
        var result = await Tool.RunAsync(program, arguments, desk.Local, Fill(batch), environment: new Dictionary<string, string> { ["SHELL"] = "/bin/sh" });
        Assert.False(result.TimedOut, $"{result}");
        return new BatchEnd(
            [.. result.Text.Split('\n').Where(static line => line.StartsWith("sftp> ", StringComparison.Ordinal))],
            result.ExitCode == 0,
            new SortedDictionary<string, string>(
                Snapshot(desk.Local, "local").Concat(Snapshot(desk.Remote, "remote")).ToDictionary(static pair => pair.Key, static pair => pair.Value),
                StringComparer.Ordinal),
            result);
    }

    private string Fill(string batch) => batch
        .Replace("{uid}", user.Id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{gid}", user.Group.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .ReplaceLineEndings("\n");

    /// <summary>What every batch begins with.</summary>
    private void Prepare(RemoteDesk desk)
    {
        foreach (string root in new[] { desk.Local, desk.Remote })
        {
            foreach (var (name, text) in new[]
            {
                ("a.txt", "first"), ("b.txt", "second one"), ("c d.txt", "blank"), ("odd*name[1]?", "wild"), ("script.sh", "#!/bin/sh\n"),
                ("tree/one", "1"), ("tree/below/two", "22"), ("full/there", "x"), ("part", "beginn"),
            })
            {
                string path = Path.Combine(root, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                // What is half there already differs in length on both sides.
                File.WriteAllText(path, name == "part" && root == desk.Local ? "begin" : text);
            }

            Directory.CreateDirectory(Path.Combine(root, "dir"));
            File.WriteAllText(Path.Combine(root, root == desk.Local ? "here.txt" : "there.txt"), root == desk.Local ? "of here" : "of there");
            File.WriteAllText(Path.Combine(root, "whole"), root == desk.Local ? "half" : "half and the rest");
            File.WriteAllText(Path.Combine(root, "whole-up"), root == desk.Remote ? "half" : "half and the rest");
            File.CreateSymbolicLink(Path.Combine(root, "link"), "a.txt");
            File.CreateSymbolicLink(Path.Combine(root, "dirlink"), "dir");
            foreach (string file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(static file => new FileInfo(file).LinkTarget is null))
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                File.SetLastWriteTimeUtc(file, Then);
            }

            File.SetUnixFileMode(Path.Combine(root, "b.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        server.Own(desk.Remote);
    }

    /// <summary>Kind, permissions, whether the time is the old one, and content of each entry.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Snapshot(string root, string side)
    {
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            string name = $"{side}/{Path.GetRelativePath(root, entry.FullName)}";

            // What a program keeps in its user's home is not what it was asked for.
            if (name.StartsWith("local/.", StringComparison.Ordinal))
            {
                continue;
            }

            yield return new(name, entry switch
            {
                { LinkTarget: { } target } => $"-> {target}",
                DirectoryInfo => $"directory {entry.UnixFileMode}",
                _ => $"{entry.UnixFileMode} {(entry.LastWriteTimeUtc == Then ? "old" : "new")} {File.ReadAllText(entry.FullName)}",
            });
        }
    }
}

/// <summary>What a batch came to.</summary>
/// <param name="Ran">The commands that were echoed.</param>
/// <param name="Succeeded">Whether the exit code is zero.</param>
/// <param name="OnDisk">All that is there afterwards, on both sides.</param>
/// <param name="Said">All that the program said.</param>
internal sealed record BatchEnd(string[] Ran, bool Succeeded, SortedDictionary<string, string> OnDisk, ClientResult Said);
