using Wharf.Files;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>lftp with sftp://: OpenSSH's ssh, but an SFTP of its own, which asks for version 6.</summary>
public sealed class LftpTests(SharedSftp shared) : SftpClientTests(shared)
{
    private readonly string _lftp = Require.Program("lftp", "lftp");

    private protected override async Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps)
    {
        // It answers the password prompts of ssh itself, through a terminal it makes.
        string script = desk.LocalPath("script.lftp");
        string text =
            $"""
            set cmd:fail-exit yes
            set net:max-retries 1
            set net:timeout 60
            set xfer:clobber yes
            set sftp:connect-program "ssh -a -x {string.Join(' ', OpenSsh.Options(login))}"
            open -u {login.User},{WharfdProcess.Password} sftp://127.0.0.1:{login.Port}

            """;
        await File.WriteAllBytesAsync(script, FileNames.Encode(text + string.Concat(steps.Select(step => Words(step) + "\n"))), Cancel);
        return (await Client.RunAsync(_lftp, ["--norc", "-f", script], desk.Local)).Succeeded().Text;
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
