using Wharf.Files;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>PuTTY's psftp: an SSH and SFTP of its own, kin to WinSCP's and FileZilla's.</summary>
public sealed class PsftpTests(SharedSftp shared) : SftpClientTests(shared)
{
    private readonly string _psftp = Require.Program("psftp", "putty-tools");

    /// <summary>It signs by RSA with SHA-512 wherever the server takes that.</summary>
    private protected override IReadOnlyList<Proof> Logins => [.. Proofs.All.Except([Proof.RsaSha256])];

    private protected override async Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps)
    {
        string batch = desk.LocalPath("batch");
        await File.WriteAllBytesAsync(batch, FileNames.Encode(string.Concat(steps.Select(step => Words(step) + "\n"))), Cancel);

        // It asks by keyboard-interactive first; a saved session is the only way to tell it not to.
        string sessions = Directory.CreateDirectory(desk.LocalPath(".putty/sessions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(sessions, "this"), $"AuthKI={(login.Proof == Proof.Password ? 0 : 1)}\n", Cancel);
        return (await Client.RunAsync(
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
            var told = await Client.RunAsync(Require.Program("ssh-keygen", "openssh-client"), ["-l", "-f", file], desk.Local);
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
        (await Client.RunAsync(Require.Program("puttygen", "putty-tools"), [login.KeyFile, "-o", converted], desk.Local)).Succeeded();
        return ["-i", converted, .. login.Proof == Proof.Certificate ? (string[])["-cert", login.KeyFile + "-cert.pub"] : []];
    }
}
