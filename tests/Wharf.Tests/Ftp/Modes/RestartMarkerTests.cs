using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Modes;

/// <summary>RFC 959 section 3.5.</summary>
public sealed class RestartMarkerTests
{
    [Theory]
    [InlineData('B')]
    [InlineData('C')]
    public async Task A_marker_is_answered_by_110_with_our_position_behind_what_came_before(char mode)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync($"MODE {mode}");
        await using var data = await ftp.PassiveAsync();
        await ftp.SendAsync("STOR f");
        byte[] marker = mode == 'B' ? Rfc959.Block(Rfc959.Marker, "here-1"u8.ToArray()) : [0, Rfc959.Marker, 6, .. "here-1"u8];
        byte[] text = mode == 'B' ? Rfc959.Block(0, "ab\r\nc"u8.ToArray()) : [5, .. "ab\r\nc"u8];
        await data.SendAsync(text, ftp.Token);
        await data.SendAsync(marker, ftp.Token);
        Assert.Equal("110 MARK here-1 = 4", await ftp.ReplyAsync());
        await data.SendAsync(mode == 'B' ? Rfc959.Block(Rfc959.Eof, "d"u8.ToArray()) : [0, Rfc959.Eof, 1, (byte)'d'], ftp.Token);
        Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal("ab\ncd"u8.ToArray(), await ftp.GetAsync("/f"));
    }

    [Fact]
    public async Task A_marker_between_the_halves_of_a_line_end_restarts_there()
    {
        foreach (var (rest, whole) in new[] { ("\nb", "a\nb"), ("b", "a\rb") })
        {
            await using var ftp = await FtpPair.StartAsync(new() { KeepPartial = true });
            await ftp.SendAsync("MODE B");
            await using (var data = await ftp.PassiveAsync())
            {
                await ftp.SendAsync("STOR f");
                await data.SendAsync(Rfc959.Block(0, "a\r"u8.ToArray()), ftp.Token);
                await data.SendAsync(Rfc959.Block(Rfc959.Marker, "m"u8.ToArray()), ftp.Token);
                Assert.Equal("110 MARK m = 2", await ftp.ReplyAsync());
                data.Abort();
                Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
            }

            Assert.Equal(350, await ftp.CodeAsync("REST 2"));
            await using var next = await ftp.PassiveAsync();
            Assert.Equal(150, await ftp.CodeAsync("STOR f"));
            await next.SendAsync(Rfc959.Block(Rfc959.Eof, System.Text.Encoding.ASCII.GetBytes(rest)), ftp.Token);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal(whole, System.Text.Encoding.ASCII.GetString((await ftp.GetAsync("/f"))!));
        }
    }

    [Fact]
    public async Task A_marker_of_what_was_not_kept_is_refused()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("MODE B");
        await ftp.SendAsync("REST 100");
        Assert.StartsWith("554 ", await ftp.UploadAsync("STOR f", []), StringComparison.Ordinal);
        Assert.Empty(await ftp.NamesAsync("/"));
    }

    [Theory]
    [InlineData('B', "F", "I")]
    [InlineData('B', "F", "A")]
    [InlineData('B', "R", "A")]
    [InlineData('C', "F", "I")]
    [InlineData('C', "F", "A")]
    [InlineData('C', "R", "E")]
    public async Task Our_markers_lead_to_the_rest_of_the_file(char mode, string structure, string type)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "one\ntwo\r\nthree\rfour\n\n\nfive");
        await ftp.SendAsync($"TYPE {type}");
        await ftp.SendAsync($"STRU {structure}");
        await ftp.SendAsync($"MODE {mode}");
        byte filler = type switch { "A" => 32, "E" => 64, _ => 0 };
        async Task<WireFile> RetrieveAsync()
        {
            await using var data = await ftp.PassiveAsync();
            Assert.Equal(150, await ftp.CodeAsync("RETR f"));
            var wire = new Wire(data, ftp.Token);
            var file = mode == 'B' ? await Rfc959.ReadBlocksAsync(wire) : await Rfc959.ReadCompressedAsync(wire, filler, endsBehindString: true);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            return file;
        }

        Assert.Empty((await RetrieveAsync()).Markers);
        Assert.Equal(200, await ftp.CodeAsync("OPTS MARK 1"));
        var whole = await RetrieveAsync();
        Assert.Equal(26, whole.Markers.Count);
        await ftp.SendAsync("OPTS MARK 0");
        foreach (var (position, text) in whole.Markers)
        {
            Assert.Equal(350, await ftp.CodeAsync($"REST {text}"));
            Assert.Equal(whole.Bytes[(int)position..], (await RetrieveAsync()).Bytes);
        }
    }
}
