using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Ftp;
using Wharf.Ftp.Commands;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

public sealed class HashTests
{
    private const string Sha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public async Task HASH_answers_algorithm_range_digest_and_name()
    {
        await using var ftp = await AbcAsync();
        Assert.Equal($"213 SHA-256 0-2 {Sha256OfAbc} a b", await ftp.SendAsync("HASH a b"));
        Assert.Equal("200 MD5", await ftp.SendAsync("OPTS HASH md5"));
        Assert.Equal("213 MD5 0-2 900150983cd24fb0d6963f7d28e17f72 a b", await ftp.SendAsync("HASH a b"));
        Assert.Equal(501, await ftp.CodeAsync("OPTS HASH MD2"));
        Assert.Equal("200 MD5", await ftp.SendAsync("OPTS HASH"));
        Assert.Equal("200 CRC32", await ftp.SendAsync("OPTS HASH CRC32"));
        Assert.Equal("213 CRC32 0-2 352441c2 a b", await ftp.SendAsync("HASH a b"));
        Assert.Contains("\n HASH SHA-256;SHA-512;SHA-1;MD5;CRC32*\n", await ftp.SendAsync("FEAT"), StringComparison.Ordinal);
        Assert.Equal(550, await ftp.CodeAsync("HASH nothing"));
        Assert.Equal(550, await ftp.CodeAsync("HASH /"));
    }

    [Theory]
    [InlineData("XCRC", "352441C2")]
    [InlineData("XMD5", "900150983CD24FB0D6963F7D28E17F72")]
    [InlineData("MD5", "900150983CD24FB0D6963F7D28E17F72")]
    [InlineData("XSHA", "A9993E364706816ABA3E25717850C26C9CD0D89D")]
    [InlineData("XSHA1", "A9993E364706816ABA3E25717850C26C9CD0D89D")]
    [InlineData("XSHA256", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("XSHA512", "DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F")]
    public async Task The_X_family_answers_250_and_the_digest(string verb, string digest)
    {
        await using var ftp = await AbcAsync();
        await ftp.PutAsync("/long", "xxabcyy");
        Assert.Equal("250 " + digest, await ftp.SendAsync(verb + " a b"));
        Assert.Equal("250 " + digest, await ftp.SendAsync(verb + " \"a b\""));
        Assert.Equal("250 " + digest, await ftp.SendAsync(verb + " long 2 5"));
        Assert.Equal("250 " + digest, await ftp.SendAsync(verb + " \"/long\" 2 5"));
        Assert.Equal("250 " + digest, await ftp.SendAsync(verb + " a b 0"));
        Assert.Equal(550, await ftp.CodeAsync(verb + " nothing"));
        Assert.Equal(501, await ftp.CodeAsync(verb + " long 5 2"));
        Assert.Equal(501, await ftp.CodeAsync(verb + " long 8"));
    }

    [Fact]
    public async Task RANG_narrows_RETR_and_HASH_once()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await ftp.PutAsync("/f", "xxabcyy");
        Assert.Equal(350, await ftp.CodeAsync("RANG 2 4"));
        Assert.Equal($"213 SHA-256 2-4 {Sha256OfAbc} f", await ftp.SendAsync("HASH f"));
        Assert.Equal(350, await ftp.CodeAsync("RANG 2 4"));
        Assert.Equal("abc"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
        Assert.Equal("xxabcyy"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
        Assert.Equal(350, await ftp.CodeAsync("RANG 2 4"));
        Assert.Equal(350, await ftp.CodeAsync("RANG 1 0"));
        Assert.Equal("xxabcyy"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
    }

    [Theory]
    [InlineData("RANG -1 4")]
    [InlineData("RANG 4 2")]
    [InlineData("RANG 0 9223372036854775807")]
    [InlineData("RANG 0 9223372036854775808")]
    [InlineData("RANG 0")]
    [InlineData("RANG 0 1 2")]
    [InlineData("RANG  0 1")]
    [InlineData("REST -1")]
    [InlineData("REST 9223372036854775808")]
    [InlineData("ALLO -5")]
    [InlineData("SITE IDLE -5")]
    [InlineData("SITE CHMOD -1 f")]
    [InlineData("SITE CHMOD 99999999999 f")]
    public async Task T9_a_number_that_is_none_is_501(string command)
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(501, await ftp.CodeAsync(command));
    }

    [Fact]
    public async Task Hashing_has_a_budget_that_time_gives_back()
    {
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { Limits = new() { HashBytesPerMinute = 10 } });
        await ftp.PutAsync("/f", new byte[15]);
        Assert.Equal(213, await ftp.CodeAsync("HASH f"));
        Assert.Equal(450, await ftp.CodeAsync("XCRC f"));
        ftp.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(250, await ftp.CodeAsync("XCRC f"));
    }

    [Fact]
    public async Task ABOR_stops_a_digest_and_STAT_names_it()
    {
        await using var ftp = await FtpPair.StartAsync(files: new Bottomless());
        await ftp.WriteAsync("HASH f\r\n");
        Assert.Equal("213 HASH is running.", await ftp.SendAsync("STAT"));
        await ftp.WriteAsync("ABOR\r\n");
        Assert.Equal(451, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Fact]
    public void CRC32_is_the_same_whatever_the_pieces()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];
        using var whole = new Crc32();
        whole.Append(bytes);
        using var pieces = new Crc32();
        foreach (byte[] piece in bytes.Chunk(13))
        {
            pieces.Append(piece);
        }

        Assert.Equal(whole.Finish(), pieces.Finish());
        using var check = new Crc32();
        check.Append("123456789"u8);
        Assert.Equal("CBF43926", Convert.ToHexString(check.Finish()));
    }

    private static async Task<FtpPair> AbcAsync()
    {
        var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/a b", "abc");
        return ftp;
    }

    /// <summary>Every name is a file whose end nobody reaches.</summary>
    private sealed class Bottomless() : Layer(new Wharf.Files.Storage.Memory(new ManualClock()))
    {
        public override ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) => new(new Endless());

        private sealed class Endless : IFile
        {
            public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) =>
                new(new Entry { Name = "f", Kind = EntryKind.File, Length = long.MaxValue });

            public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return new(into.Length);
            }

            public ValueTask WriteAsync(long offset, System.Buffers.ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) => default;

            public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => default;

            public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

            public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

            public ValueTask DisposeAsync() => default;
        }
    }
}
