using System.Text;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Modes;

/// <summary>STRU R, RFC 959 sections 3.1.2.2 and 3.4: lines here, records there.</summary>
public sealed class RecordTests
{
    private static readonly byte[] Text = [.. "first\n\n"u8, 255, 1, 255, .. "x\r\nlast\n"u8];

    private static readonly byte[][] TextRecords = ["first"u8.ToArray(), [], [255, 1, 255, .. "x\r"u8], "last"u8.ToArray()];

    [Fact]
    public async Task Lines_are_records_in_every_mode()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", Text);
        await ftp.SendAsync("STRU R");
        var (stream, closing) = await ftp.DownloadAsync("RETR f");
        Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
        Assert.Equal(TextRecords, Rfc959.ReadStreamRecords(stream).Records);
        Assert.Equal(3, stream[^1]);

        await ftp.SendAsync("MODE B");
        await using (var data = await ftp.PassiveAsync())
        {
            Assert.Equal(150, await ftp.CodeAsync("RETR f"));
            Assert.Equal(TextRecords, (await Rfc959.ReadBlocksAsync(new Wire(data, ftp.Token))).Records);
            await ftp.ReplyAsync();
        }

        await ftp.SendAsync("MODE C");
        foreach (bool endsBehindString in new[] { true, false })
        {
            await using var data = await ftp.PassiveAsync();
            Assert.Equal(150, await ftp.CodeAsync("RETR f"));
            Assert.Equal(TextRecords, (await Rfc959.ReadCompressedAsync(new Wire(data, ftp.Token), 32, endsBehindString)).Records);
            await ftp.ReplyAsync();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    [InlineData(65536)]
    public async Task A_file_stored_by_records_comes_back_by_the_same_records(int length)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("STRU R");
        var random = new Random(length);
        var records = new List<byte[]>();
        for (int left = length; left > 0;)
        {
            byte[] record = [.. Corpus.Mixed(Math.Min(left, random.Next(300)), left).Where(b => b != '\n')];
            records.Add(record);
            left -= record.Length + 1;
        }

        foreach (bool together in new[] { true, false })
        {
            Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", Rfc959.StreamRecords(records, together)), StringComparison.Ordinal);
            var (bytes, _) = await ftp.DownloadAsync("RETR f");
            Assert.Equal(records, Rfc959.ReadStreamRecords(bytes).Records);
        }
    }

    [Fact]
    public async Task A_last_line_without_an_end_is_a_record_and_gets_its_end_when_it_comes_back()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "a\nb");
        await ftp.SendAsync("STRU R");
        var (bytes, _) = await ftp.DownloadAsync("RETR f");
        Assert.Equal([(byte)'a', 255, 1, (byte)'b', 255, 3], bytes);
        await ftp.UploadAsync("STOR g", bytes);
        Assert.Equal("a\nb\n"u8.ToArray(), await ftp.GetAsync("/g"));
        await ftp.UploadAsync("STOR h", [(byte)'a', 255, 1, (byte)'b', 255, 2]);
        Assert.Equal("a\nb"u8.ToArray(), await ftp.GetAsync("/h"));
    }

    [Fact]
    public async Task An_empty_file_has_no_records()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "");
        await ftp.SendAsync("STRU R");
        Assert.Equal([255, 2], (await ftp.DownloadAsync("RETR f")).Bytes);
    }

    [Fact]
    public async Task An_image_is_one_record_and_its_records_are_joined()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "a\nb");
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("STRU R");
        Assert.Equal([.. "a\nb"u8, 255, 3], (await ftp.DownloadAsync("RETR f")).Bytes);
        await ftp.UploadAsync("STOR g", Rfc959.StreamRecords(["ab"u8.ToArray(), "c"u8.ToArray()], together: true));
        Assert.Equal("abc"u8.ToArray(), await ftp.GetAsync("/g"));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 65 })]
    [InlineData(new byte[] { 65, 255 })]
    [InlineData(new byte[] { 65, 255, 1 })]
    [InlineData(new byte[] { 65, 255, 0, 255, 2 })]
    [InlineData(new byte[] { 65, 255, 4, 255, 2 })]
    [InlineData(new byte[] { 65, 255, 2, 66 })]
    public async Task A_stream_without_its_end_or_with_a_wrong_code_fails(byte[] bytes)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "old");
        await ftp.SendAsync("STRU R");
        Assert.StartsWith("426 ", await ftp.UploadAsync("STOR f", bytes), StringComparison.Ordinal);
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
    }

    [Fact]
    public async Task Block_flags_end_records_and_file_together_or_apart()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("STRU R");
        await ftp.SendAsync("MODE B");
        await using var data = await ftp.PassiveAsync();
        byte[][] forms =
        [
            [.. Rfc959.Block(Rfc959.Eor, "a"u8.ToArray()), .. Rfc959.Block(Rfc959.Eor), .. Rfc959.Block(Rfc959.Eor | Rfc959.Eof, "b"u8.ToArray())],
            [.. Rfc959.Block(0, "a"u8.ToArray()), .. Rfc959.Block(Rfc959.Eor), .. Rfc959.Block(Rfc959.Eor | Rfc959.Suspect), .. Rfc959.Block(Rfc959.Suspect, "b"u8.ToArray()), .. Rfc959.Block(Rfc959.Eor), .. Rfc959.Block(Rfc959.Eof)],
        ];
        foreach (byte[] form in forms)
        {
            await ftp.SendAsync("STOR f");
            await data.SendAsync(form, ftp.Token);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal("a\n\nb\n"u8.ToArray(), await ftp.GetAsync("/f"));
        }
    }

    [Fact]
    public async Task Compressed_records_are_understood_with_their_end_before_or_behind_their_last_string()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("STRU R");
        await ftp.SendAsync("MODE C");
        await using var data = await ftp.PassiveAsync();
        byte[][] forms =
        [
            [0, 128, 1, (byte)'a', 0, 128, 0xC0, 2, (byte)'b', (byte)'b', 0, 192, 0x83, (byte)'c'],
            [1, (byte)'a', 0, 128, 0, 128, 2, (byte)'b', (byte)'b', 0x83, (byte)'c', 0, 128, 0, 64],
            [1, (byte)'a', 0, 128, 0xC0, 0, 128, 0xC0, 2, (byte)'b', (byte)'b', 0x83, (byte)'c', 0, 192, 0xC0],
        ];
        foreach (byte[] form in forms)
        {
            await ftp.SendAsync("STOR f");
            await data.SendAsync(form, ftp.Token);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal("a\n\nbbccc\n", Encoding.ASCII.GetString((await ftp.GetAsync("/f"))!));
        }
    }

    [Fact]
    public async Task Filler_is_what_the_type_says()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("MODE C");
        foreach (var (type, local) in new[] { ("TYPE A", "   "), ("TYPE E", "   "), ("TYPE I", "\0\0\0"), ("TYPE L 8", "\0\0\0") })
        {
            await ftp.SendAsync(type);
            await using var data = await ftp.PassiveAsync();
            await ftp.SendAsync("STOR f");
            await data.SendAsync(new byte[] { 0, 64, 0xC3 }, ftp.Token);
            Assert.Equal(250, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal(Encoding.ASCII.GetBytes(local), await ftp.GetAsync("/f"));
            await ftp.SendAsync("RETR f");
            Assert.Equal([0xC3, 0, 64, 0xC0], await new Wire(data, ftp.Token).BytesAsync(4));
            await ftp.ReplyAsync();
        }
    }
}
