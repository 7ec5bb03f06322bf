using System.Text;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Modes;

/// <summary>RFC 959 sections 3.2 and 3.3: in MODE B and C the data connection outlives the file.</summary>
public sealed class OpenDataConnectionTests
{
    [Theory]
    [MemberData(nameof(Corpus.Lengths), MemberType = typeof(Corpus))]
    public async Task Block_files_of_every_length_go_down_one_connection(int length)
    {
        await using var ftp = await FtpPair.StartAsync();
        byte[] file = Corpus.Mixed(length, length);
        await ftp.PutAsync("/f", file);
        await ftp.SendAsync("TYPE I");
        Assert.Equal(200, await ftp.CodeAsync("MODE B"));
        await using var data = await ftp.PassiveAsync();
        var wire = new Wire(data, ftp.Token);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(i == 0 ? 150 : 125, await ftp.CodeAsync("RETR f"));
            Assert.Equal(file, (await Rfc959.ReadBlocksAsync(wire)).Bytes);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal(0, data.Available);
        }
    }

    [Theory]
    [MemberData(nameof(Corpus.Lengths), MemberType = typeof(Corpus))]
    public async Task Block_files_of_every_length_go_up_one_connection(int length)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        int number = 0;
        foreach (int size in new[] { 1, 100, 65535 })
        {
            foreach (bool apart in new[] { true, false })
            {
                if (length / size > 2000)
                {
                    continue;
                }

                byte[] file = Corpus.Mixed(length, number);
                Assert.Equal(number == 0 ? 150 : 125, await ftp.CodeAsync($"STOR f{number}"));
                await data.SendAsync(Rfc959.Blocks(file, size, apart), ftp.Token);
                Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
                Assert.Equal(file, await ftp.GetAsync($"/f{number}"));
                number++;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Corpus.Lengths), MemberType = typeof(Corpus))]
    public async Task Compressed_files_of_every_length_go_down_one_connection_however_their_end_is_understood(int length)
    {
        await using var ftp = await FtpPair.StartAsync();
        byte[] file = Corpus.Mixed(length, length);
        await ftp.PutAsync("/f", file);
        await ftp.SendAsync("TYPE I");
        Assert.Equal(200, await ftp.CodeAsync("MODE C"));
        foreach (bool endsBehindString in new[] { true, false })
        {
            await using var data = await ftp.PassiveAsync();
            var wire = new Wire(data, ftp.Token);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(i == 0 ? 150 : 125, await ftp.CodeAsync("RETR f"));
                Assert.Equal(file, (await Rfc959.ReadCompressedAsync(wire, 0, endsBehindString)).Bytes);
                Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Corpus.Lengths), MemberType = typeof(Corpus))]
    public async Task Compressed_files_of_every_length_go_up_one_connection(int length)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE C");
        await using var data = await ftp.PassiveAsync();
        for (int i = 0; i < 3; i++)
        {
            byte[] file = Corpus.Mixed(length, i);
            Assert.Equal(i == 0 ? 150 : 125, await ftp.CodeAsync($"STOR f{i}"));
            await data.SendAsync(Rfc959.CompressedEndBefore(file, 0), ftp.Token);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal(file, await ftp.GetAsync($"/f{i}"));
        }
    }

    [Theory]
    [MemberData(nameof(Corpus.Lengths), MemberType = typeof(Corpus))]
    public async Task A_sender_with_nothing_behind_its_last_escape_is_understood_when_nothing_comes(int length)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE C");
        await using var data = await ftp.PassiveAsync();
        for (int i = 0; i < 2; i++)
        {
            byte[] file = Corpus.Mixed(length, i);
            Assert.Equal(i == 0 ? 150 : 125, await ftp.CodeAsync($"STOR f{i}"));
            await data.SendAsync(Rfc959.CompressedEndBehind(file, 0), ftp.Token);
            await ftp.Clock.TimerDueIn(TimeSpan.FromSeconds(1));
            ftp.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal(file, await ftp.GetAsync($"/f{i}"));
        }
    }

    [Fact]
    public async Task Both_directions_and_listings_share_one_connection()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/one", "first\n");
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        var wire = new Wire(data, ftp.Token);
        Assert.Equal(150, await ftp.CodeAsync("NLST"));
        Assert.Equal("one\r\n", Encoding.ASCII.GetString((await Rfc959.ReadBlocksAsync(wire)).Bytes));
        Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(125, await ftp.CodeAsync("STOR two"));
        await data.SendAsync(Rfc959.Block(Rfc959.Eof, "second"u8.ToArray()), ftp.Token);
        Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
        foreach (string command in new[] { "LIST", "MLSD" })
        {
            Assert.Equal(125, await ftp.CodeAsync(command));
            string text = Encoding.ASCII.GetString((await Rfc959.ReadBlocksAsync(wire)).Bytes);
            Assert.Contains("one\r\n", text, StringComparison.Ordinal);
            Assert.Contains("two\r\n", text, StringComparison.Ordinal);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
        }

        Assert.Equal(125, await ftp.CodeAsync("RETR two"));
        Assert.Equal("second"u8.ToArray(), (await Rfc959.ReadBlocksAsync(wire)).Bytes);
        Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
    }

    [Fact]
    public async Task Files_sent_ahead_of_their_commands_are_not_mixed_up()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        byte[] ahead = [.. Rfc959.Block(Rfc959.Eof, "a"u8.ToArray()), .. Rfc959.Block(0, "b"u8.ToArray()), .. Rfc959.Block(Rfc959.Eof, "b"u8.ToArray()), .. Rfc959.Block(Rfc959.Eof)];
        await data.SendAsync(ahead, ftp.Token);
        await ftp.WriteAsync("STOR a\r\nSTOR b\r\nSTOR c\r\n");
        foreach (int code in new[] { 150, 250, 125, 250, 125, 250 })
        {
            Assert.Equal(code, FtpPair.Code(await ftp.ReplyAsync()));
        }

        Assert.Equal("a"u8.ToArray(), await ftp.GetAsync("/a"));
        Assert.Equal("bb"u8.ToArray(), await ftp.GetAsync("/b"));
        Assert.Empty((await ftp.GetAsync("/c"))!);
    }

    [Theory]
    [InlineData("EPSV")]
    [InlineData("PASV")]
    [InlineData("PORT 192,0,2,7,200,0")]
    [InlineData("EPRT |1|192.0.2.7|51200|")]
    [InlineData("MODE B")]
    [InlineData("MODE S")]
    [InlineData("STRU F")]
    [InlineData("REIN")]
    [InlineData("QUIT")]
    [InlineData("STOR /no/where")]
    public async Task An_open_connection_is_closed_by(string command)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "x");
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await Rfc959.ReadBlocksAsync(new Wire(data, ftp.Token));
        Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.False(data.PeerHasFinished);
        await ftp.SendAsync(command);
        Assert.Empty(await data.ReadToEndAsync(ftp.Token));
    }

    [Theory]
    [InlineData("RETR missing")]
    [InlineData("LIST /missing")]
    public async Task A_download_that_is_refused_leaves_an_open_connection_to_the_next_file(string command)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "x");
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        var wire = new Wire(data, ftp.Token);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(i == 0 ? 150 : 125, await ftp.CodeAsync("RETR f"));
            Assert.Equal("x"u8.ToArray(), (await Rfc959.ReadBlocksAsync(wire)).Bytes);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal(550, await ftp.CodeAsync(command));
            Assert.Equal(0, data.Available);
        }
    }

    [Fact]
    public async Task Idle_time_out_closes_an_open_connection()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "x");
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        await ftp.SendAsync("RETR f");
        await Rfc959.ReadBlocksAsync(new Wire(data, ftp.Token));
        await ftp.ReplyAsync();
        await ftp.Clock.TimerDueIn(TimeSpan.FromSeconds(300));
        ftp.Clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Empty(await data.ReadToEndAsync(ftp.Token));
    }

    [Fact]
    public async Task Type_leaves_the_connection_open_and_a_plan_survives_MODE()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "x\n");
        await using var data = await ftp.PassiveAsync();
        await ftp.SendAsync("MODE B");
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        var wire = new Wire(data, ftp.Token);
        Assert.Equal("x\r\n"u8.ToArray(), (await Rfc959.ReadBlocksAsync(wire)).Bytes);
        await ftp.ReplyAsync();
        Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
        Assert.Equal(125, await ftp.CodeAsync("RETR f"));
        Assert.Equal("x\n"u8.ToArray(), (await Rfc959.ReadBlocksAsync(wire)).Bytes);
    }

    [Fact]
    public async Task A_client_that_closes_behind_the_end_has_uploaded_and_needs_a_new_connection()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE B");
        await using (var data = await ftp.PassiveAsync())
        {
            Assert.Equal(150, await ftp.CodeAsync("STOR f"));
            await data.SendAsync(Rfc959.Block(Rfc959.Eof, "whole"u8.ToArray()), ftp.Token);
            await data.FinishAsync(ftp.Token);
            Assert.Contains(FtpPair.Code(await ftp.ReplyAsync()), new[] { 226, 250 });
        }

        Assert.Equal("whole"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(425, await ftp.CodeAsync("RETR f"));
        await using var next = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
    }

    [Theory]
    [InlineData("B", new byte[] { 0, 0, 3, 1, 2, 3 })]
    [InlineData("B", new byte[] { 64, 0, 3, 1, 2 })]
    [InlineData("B", new byte[] { })]
    [InlineData("B", new byte[] { 0, 0 })]
    [InlineData("C", new byte[] { 3, 1, 2, 3 })]
    [InlineData("C", new byte[] { 3, 1, 2 })]
    [InlineData("C", new byte[] { 0 })]
    [InlineData("C", new byte[] { 0x81 })]
    [InlineData("C", new byte[] { })]
    public async Task An_end_of_the_connection_before_the_end_of_the_file_fails_and_leaves_the_old_file(string mode, byte[] bytes)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "old");
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE " + mode);
        Assert.StartsWith("426 ", await ftp.UploadAsync("STOR f", bytes), StringComparison.Ordinal);
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task Abort_in_a_transfer_closes_the_connection()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        Assert.Equal(426, await ftp.CodeAsync("ABOR"));
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(550, await ftp.CodeAsync("RETR f"));
        Assert.True(data.IsAborted || data.PeerHasFinished);
    }

    [Theory]
    [InlineData("B", new byte[] { 8, 0, 1, 1, 64, 0, 0 })]
    [InlineData("B", new byte[] { 1, 0, 0 })]
    [InlineData("B", new byte[] { 16, 0, 0, 64, 0, 0 })]
    [InlineData("B", new byte[] { 16, 0, 2, 65, 32, 64, 0, 0 })]
    [InlineData("B", new byte[] { 16, 0, 2, 13, 10, 64, 0, 0 })]
    [InlineData("B", new byte[] { 16, 255, 255 })]
    [InlineData("C", new byte[] { 0, 4, 0xC0 })]
    [InlineData("C", new byte[] { 0, 16, 0, 64 })]
    [InlineData("C", new byte[] { 0, 16, 2, 65, 32, 0, 64, 0xC0 })]
    [InlineData("C", new byte[] { 0, 16, 0xC3, 0, 64, 0xC0 })]
    public async Task Each_offence_against_the_framing_fails_the_upload(string mode, byte[] bytes)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE " + mode);
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await data.SendAsync(bytes, ftp.Token);
        Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Empty(await ftp.NamesAsync("/"));
    }
}
