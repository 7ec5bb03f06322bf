using Wharf.Files;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>lftp with sftp://: OpenSSH's ssh, but an SFTP of its own, which asks for version 6.</summary>
public sealed class LftpTests(SharedSftp shared) : SftpClientTests(shared)
{
    private readonly string _lftp = Require.Program("lftp", "lftp");

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_odd_tree_is_mirrored_both_ways_whatever_version_is_asked_for(int version)
    {
        using var desk = new Desk(Shared.Process);
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        desk.LocalFolder("up/an empty folder");
        var time = new DateTime(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        foreach (string path in OddTree.Files.Select(file => file.Path))
        {
            File.SetLastWriteTimeUtc(Path.Combine(up, path), time);
        }

        string mirror =
            $"""
            debug -o log 9
            set sftp:protocol-version {version}
            mirror -R -P 4 up /{desk.Name}
            mirror -P 4 /{desk.Name} down

            """;
        await RunAsync(desk, Shared.Login(), mirror);
        Assert.Contains($"protocol version set to {version}", await File.ReadAllTextAsync(desk.LocalPath("log"), Cancel), StringComparison.Ordinal);
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, desk.LocalPath("down"));
        Assert.All(OddTree.Files, file => Assert.Equal(time, File.GetLastWriteTimeUtc(desk.RemotePath(file.Path))));
        Assert.All(OddTree.Files, file => Assert.Equal(time, File.GetLastWriteTimeUtc(desk.LocalPath($"down/{file.Path}"))));
    }

    private protected override Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps) =>
        RunAsync(desk, login, string.Concat(steps.Select(step => Words(step) + "\n")));

    private async Task<string> RunAsync(Desk desk, SshLogin login, string commands)
    {
        // It answers the password prompts of ssh itself, through a terminal it makes.
        string script = desk.LocalPath("script.lftp");
        string opening =
            $"""
            set cmd:fail-exit yes
            set net:max-retries 1
            set net:timeout 60
            set xfer:clobber yes
            set sftp:connect-program "ssh -a -x {string.Join(' ', OpenSsh.Options(login))}"
            open -u {login.User},{WharfdProcess.Password} sftp://127.0.0.1:{login.Port}

            """;
        await File.WriteAllBytesAsync(script, FileNames.Encode(opening + commands), Cancel);
        return (await Tool.RunAsync(_lftp, ["--norc", "-f", script], desk.Local)).Succeeded().Text;
    }

    private static string Words(Step step) => step switch
    {
        Step.Put put => $"put {(put.Resume ? "-c " : "")}{Quote(put.From)} -o {Quote(put.To)}",
        Step.Get get => $"get {(get.Resume ? "-c " : "")}{Quote(get.From)} -o {Quote(get.To)}",
        Step.List list => $"cls -1a {Quote(list.Folder + "/")}",
        Step.Rename rename => $"mv {Quote(rename.From)} {Quote(rename.To)}",
        Step.Remove remove => $"rm {Quote(remove.File)}",
        Step.MakeFolder make => $"mkdir {Quote(make.Folder)}",
        Step.RemoveFolder remove => $"rmdir {Quote(remove.Folder)}",
        _ => throw new NotSupportedException($"{step}"),
    };

    private static string Quote(string path) =>
        $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
