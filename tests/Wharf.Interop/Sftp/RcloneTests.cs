using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>rclone's sftp back end, which has its SSH from Go.</summary>
public sealed class RcloneTests(SharedSftp shared) : SftpClientTests(shared)
{
    private readonly string _rclone = Require.Program("rclone", "rclone");

    private protected override bool ResumesUploads => false;

    private protected override bool CarriesBytes => false;

    [Fact]
    public async Task A_tree_is_synchronised_with_its_times_and_a_second_run_finds_nothing_to_do()
    {
        using var desk = new Desk(Shared.Process);
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        var time = new DateTime(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        foreach (string path in OddTree.Files.Select(file => file.Path))
        {
            File.SetLastWriteTimeUtc(Path.Combine(up, path), time);
        }

        string[] flags = await FlagsAsync(desk, Shared.Login());
        await SyncAsync("up", Remote($"/{desk.Name}"));
        await SyncAsync(Remote($"/{desk.Name}"), "down");
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, desk.LocalPath("down"));
        Assert.All(OddTree.Files, file => Assert.Equal(time, File.GetLastWriteTimeUtc(desk.LocalPath($"down/{file.Path}"))));
        File.Delete(Path.Combine(up, "plain.txt"));
        var again = await SyncAsync("up", Remote($"/{desk.Name}"));
        Desk.SameTree(up, desk.Remote);
        Assert.DoesNotContain("Copied", again.Errors, StringComparison.Ordinal);

        async Task<ClientResult> SyncAsync(string from, string to) =>
            (await Tool.RunAsync(_rclone, [.. flags, "-v", "--transfers", "8", "--checkers", "8", "sync", from, to], desk.Local)).Succeeded();
    }

    private protected override async Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps)
    {
        string[] flags = await FlagsAsync(desk, login);
        string said = "";
        if (steps is [Step.Get { Resume: true } rest])
        {
            // It prints the rest of a file, and whoever runs it keeps that.
            string[] cat = ["cat", "--offset", $"{new FileInfo(desk.LocalPath(rest.To)).Length}", Remote(rest.From)];
            var printed = (await Tool.RunAsync(_rclone, [.. flags, .. cat], desk.Local)).Succeeded();
            await File.AppendAllBytesAsync(desk.LocalPath(rest.To), Encoding.Latin1.GetBytes(printed.Output), Cancel);
            return "";
        }

        foreach (var (command, names) in Commands(steps))
        {
            // Files that go from one folder to another go at once; their names are lines of standard input.
            string[] list = names.Length > 0 ? ["--files-from-raw", "-", "--no-traverse"] : [];
            said += (await Tool.RunAsync(_rclone, [.. flags, .. list, .. command], desk.Local, string.Join('\n', names))).Succeeded().Text;
        }

        return said;
    }

    private async Task<string[]> FlagsAsync(Desk desk, SshLogin login)
    {
        string secret = (await Tool.RunAsync(_rclone, ["obscure", WharfdProcess.Password], desk.Local)).Succeeded().Text.Trim();
        return
        [
            "--config", "/dev/null", "--retries", "1", "--low-level-retries", "1", "--sftp-host", "127.0.0.1", "--sftp-port", $"{login.Port}",
            "--sftp-user", login.User, "--sftp-known-hosts-file", login.KnownHosts, "--sftp-shell-type", "none",
            .. login.Proof switch
            {
                Proof.Certificate => (string[])["--sftp-key-file", login.KeyFile, "--sftp-pubkey-file", login.KeyFile + "-cert.pub"],
                _ when login.Proof.IsKey() => ["--sftp-key-file", login.KeyFile],
                _ => ["--sftp-pass", secret],
            },
        ];
    }

    private static IEnumerable<(string[] Command, string[] Names)> Commands(IReadOnlyList<Step> steps)
    {
        for (int i = 0; i < steps.Count;)
        {
            var copy = Copy(steps[i]);
            if (copy is null)
            {
                yield return (Words(steps[i++]), []);
                continue;
            }

            var names = new List<string>();
            for (; i < steps.Count && Copy(steps[i]) is { } same && (same.From, same.To) == (copy.Value.From, copy.Value.To); i++)
            {
                names.Add(same.Name);
            }

            yield return (["copy", copy.Value.From, copy.Value.To], [.. names]);
        }
    }

    /// <summary>The folders of a file that keeps its name; null for any other step.</summary>
    private static (string From, string To, string Name)? Copy(Step step)
    {
        var (from, to) = step switch
        {
            Step.Put put => (put.From, put.To),
            Step.Get get => (get.From, get.To),
            _ => ("", ""),
        };
        int same = from.Reverse().Zip(to.Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        int slash = from.IndexOf('/', from.Length - same);
        if (same == 0 || slash < 0)
        {
            return null;
        }

        string name = from[(slash + 1)..];
        string[] folders = [from[..slash], to[..^(name.Length + 1)]];
        return step is Step.Put ? (folders[0], Remote(folders[1]), name) : (Remote(folders[0]), folders[1], name);
    }

    private static string[] Words(Step step) => step switch
    {
        Step.Put put => ["copyto", put.From, Remote(put.To)],
        Step.Get get => ["copyto", Remote(get.From), get.To],
        Step.List list => ["lsf", Remote(list.Folder)],
        Step.Rename rename => ["moveto", Remote(rename.From), Remote(rename.To)],
        Step.Remove remove => ["deletefile", Remote(remove.File)],
        Step.MakeFolder make => ["mkdir", Remote(make.Folder)],
        Step.RemoveFolder remove => ["rmdir", Remote(remove.Folder)],
        _ => throw new NotSupportedException($"{step}"),
    };

    private static string Remote(string path) => $":sftp:{path}";
}
