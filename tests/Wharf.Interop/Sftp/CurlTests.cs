using Wharf.Files;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>curl with sftp://, which has its SSH from libssh2.</summary>
public sealed class CurlTests(SharedSftp shared) : SftpClientTests(shared)
{
    private readonly string _curl = Require.Program("curl", "curl");

    /// <summary>It tries whatever the server names, and Debian's libssh2 signs by RSA with SHA-1 alone and knows no certificates.</summary>
    private protected override IReadOnlyList<Proof> Logins => [Proof.Password, Proof.Ed25519, Proof.Ecdsa256, Proof.Ecdsa384, Proof.Ecdsa521];

    private protected override async Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps)
    {
        Directory.CreateDirectory(desk.LocalPath(".ssh"));
        File.Copy(login.KnownHosts, desk.LocalPath(".ssh/known_hosts"), overwrite: true);
        string config = desk.LocalPath("config");
        var blocks = steps.Select(step => string.Join('\n', [.. Words(step, login), .. Identity(login), "silent", "show-error", "path-as-is", "globoff", ""]));
        await File.WriteAllBytesAsync(config, FileNames.Encode(string.Join("next\n", blocks)), Cancel);
        return (await Tool.RunAsync(_curl, ["-q", "--fail-early", "--config", config], desk.Local)).Succeeded().Text;
    }

    private static IEnumerable<string> Words(Step step, SshLogin login)
    {
        return step switch
        {
            Step.Put put => [$"upload-file = {Quote(put.From)}", Url(put.To), .. Resume(put.Resume)],
            Step.Get get => [$"output = {Quote(get.To)}", Url(get.From), .. Resume(get.Resume)],
            Step.List list => ["list-only", Url(list.Folder + "/")],
            Step.Rename rename => Command($"rename {Quote(rename.From)} {Quote(rename.To)}"),
            Step.Remove remove => Command($"rm {Quote(remove.File)}"),
            Step.MakeFolder make => Command($"mkdir {Quote(make.Folder)}"),
            Step.RemoveFolder remove => Command($"rmdir {Quote(remove.Folder)}"),
            _ => throw new NotSupportedException($"{step}"),
        };

        string Url(string path) => $"url = \"sftp://127.0.0.1:{login.Port}{Step.Percent(path)}\"";

        // Commands go before the listing of the root, which nobody looks at.
        string[] Command(string words) => [$"quote = {Quote(words)}", "list-only", "output = /dev/null", Url("/")];

        static string[] Resume(bool resume) => resume ? ["continue-at = -"] : [];
    }

    private static string[] Identity(SshLogin login) => login.Proof.IsKey()
        ? [$"user = \"{login.User}:\"", $"key = \"{login.KeyFile}\"", $"pubkey = \"{login.KeyFile}.pub\""]
        : [$"user = \"{login.User}:{WharfdProcess.Password}\""];

    /// <summary>As its config files want a text, and its SFTP commands a path.</summary>
    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
