using System.IO.Compression;
using System.Text;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Modes;

/// <summary>MODE Z, draft-preston-ftpext-deflate-04.</summary>
public sealed class DeflateTests
{
    [Theory]
    [MemberData(nameof(Corpus.Lengths), MemberType = typeof(Corpus))]
    public async Task Files_of_every_length_go_both_ways_with_one_connection_each(int length)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        Assert.Equal(200, await ftp.CodeAsync("MODE Z"));
        for (int i = 0; i < 2; i++)
        {
            byte[] file = Corpus.Mixed(length, i);
            Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", Deflate(file)), StringComparison.Ordinal);
            Assert.Equal(file, await ftp.GetAsync("/f"));
            var (bytes, closing) = await ftp.DownloadAsync("RETR f");
            Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
            Assert.Equal(file, Inflate(bytes));
        }
    }

    [Fact]
    public async Task Listings_types_and_records_are_inside()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "a\n");
        await ftp.SendAsync("MODE Z");
        Assert.Equal("f\r\n", Encoding.ASCII.GetString(Inflate((await ftp.DownloadAsync("NLST")).Bytes)));
        Assert.Equal("a\r\n", Encoding.ASCII.GetString(Inflate((await ftp.DownloadAsync("RETR f")).Bytes)));
        await ftp.SendAsync("STRU R");
        Assert.Equal([(byte)'a', 255, 3], Inflate((await ftp.DownloadAsync("RETR f")).Bytes));
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR g", Deflate([(byte)'b', 255, 3])), StringComparison.Ordinal);
        Assert.Equal("b\n"u8.ToArray(), await ftp.GetAsync("/g"));
        Assert.StartsWith("426 ", await ftp.UploadAsync("STOR h", Deflate([(byte)'b', 255, 1])), StringComparison.Ordinal);
        Assert.Null(await ftp.GetAsync("/h"));
    }

    [Fact]
    public async Task The_level_decides_how_hard_it_is_deflated()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Contains(" MODE Z", await ftp.SendAsync("FEAT"), StringComparison.Ordinal);
        await ftp.PutAsync("/f", [.. Enumerable.Range(0, 30_000).SelectMany(i => Encoding.ASCII.GetBytes($"{i * i % 977} "))]);
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE Z");
        await ftp.SendAsync("OPTS MODE Z LEVEL 1");
        int fast = (await ftp.DownloadAsync("RETR f")).Bytes.Length;
        await ftp.SendAsync("OPTS MODE Z LEVEL 9");
        Assert.True((await ftp.DownloadAsync("RETR f")).Bytes.Length < fast);
    }

    [Fact]
    public async Task T26_a_bomb_by_ratio_ends_with_552_and_no_file()
    {
        var options = new FtpServerOptions { Limits = new FtpLimits { InflationRatio = 100 } };
        await using var ftp = await FtpPair.StartAsync(options);
        await ftp.PutAsync("/f", "old");
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE Z");
        Assert.Equal(552, await UploadBrokenOffAsync(ftp, Deflate(new byte[8 << 20])));
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR g", Deflate(new byte[1 << 20])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T26_a_bomb_by_size_ends_with_552_and_no_file()
    {
        var options = new FtpServerOptions { Limits = new FtpLimits { InflatedBytes = 100_000 } };
        await using var ftp = await FtpPair.StartAsync(options);
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE Z");
        Assert.Equal(552, await UploadBrokenOffAsync(ftp, Deflate(new byte[100_001])));
        Assert.Empty(await ftp.NamesAsync("/"));
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", Deflate(new byte[100_000])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T26_a_stream_cut_anywhere_is_a_failed_upload()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE Z");
        byte[] whole = Deflate(Encoding.ASCII.GetBytes("some text, some text, and an end"));
        for (int cut = 0; cut < whole.Length; cut++)
        {
            Assert.StartsWith("426 ", await ftp.UploadAsync("STOR f", whole[..cut]), StringComparison.Ordinal);
        }

        Assert.Empty(await ftp.NamesAsync("/"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100_000)]
    public async Task Anything_behind_the_stream_is_a_failed_upload(int count)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE Z");
        Assert.Equal(426, await UploadBrokenOffAsync(ftp, [.. Deflate("text"u8.ToArray()), .. new byte[count]]));
        Assert.Empty(await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task A_changed_byte_is_a_failed_upload()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.SendAsync("MODE Z");
        byte[] whole = Deflate(Encoding.ASCII.GetBytes("some text, some text, and an end"));
        foreach (int place in new[] { 0, 1, whole.Length / 2, whole.Length - 1 })
        {
            byte[] changed = [.. whole];
            changed[place] ^= 0x11;
            Assert.StartsWith("426 ", await ftp.UploadAsync("STOR f", changed), StringComparison.Ordinal);
        }

        Assert.Empty(await ftp.NamesAsync("/"));
    }

    /// <summary>An upload the server may end before all of it is sent; the code of its reply.</summary>
    private static async Task<int> UploadBrokenOffAsync(FtpPair ftp, byte[] bytes)
    {
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        try
        {
            await data.SendAsync(bytes, ftp.Token);
            await data.FinishAsync(ftp.Token);
        }
        catch (IOException broken)
        {
            Assert.NotNull(broken);
        }

        return FtpPair.Code(await ftp.ReplyAsync());
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var wire = new MemoryStream();
        using (var zlib = new ZLibStream(wire, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        // The framework writes nothing at all for nothing; this is the empty stream of RFC 1950.
        return wire.Length > 0 ? wire.ToArray() : [0x78, 0x9C, 3, 0, 0, 0, 0, 1];
    }

    private static byte[] Inflate(byte[] bytes)
    {
        Assert.True(bytes.Length >= 8);
        using var zlib = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var all = new MemoryStream();
        zlib.CopyTo(all);
        return all.ToArray();
    }
}
