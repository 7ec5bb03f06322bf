using Wharf.Ftp.Commands;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData("UTF8")]
    [InlineData("TVFS")]
    [InlineData("MLST type*;size*;modify*;perm*;unique*;create*;UNIX.mode*;UNIX.owner*;UNIX.group*;")]
    [InlineData("SIZE")]
    [InlineData("MDTM")]
    [InlineData("MFMT")]
    [InlineData("MFF Modify;UNIX.mode;")]
    [InlineData("REST STREAM")]
    [InlineData("HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32")]
    [InlineData("LANG EN*;DE")]
    [InlineData("HOST")]
    [InlineData("CLNT")]
    [InlineData("CSID")]
    [InlineData("PRET")]
    [InlineData("AVBL")]
    [InlineData("DSIZ")]
    [InlineData("COMB")]
    [InlineData("RANG STREAM")]
    [InlineData("EPRT")]
    [InlineData("EPSV")]
    [InlineData("XCRC")]
    [InlineData("XMD5")]
    [InlineData("MD5")]
    [InlineData("XSHA")]
    [InlineData("XSHA1")]
    [InlineData("XSHA256")]
    [InlineData("XSHA512")]
    [InlineData("SITE CHMOD")]
    [InlineData("SITE UTIME")]
    [InlineData("SITE CPFR")]
    [InlineData("SITE CPTO")]
    public async Task FEAT_shows(string feature)
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        string[] lines = (await ftp.SendAsync("FEAT")).Split('\n');
        Assert.StartsWith("211-", lines[0], StringComparison.Ordinal);
        Assert.Contains(" " + feature, lines);
        Assert.Equal("211 End.", lines[^1]);
        Assert.Equal(lines.Length, lines.Distinct().Count());
    }

    [Fact]
    public async Task FEAT_stars_the_facts_that_were_chosen()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal("200 MLST OPTS type;modify;", await ftp.SendAsync("OPTS MLST Modify;TYPE;nonsense;"));
        Assert.Contains("\n MLST type*;size;modify*;perm;", await ftp.SendAsync("FEAT"), StringComparison.Ordinal);
        Assert.Equal("200 MLST OPTS", await ftp.SendAsync("OPTS MLST"));
        Assert.Contains("\n MLST type;size;modify;perm;", await ftp.SendAsync("FEAT"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPTS UTF8 ON", 200)]
    [InlineData("OPTS utf8 on", 200)]
    [InlineData("OPTS UTF-8 ON", 200)]
    [InlineData("OPTS UTF8", 200)]
    [InlineData("OPTS UTF8 OFF", 504)]
    [InlineData("OPTS UTF8 MAYBE", 501)]
    [InlineData("OPTS NONSENSE", 501)]
    [InlineData("OPTS", 501)]
    public async Task OPTS_answers_before_the_login_too(string command, int code)
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        Assert.Equal(code, await ftp.CodeAsync(command));
    }

    [Fact]
    public async Task HOST_comes_before_USER_and_is_a_name()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        Assert.Equal(220, await ftp.CodeAsync("HOST ftp.Example.com"));
        Assert.Equal(220, await ftp.CodeAsync("HOST [::1]"));
        Assert.Equal(220, await ftp.CodeAsync("HOST 192.0.2.1"));
        Assert.Equal(501, await ftp.CodeAsync("HOST bad name"));
        Assert.Equal(501, await ftp.CodeAsync("HOST [nonsense]"));
        Assert.Equal(501, await ftp.CodeAsync("HOST a..b"));
        Assert.Equal(501, await ftp.CodeAsync("HOST"));
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(503, await ftp.CodeAsync("HOST other.example"));
        Assert.Equal(230, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(503, await ftp.CodeAsync("HOST other.example"));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        Assert.Equal(220, await ftp.CodeAsync("HOST other.example"));
    }

    [Fact]
    public async Task CLNT_and_CSID_are_noted_and_CSID_tells_no_version()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        Assert.Equal(200, await ftp.CodeAsync("CLNT NcFTP 3.2.6"));
        Assert.Equal("200 Name=Wharf; CaseSensitive=1; DirSep=/;", await ftp.SendAsync("CSID Name=x;Version=1;"));
        Assert.Equal(501, await ftp.CodeAsync("CSID"));
        Assert.Equal(501, await ftp.CodeAsync("CSID nonsense"));
    }

    [Fact]
    public async Task HELP_names_every_command_and_the_form_of_each()
    {
        // A listener without TLS has no use for these; FtpsTests has those with.
        string[] ofTls = ["AUTH", "PBSZ", "PROT", "CCC", "ADAT", "MIC", "CONF", "ENC", "SSCN", "CPSV"];
        await using var ftp = await FtpPair.StartAsync(login: false);
        string help = await ftp.SendAsync("HELP");
        foreach (var command in CommandTable.Rows.Where(row => !ofTls.Contains(row.Verb)))
        {
            Assert.Matches($"[ ]{command.Verb}[ \n]", help);
            string form = await ftp.SendAsync("HELP " + command.Verb.ToLowerInvariant());
            Assert.StartsWith(command.Verb == "SITE" ? "214-SITE commands:" : $"214 Form: {command.Verb}", form, StringComparison.Ordinal);
        }

        Assert.Equal(502, await ftp.CodeAsync("HELP NONSENSE"));
    }

    [Theory]
    [InlineData("SMNT /x")]
    [InlineData("LPRT 4,4,1,2,3,4,2,1,2")]
    [InlineData("LPSV")]
    [InlineData("THMB 1 1 x")]
    [InlineData("RMDA x")]
    [InlineData("XRCP x")]
    [InlineData("ESTA")]
    [InlineData("ESTP")]
    public async Task What_we_leave_out_is_502(string command)
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(502, await ftp.CodeAsync(command));
    }
}
