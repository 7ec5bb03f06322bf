using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>
/// What "wharf sync --delete" carries and others do not: names that are not UTF-8, which rclone translates, and over SFTP names and links with a
/// newline, which lftp's listings cannot have.
/// </summary>
public sealed class NamesTests(SyncServer server) : IClassFixture<SyncServer>
{
    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task Names_and_links_that_are_no_text_are_synced_byte_for_byte(string scheme, bool isUp)
    {
        using var site = new SyncSite(server.Process, scheme, isUp);
        string names = "caf\\351 \\377\\376" + (site.IsSftp ? " 'two\\nlines'" : "");
        string links = site.IsSftp ? "ln -s \"$(printf 'n\\366where; at\\nall')\" odd;" : "";
        string script =
            $"""
            cd "$1" && mkdir "$(printf 'd\351')"
            for n in {names}; do printf x > "$(printf "$n")"; printf y > "$(printf 'd\351/%b' "$n")"; done
            {links}
            """;
        (await Tool.RunAsync("/bin/bash", ["-c", script, "bash", site.MakeSource()], site.Desk.Local)).Succeeded();
        await site.WharfAsync("--delete");
        await site.AssertSameAsync(SyncSite.Wharf, links: true);
        Assert.Single(await site.WharfAsync("--delete"));
    }
}
