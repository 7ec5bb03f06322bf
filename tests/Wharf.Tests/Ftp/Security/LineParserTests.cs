using System.Text;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>T8: no bytes on the control connection make two commands of one, or two replies of one.</summary>
public sealed class LineParserTests
{
    /// <summary>As Net/LastWords has it.</summary>
    private const int ReadAway = 1 << 20;

    private static readonly FtpLimits Limits = new();

    [Theory]
    [InlineData("a")]
    [InlineData("\u00ff\u00ff")]
    [InlineData("\r")]
    [InlineData("\r\0")]
    [InlineData("\0")]
    [InlineData("\u00e4")]
    [InlineData("\u00ffa")]
    public async Task T8_a_line_without_end_ends_the_session_within_its_bound(string piece)
    {
        await using var ftp = await FtpPair.StartAsync();
        string block = string.Concat(Enumerable.Repeat(piece, 4096 / piece.Length));
        long sent = 0;
        try
        {
            while (sent < 64L * 1024 * 1024)
            {
                await ftp.WriteAsync(block);
                sent += block.Length;
            }
        }
        catch (IOException)
        {
            // The session is over.
        }

        await ftp.Ended.WaitAsync(ftp.Token);

        // Twice: two bytes of the wire may be one of the line. And what a connection that ends reads away so that its last reply arrives.
        Assert.InRange(sent, 0, (2 * (Limits.LineBytes + Limits.OverlongLineBytes)) + (2 * MemoryConnection.DefaultCapacity) + ReadAway);
    }

    [Fact]
    public async Task T8_a_line_that_is_too_long_is_one_error_and_the_next_line_counts()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(500, await ftp.CodeAsync("CWD " + new string('a', 20_000)));
        Assert.StartsWith("257 \"/\"", await ftp.SendAsync("PWD"), StringComparison.Ordinal);
        Assert.InRange(await ftp.CodeAsync("CWD " + new string('a', Limits.LineBytes - 4)), 550, 553);
        Assert.StartsWith("257 \"/\"", await ftp.SendAsync("PWD"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T8_LF_alone_ends_a_line_and_CR_alone_does_not()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.WriteAsync("NOOP\nPWD\r\n");
        Assert.Equal(200, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(257, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(500, await ftp.CodeAsync("NOOP\rDELE x"));
        Assert.Equal(257, await ftp.CodeAsync("PWD"));
    }

    [Theory]
    [InlineData("MKD a\0b")]
    [InlineData("\0")]
    [InlineData("NOOP\0")]
    [InlineData("MKD a\r\0\0b")]
    public async Task T8_NUL_that_pads_no_CR_is_refused_once(string line)
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(501, await ftp.CodeAsync(line));
        Assert.Equal(257, await ftp.CodeAsync("PWD"));
        Assert.Empty(await ftp.NamesAsync("/"));
    }

    [Theory]
    [InlineData("a\r\0226 Forged.", "a\r226 Forged.")]
    [InlineData("a\r\0\r\0b", "a\r\rb")]
    [InlineData("a\rb", "a\rb")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff", "\u00ff\u00ff")]
    [InlineData("x\r\0", "x\r")]
    [InlineData("\u00fex", "\u00fex")]
    [InlineData("x\r\u00ff\u00ffy", "x\r\u00ffy")]
    [InlineData("x\r\u00feffy", "x\r\u00feffy")]
    public async Task T8_a_name_with_CR_or_255_comes_back_in_one_line_as_the_same_bytes(string sent, string name)
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(257, await ftp.CodeAsync("MKD " + sent));
        byte[] bytes = Encoding.Latin1.GetBytes(name);
        Assert.Equal([Wharf.Files.FileNames.Decode(bytes)], await ftp.NamesAsync("/"));
        Assert.Equal(250, await ftp.CodeAsync("CWD " + sent));
        string expected = name.Replace("\r", "\r\0", StringComparison.Ordinal).Replace("\u00ff", "\u00ff\u00ff", StringComparison.Ordinal);
        Assert.StartsWith($"257 \"/{expected}\"", await ftp.SendAsync("PWD"), StringComparison.Ordinal);
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Fact]
    public async Task T8_a_single_255_before_a_letter_is_part_of_a_name_and_keeps_its_place_behind_CR()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(257, await ftp.CodeAsync("MKD x\r\u00ffy"));
        Assert.Equal([Wharf.Files.FileNames.Decode(Encoding.Latin1.GetBytes("x\r\u00ffy"))], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task T8_names_with_LF_forge_no_reply_and_no_line_of_a_listing()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.MakeDirectoryAsync("/d");
        await ftp.PutAsync("/d/a\n226 Forged.", "x");
        await ftp.MakeDirectoryAsync("/d/sub\r\n");
        await ftp.PutAsync("/d/plain", "x");
        await ftp.Files.MakeLinkAsync(Wharf.Files.VirtualPath.Parse("/d/link"), "to\n-rw-r--r-- 1 0 0 0 Jan 01 00:00 forged", Wharf.Files.LinkKind.Symbolic, ftp.Token);
        foreach (string command in new[] { "LIST d", "NLST d", "MLSD d", "LIST -R", "LIST -a d", "NLST d/*", "LIST d/*" })
        {
            string listing = await ftp.ListAsync(command);
            Assert.DoesNotContain("Forged", listing, StringComparison.Ordinal);
            Assert.DoesNotContain("\n-rw-r--r-- 1 0 0 0 Jan 01 00:00 forged", listing, StringComparison.Ordinal);
            Assert.Contains("plain", listing, StringComparison.Ordinal);
        }

        foreach (string command in new[] { "STAT d", "MLST d", "STAT d/*" })
        {
            string reply = await ftp.SendAsync(command);
            Assert.DoesNotContain("\n226", reply, StringComparison.Ordinal);
        }

        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Theory]
    [InlineData("\u00ff\u00fb\u0001")]
    [InlineData("\u00ff\u00fd\u0018")]
    [InlineData("\u00ff\u00fc\u0001\u00ff\u00fe\u0001")]
    [InlineData("\u00ff\u00f1\u00ff\u00f2\u00ff\u00f4\u00ff\u00f6\u00ff\u00f9")]
    public async Task T8_Telnet_sequences_are_no_part_of_a_command_wherever_they_stand(string telnet)
    {
        await using var ftp = await FtpPair.StartAsync();
        const string Line = "NOOP\r\n";
        for (int at = 0; at <= Line.Length; at++)
        {
            await ftp.WriteAsync(Line.Insert(at, telnet));
            Assert.EndsWith("200 Okay.", await ftp.LineAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task T8_a_flood_of_Telnet_options_gets_few_answers_and_costs_nothing()
    {
        await using var ftp = await FtpPair.StartAsync();
        for (int i = 0; i < 100; i++)
        {
            await ftp.WriteAsync(string.Concat(Enumerable.Repeat("\u00ff\u00fb\u0001", 1000)));
        }

        await ftp.WriteAsync("NOOP\r\n");
        string reply = (await ftp.LineAsync())!;
        Assert.InRange(reply.Length, 9, 5000);
        Assert.EndsWith("200 Okay.", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QU\u00c4\u00b1T")] // dotless i, whose capital is I
    [InlineData("PA\u00c5\u00bfS x")] // long s, whose capital is S
    [InlineData("N\u00ef\u00bd\u008f\u00ef\u00bd\u008fP")] // full-width o
    public async Task T8_letters_that_only_look_like_ours_make_no_verb(string line)
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        Assert.Equal(500, await ftp.CodeAsync(line));
    }
}
