using Wharf.Files;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>PuTTY's psftp: an SSH and SFTP of its own, kin to WinSCP's and FileZilla's.</summary>
public sealed class PsftpTests(SharedSftp shared) : SftpClientTests(shared)
{
    private readonly string _psftp = Require.Program("psftp", "putty-tools");

    /// <summary>It signs by RSA with SHA-512 wherever the server takes that.</summary>
    private protected override IReadOnlyList<Proof> Logins => [.. Proofs.All.Except([Proof.RsaSha256])];

    [Fact]
    public async Task Trees_and_patterns_go_both_ways()
    {
        using var desk = new Desk(Shared.Process);
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        desk.LocalFile("one.txt", 10);
        desk.LocalFile("two.txt", 20);
        desk.LocalFolder("back");
        await RunAsync(
            desk, Shared.Login(),
            $"""
            cd /{desk.Name}
            put -r up
            get -r up down
            mput *.txt
            lcd back
            mget *.txt
            mkdir moved
            mv one.txt two.txt moved
            rm moved/*.txt
            rmdir moved
            chmod go-r,g+x up/plain.txt

            """);
        Assert.Equal([desk.RemotePath("up")], Directory.GetFileSystemEntries(desk.Remote));
        Assert.Equal(UnixFileMode.GroupExecute, File.GetUnixFileMode(desk.RemotePath("up/plain.txt")) & (UnixFileMode)0b000_111_111);
        Desk.SameTree(up, desk.RemotePath("up"));
        Desk.SameTree(up, desk.LocalPath("down"));
        Desk.SameFile(desk.LocalPath("one.txt"), desk.LocalPath("back/one.txt"));
        Desk.SameFile(desk.LocalPath("two.txt"), desk.LocalPath("back/two.txt"));
    }

    private protected override Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps) =>
        RunAsync(desk, login, string.Concat(steps.Select(step => Words(step) + "\n")));

    private async Task<string> RunAsync(Desk desk, SshLogin login, string commands)
    {
        string batch = desk.LocalPath("batch");
        await File.WriteAllBytesAsync(batch, FileNames.Encode(commands), Cancel);

        // It asks by keyboard-interactive first; a saved session is the only way to tell it not to.
        string sessions = Directory.CreateDirectory(desk.LocalPath(".putty/sessions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(sessions, "this"), $"AuthKI={(login.Proof == Proof.Password ? 0 : 1)}\n", Cancel);
        return (await Tool.RunAsync(
            _psftp,
            [
                "-load", "this", "-batch", "-noagent", "-l", login.User, "-P", $"{login.Port}", .. await HostKeysAsync(desk),
                .. await ProofAsync(desk, login), "-b", batch, "127.0.0.1",
            ],
            desk.Local)).Succeeded().Text;
    }

    private static string Words(Step step) => step switch
    {
        Step.Put put => $"{(put.Resume ? "reput" : "put")} {Quote(put.From)} {Quote(put.To)}",
        Step.Get get => $"{(get.Resume ? "reget" : "get")} {Quote(get.From)} {Quote(get.To)}",
        Step.List list => $"ls {Quote(list.Folder)}",
        Step.Rename rename => $"mv {Quote(rename.From)} {Quote(rename.To)}",
        Step.Remove remove => $"rm {Quote(remove.File)}",
        Step.MakeFolder make => $"mkdir {Quote(make.Folder)}",
        Step.RemoveFolder remove => $"rmdir {Quote(remove.Folder)}",
        _ => throw new NotSupportedException($"{step}"),
    };

    private static string Quote(string path) => $"\"{path.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task<string[]> HostKeysAsync(Desk desk)
    {
        List<string> arguments = [];
        foreach (string file in Shared.Process.HostKeyFiles)
        {
            var told = await Tool.RunAsync(Require.Program("ssh-keygen", "openssh-client"), ["-l", "-f", file], desk.Local);
            arguments.AddRange(["-hostkey", told.Succeeded().Text.Split(' ')[1]]);
        }

        return [.. arguments];
    }

    private static async Task<string[]> ProofAsync(Desk desk, SshLogin login)
    {
        if (!login.Proof.IsKey())
        {
            return ["-pw", WharfdProcess.Password];
        }

        string converted = desk.LocalPath("key.ppk");
        (await Tool.RunAsync(Require.Program("puttygen", "putty-tools"), [login.KeyFile, "-o", converted], desk.Local)).Succeeded();
        return ["-i", converted, .. login.Proof == Proof.Certificate ? (string[])["-cert", login.KeyFile + "-cert.pub"] : []];
    }
}
