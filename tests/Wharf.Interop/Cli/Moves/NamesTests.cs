using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>"wharf sync --delete" of names that are not UTF-8, and over SFTP of those with a newline: rclone translates them, and lftp's FTP listings cannot have them.</summary>
public sealed class NamesTests
{
    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task Names_that_are_no_text_are_synced_byte_for_byte(string scheme, bool isUp)
    {
        await using var server = await WharfdProcess.ListenAsync(["ftp://127.0.0.1:0", "sftp://127.0.0.1:0"], "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        string source = isUp ? desk.LocalFolder("source") : desk.RemoteFolder("source");
        var site = new Site(server, desk, scheme, isUp);
        string names = "caf\\351 \\377\\376" + (scheme == "sftp" ? " 'two\\nlines'" : "");
        string script = $"cd \"$1\" && mkdir \"$(printf 'd\\351')\" && for n in {names}; do printf x > \"$(printf \"$n\")\"; printf y > \"$(printf 'd\\351/%b' \"$n\")\"; done";
        (await Tool.RunAsync("/bin/bash", ["-c", script, "bash", source], desk.Local)).Succeeded();
        (await WharfCli.RunAsync(desk.Local, "sync", "--delete", site.From, site.To("wharf"))).Succeeded();
        Assert.Equal(await StateAsync(desk, source), await StateAsync(desk, site.TargetOf("wharf")));
    }

    /// <summary>Kinds, names, times in seconds, and contents, as find and sha256sum tell them.</summary>
    private static async Task<string> StateAsync(Desk desk, string folder)
    {
        const string Script =
            """
            cd "$1" && find . -mindepth 1 \( -type d -printf 'd %P\0' -o -type f -printf 'f %Ts %P\0' \) | sort -z
            find . -type f -print0 | sort -z | xargs -0 -r sha256sum -z
            """;
        var result = await Tool.RunAsync("/bin/bash", ["-c", Script, "bash", folder], desk.Local);
        return result.Succeeded().Output.Replace('\0', '\n');
    }

    /// <summary>Where one run of the programs finds the two ends.</summary>
    private sealed record Site(WharfdProcess Server, Desk Desk, string Scheme, bool IsUp)
    {
        public int Port => Scheme == "sftp" ? Server.SshPort : Server.Port;

        public string Source => IsUp ? Desk.LocalPath("source") : Desk.RemotePath("source");

        public string From => IsUp ? "source" : Url("source");

        public string To(string program) => IsUp ? Url(program) : program;

        public string TargetOf(string program) => IsUp ? Desk.RemotePath(program) : Desk.LocalPath(program);

        private string Url(string name) => $"{Scheme}://{WharfdProcess.User}@127.0.0.1:{Port}/{Desk.Name}/{name}";
    }
}
