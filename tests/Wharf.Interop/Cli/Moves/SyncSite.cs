using System.Diagnostics;
using System.Text.Json;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>
/// One source at one end and a target for each program at the other, and the programs that bring the one to the other: "wharf sync", "lftp mirror"
/// and "rclone sync", each as somebody would run it who wants what the others do.
/// </summary>
/// <param name="server">The daemon.</param>
/// <param name="scheme">ftp, ftpes (TLS) or sftp.</param>
/// <param name="isUp">Whether the source is on this machine and the targets are at the daemon.</param>
/// <param name="patience">How long one run may take; null for as long as any program.</param>
internal sealed class SyncSite(WharfdProcess server, string scheme, bool isUp, TimeSpan? patience = null) : IDisposable
{
    public const string Wharf = "wharf";
    public const string Lftp = "lftp";
    public const string Rclone = "rclone";

    /// <summary>The password as rclone takes it.</summary>
    private static string? s_secret;

    private readonly Dictionary<string, TimeSpan> _times = [];

    public Desk Desk { get; } = new(server);

    public bool IsUp => isUp;

    public bool IsSftp => scheme == "sftp";

    /// <summary>The source, on disk.</summary>
    public string Source { get; private set; } = "";

    /// <summary>How long each program's last run took.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Times => _times;

    /// <summary>Makes the source's directory.</summary>
    public string MakeSource() => Source = isUp ? Desk.LocalFolder("source") : Desk.RemoteFolder("source");

    /// <summary>A target, or what else has that name beside it, on disk.</summary>
    public string TargetOf(string name) => isUp ? Desk.RemotePath(name) : Desk.LocalPath(name);

    /// <summary>"wharf sync", at its own target, with one JSON object a line.</summary>
    public async Task<IReadOnlyList<JsonElement>> WharfAsync(params string[] options)
    {
        // What an ftp:// server offers of TLS is taken unless it is told not to be.
        string[] clear = scheme == "ftp" ? ["--tls", "none"] : [];
        string from = isUp ? "source" : Url("source"), to = isUp ? Url(Wharf) : Wharf;
        var run = await TimedAsync(
            Wharf, () => WharfTool.RunAtDaemonAsync(Desk.Local, ["sync", "--json", .. clear, .. options, from, to], patience));
        return [.. run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    /// <summary>"lftp mirror", at its own target.</summary>
    /// <param name="options">Of mirror.</param>
    /// <param name="before">Commands that it runs first.</param>
    public async Task LftpAsync(string options, string before = "")
    {
        // Times of MLSD are exact; those of LIST are days, which lftp takes for exact.
        string script =
            $"""
            set cmd:fail-exit yes
            set net:max-retries 1
            set net:timeout 60
            set ssl:verify-certificate no
            set ftp:ssl-allow {(scheme == "ftpes" ? "yes" : "no")}
            set ftp:ssl-force {(scheme == "ftpes" ? "yes" : "no")}
            set ftp:ssl-protect-data yes
            set ftp:use-mlsd yes
            set sftp:connect-program "ssh -a -x -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=password"
            open -u {WharfdProcess.User},{WharfdProcess.Password} {(IsSftp ? "sftp" : "ftp")}://127.0.0.1:{Port}
            {before}
            mirror {(isUp ? "-R" : "")} -P 4 {options} {(isUp ? "source" : $"/{Desk.Name}/source")} {(isUp ? $"/{Desk.Name}/{Lftp}" : Lftp)}

            """;
        string program = Require.Program("lftp", "lftp");
        string file = Desk.LocalText("script.lftp", script);
        await TimedAsync(Lftp, () => Tool.RunAsync(program, ["--norc", "-f", file], Desk.Local, patience: patience));
    }

    /// <summary>"rclone sync", at its own target.</summary>
    public async Task RcloneAsync(params string[] options)
    {
        string program = Require.Program("rclone", "rclone");
        string secret = s_secret ??= (await Tool.RunAsync(program, ["obscure", WharfdProcess.Password], Desk.Local)).Succeeded().Text.Trim();

        // Names go as they are, also with a space at the end: it would translate those for FTP.
        string[] access = IsSftp
            ? ["--sftp-host", "127.0.0.1", "--sftp-port", $"{Port}", "--sftp-user", WharfdProcess.User, "--sftp-pass", secret, "--sftp-shell-type", "none"]
            :
            [
                "--ftp-host", "127.0.0.1", "--ftp-port", $"{Port}", "--ftp-user", WharfdProcess.User, "--ftp-pass", secret, "--ftp-encoding", "Slash",
                .. scheme == "ftpes" ? (string[])["--ftp-explicit-tls", "--ftp-no-check-certificate"] : [],
            ];
        string from = isUp ? "source" : RcloneOf("source"), to = isUp ? RcloneOf(Rclone) : Rclone;
        await TimedAsync(
            Rclone,
            () => Tool.RunAsync(
                program, ["sync", "--config", "/dev/null", "--retries", "1", .. access, "--transfers", "4", .. options, from, to], Desk.Local, patience: patience));
    }

    /// <summary>What rclone calls a path beside the targets.</summary>
    public string RcloneOf(string name, bool atServer = true) => atServer ? $":{(IsSftp ? "sftp" : "ftp")}:/{Desk.Name}/{name}" : name;

    /// <summary>Kinds, names, contents and, if wanted, times in seconds and links, as find and sha256sum tell them.</summary>
    public async Task<string> StateAsync(string folder, bool links, bool times = true)
    {
        string script =
            $$"""
            cd "$1" && find . -mindepth 1 \( -type d -printf 'd %P\0' -o -type f -printf 'f {{(times ? "%Ts " : "")}}%P\0' {{(links ? "-o -type l -printf 'l %P -> %l\\0'" : "")}} \) | sort -z
            find . -type f -print0 | sort -z | xargs -0 -r sha256sum -z
            """;
        return (await Tool.RunAsync("/bin/bash", ["-c", script, "bash", folder], Desk.Local, patience: patience)).Succeeded().Output.Replace('\0', '\n');
    }

    /// <summary>Asserts that this program's target is what the source is.</summary>
    public async Task AssertSameAsync(string program, bool links, bool times = true) =>
        Assert.Equal(await StateAsync(Source, links, times), await StateAsync(TargetOf(program), links, times));

    public void Dispose() => Desk.Dispose();

    private int Port => IsSftp ? server.SshPort : server.Port;

    private string Url(string name) => $"{scheme}://{WharfdProcess.User}@127.0.0.1:{Port}/{Desk.Name}/{name}";

    private async Task<ClientResult> TimedAsync(string program, Func<Task<ClientResult>> run)
    {
        long begun = Stopwatch.GetTimestamp();
        var result = await run();
        _times[program] = Stopwatch.GetElapsedTime(begun);
        return result.Succeeded();
    }
}
