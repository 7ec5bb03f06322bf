using System.Text;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Modes;

/// <summary>TYPE A and E, RFC 959 section 3.1.1, and what SIZE and REST count in them (RFC 3659 sections 4 and 5).</summary>
public sealed class TextTypeTests
{
    [Theory]
    [InlineData("a\nb\n", "a\r\nb\r\n")]
    [InlineData("a\r\nb", "a\r\nb")]
    [InlineData("a\rb\n", "a\rb\r\n")]
    [InlineData("\n\n", "\r\n\r\n")]
    [InlineData("", "")]
    public async Task Ascii_sends_CRLF_for_LF_and_says_so_in_SIZE(string local, string wire)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", local);
        Assert.Equal(wire, Encoding.ASCII.GetString((await ftp.DownloadAsync("RETR f")).Bytes));
        Assert.Equal($"213 {wire.Length}", await ftp.SendAsync("SIZE f"));
        for (int position = 0; position <= wire.Length; position++)
        {
            Assert.Equal(350, await ftp.CodeAsync($"REST {position}"));
            Assert.Equal(wire[position..], Encoding.ASCII.GetString((await ftp.DownloadAsync("RETR f")).Bytes));
        }

        await ftp.SendAsync($"REST {wire.Length + 1}");
        Assert.StartsWith("554 ", (await ftp.DownloadAsync("RETR f")).Closing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("a\rb\r", "a\rb\r")]
    [InlineData("\r\r\n", "\r\n")]
    [InlineData("a\nb", "a\nb")]
    public async Task Ascii_stores_LF_for_CRLF(string wire, string local)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.UploadAsync("STOR f", Encoding.ASCII.GetBytes(wire));
        Assert.Equal(local, Encoding.ASCII.GetString((await ftp.GetAsync("/f"))!));
    }

    [Fact]
    public async Task An_ascii_upload_cut_anywhere_is_resumed_at_the_size_the_server_tells()
    {
        byte[] wire = "one\r\ntwo\rthree\r\n\r\nfour\r\n"u8.ToArray();
        for (int cut = 0; cut <= wire.Length; cut++)
        {
            await using var ftp = await FtpPair.StartAsync(new() { KeepPartial = true });
            await ftp.PutAsync("/f", "");
            await using (var data = await ftp.PassiveAsync())
            {
                await ftp.SendAsync("APPE f");
                await data.SendAsync(wire.AsMemory(0, cut), ftp.Token);
                await data.FinishAsync(ftp.Token);
                await ftp.ReplyAsync();
            }

            string reply = await ftp.SendAsync("SIZE f");
            int size = int.Parse(reply.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture);
            await ftp.SendAsync($"REST {size}");
            Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", wire[size..]), StringComparison.Ordinal);
            Assert.Equal("one\ntwo\rthree\n\nfour\n"u8.ToArray(), await ftp.GetAsync("/f"));
        }
    }

    [Fact]
    public async Task Ebcdic_ends_lines_with_NL_and_loses_nothing()
    {
        await using var ftp = await FtpPair.StartAsync(new() { EbcdicCodePage = 500 });
        await ftp.PutAsync("/f", "Hi\n");
        Assert.Equal(200, await ftp.CodeAsync("TYPE E"));
        var (bytes, _) = await ftp.DownloadAsync("RETR f");
        Assert.Equal([0xC8, 0x89, 0x15], bytes);
        Assert.Equal("213 3", await ftp.SendAsync("SIZE f"));
        byte[] all = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        await ftp.UploadAsync("STOR g", all);
        Assert.Equal(all, (await ftp.DownloadAsync("RETR g")).Bytes);
        await ftp.SendAsync("TYPE E T");
        Assert.Equal(all, (await ftp.DownloadAsync("RETR g")).Bytes);
    }

    [Theory]
    [InlineData("TYPE A C", 504)]
    [InlineData("TYPE L 36", 504)]
    [InlineData("TYPE L", 501)]
    [InlineData("TYPE X", 501)]
    [InlineData("TYPE A T", 200)]
    [InlineData("TYPE E N", 200)]
    [InlineData("STRU P", 504)]
    [InlineData("STRU X", 501)]
    [InlineData("MODE X", 504)]
    [InlineData("MODE BB", 501)]
    [InlineData("MODE z", 200)]
    [InlineData("OPTS MODE Z LEVEL 9", 200)]
    [InlineData("OPTS MODE Z LEVEL 0", 501)]
    [InlineData("OPTS MODE Z LEVEL 10", 501)]
    [InlineData("OPTS MARK 1000", 200)]
    [InlineData("OPTS MARK x", 501)]
    public async Task Parameters_are_answered(string command, int code)
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(code, await ftp.CodeAsync(command));
    }

    [Fact]
    public async Task Records_in_MODE_S_do_not_restart()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "a\n");
        await ftp.SendAsync("STRU R");
        await ftp.SendAsync("REST 1");
        Assert.StartsWith("504 ", (await ftp.DownloadAsync("RETR f")).Closing, StringComparison.Ordinal);
    }
}
