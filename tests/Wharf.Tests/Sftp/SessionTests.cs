using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using static Wharf.Tests.Support.SftpPair;

namespace Wharf.Tests.Sftp;

/// <summary>Whole requests and their answers over the file system in memory.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private readonly Memory _files;
    private readonly SftpPair _pair;

    public SessionTests()
    {
        var clock = new ManualClock();
        _files = new(clock);
        _pair = new(_files, clock: clock);
    }

    public async ValueTask InitializeAsync() => Assert.Equal(3u, (await _pair.BeginAsync()).Version);

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public async Task What_is_written_is_read_however_the_stream_is_cut(int pieceBytes)
    {
        byte[] content = new byte[100_000];
        new Random(1).NextBytes(content);
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        using var requests = new MemoryStream();
        for (int at = 0; at < content.Length; at += 9000)
        {
            requests.Write(Bytes(new Write((uint)at, handle, (ulong)at, content.AsMemory(at, Math.Min(9000, content.Length - at)))));
        }

        _pair.Send(requests.ToArray(), pieceBytes);
        for (int at = 0; at < content.Length; at += 9000)
        {
            var status = Parse<Status>(await _pair.ReplyAsync());
            Assert.Equal(((uint)at, SftpCode.Ok), (status.Id, status.Code));
        }

        Assert.Equal(content, await _pair.ReadAsync(handle, 0, 200_000));
        Assert.Equal(content[99_999..], await _pair.ReadAsync(handle, 99_999, 10));
        Assert.Null(await _pair.ReadAsync(handle, 100_000, 10));
        Assert.Equal(SftpCode.Ok, (await _pair.CloseAsync(handle)).Code);
        Assert.Equal(SftpCode.Failure, (await _pair.CloseAsync(handle)).Code);
    }

    [Fact]
    public async Task A_session_is_busy_while_something_is_open()
    {
        Assert.False(_pair.Session.IsBusy);
        byte[] file = await _pair.OpenAsync("/a", OpenFlags.Write | OpenFlags.Create);
        Assert.True(_pair.Session.IsBusy);
        await _pair.WriteAsync(file, 0, new byte[100]);
        Assert.True(_pair.Session.IsBusy);
        await _pair.CloseAsync(file);
        Assert.False(_pair.Session.IsBusy);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public async Task Bytes_behind_the_data_of_a_write_are_passed_over(int pieceBytes)
    {
        // As rclone 1.60 ends a file: a block's length is right, and the rest of its buffer follows.
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        byte[] stranger = [.. handle[..^1], (byte)~handle[^1]];
        _pair.Send(
            [
                .. WithSpare(new Write(1, handle, 0, new byte[] { 1, 2, 3 }), 1000),
                .. WithSpare(new Write(2, stranger, 3, new byte[] { 4 }), 50),
                .. WithSpare(new Write(3, handle, 3, default), 7),
                .. Bytes(new Write(4, handle, 3, new byte[] { 5 })),
            ],
            pieceBytes);
        var answers = new SortedDictionary<uint, SftpCode>();
        while (answers.Count < 4)
        {
            var status = Parse<Status>(await _pair.ReplyAsync());
            answers.Add(status.Id, status.Code);
        }

        Assert.Equal([SftpCode.Ok, SftpCode.Failure, SftpCode.Ok, SftpCode.Ok], answers.Values);
        Assert.Equal([1, 2, 3, 5], await _pair.ReadAsync(handle, 0, 100));

        static byte[] WithSpare(Write write, int count)
        {
            byte[] message = [.. Bytes(write), .. new byte[count]];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(message, message.Length - 4);
            return message;
        }
    }

    [Fact]
    public async Task Many_reads_in_one_piece_are_answered_in_order()
    {
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        await _pair.WriteAsync(handle, 0, new byte[100]);
        _pair.Send([.. Enumerable.Range(0, 100).SelectMany(i => Bytes(new Read((uint)(1000 + i), handle, (ulong)i, 1)))]);
        for (uint i = 0; i < 100; i++)
        {
            Assert.Equal(1000 + i, Parse<Data>(await _pair.ReplyAsync()).Id);
        }
    }

    [Fact]
    public async Task Directories_list_themselves_and_their_parents_like_OpenSSH()
    {
        await _pair.StatusAsync(new MakeDirectory<Attributes>(1, Text("d"), default));
        byte[] file = await _pair.OpenAsync("d/f", OpenFlags.Write | OpenFlags.Create);
        await _pair.WriteAsync(file, 5, new byte[] { 1 });
        await _pair.CloseAsync(file);
        var (entries, _) = await _pair.ListAsync("/d");
        Assert.Equal([".", "..", "f"], entries.Select(entry => Text(entry.Name)));
        Assert.Equal("drwxr-xr-x   2 0        0               0 Jan  2 03:04 .", Text(entries[0].LongName));
        Assert.Equal("-rw-r--r--   1 0        0               6 Jan  2 03:04 f", Text(entries[2].LongName));
        Assert.Equal((6UL, 0x81A4u), (entries[2].Attributes.Size, entries[2].Attributes.Permissions));
    }

    [Fact]
    public async Task A_path_is_made_absolute_through_links()
    {
        await _pair.StatusAsync(new MakeDirectory<Attributes>(1, Text("/d"), default));
        await _pair.StatusAsync(new MakeDirectory<Attributes>(1, Text("/d/e"), default));
        Assert.Equal(SftpCode.Ok, (await _pair.StatusAsync(new SymbolicLink(1, Text("d/e"), Text("/l")))).Code);
        Assert.Equal("/", await RealPathAsync("."));
        Assert.Equal("/", await RealPathAsync("../.."));
        Assert.Equal("/d/e", await RealPathAsync("l"));
        Assert.Equal("/d", await RealPathAsync("l/.."));
        Assert.Equal("/d/e/new", await RealPathAsync("//l//./new"));
        Assert.Equal(SftpCode.NoSuchFile, (await _pair.StatusAsync(new RealPath(1, Text("/none/new")))).Code);
    }

    [Fact]
    public async Task A_link_keeps_its_text_byte_for_byte_and_may_dangle()
    {
        byte[] text = [(byte)'x', 0xFF, (byte)'/', (byte)'/', (byte)'.'];
        Assert.Equal(SftpCode.Ok, (await _pair.StatusAsync(new SymbolicLink(1, text, Text("/l")))).Code);
        Assert.Equal(text, Parse<Name>(await _pair.AskAsync(new ReadLink(2, Text("/l")))).Entries[0].Name.ToArray());
        Assert.Equal(SftpCode.NoSuchFile, (await _pair.StatusAsync(new Stat(3, Text("/l")))).Code);
        var link = Parse<AttributesReply<Attributes>>(await _pair.AskAsync(new LinkStat(4, Text("/l")))).Attributes;
        Assert.Equal(0xA000u, link.Permissions & 0xF000);
    }

    [Fact]
    public async Task A_rename_never_replaces()
    {
        foreach (string name in new[] { "/a", "/b" })
        {
            await _pair.CloseAsync(await _pair.OpenAsync(name, OpenFlags.Write | OpenFlags.Create));
        }

        Assert.Equal(SftpCode.Failure, (await _pair.StatusAsync(new Rename(1, Text("/a"), Text("/b")))).Code);
        Assert.Equal(SftpCode.Ok, (await _pair.StatusAsync(new Rename(1, Text("/a"), Text("/c")))).Code);
        Assert.Equal(SftpCode.NoSuchFile, (await _pair.StatusAsync(new Rename(1, Text("/a"), Text("/d")))).Code);
    }

    [Fact]
    public async Task Attributes_are_set_by_path_and_by_handle()
    {
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Write | OpenFlags.Create, new(AttributeFlags.Permissions, 0, 0, 0, 0x81ED, 0, 0, default));
        var change = new Attributes(AttributeFlags.Size | AttributeFlags.Times, 7, 0, 0, 0, 1_000, 2_000, default);
        Assert.Equal(SftpCode.Ok, (await _pair.StatusAsync(new HandleSetStat<Attributes>(1, handle, change))).Code);
        var now = Parse<AttributesReply<Attributes>>(await _pair.AskAsync(new HandleStat(2, handle))).Attributes;
        Assert.Equal((7UL, 0x81EDu, 1_000u, 2_000u), (now.Size, now.Permissions, now.Accessed, now.Modified));
        Assert.Equal(SftpCode.Ok, (await _pair.StatusAsync(new SetStat<Attributes>(3, Text("/a"), new(AttributeFlags.Permissions, 0, 0, 0, 0x180, 0, 0, default)))).Code);
        Assert.Equal(0x8180u, Parse<AttributesReply<Attributes>>(await _pair.AskAsync(new Stat(4, Text("/a")))).Attributes.Permissions);
    }

    [Theory]
    [InlineData((uint)(OpenFlags.Read), (uint)SftpCode.NoSuchFile, (uint)SftpCode.Ok, 3)]
    [InlineData((uint)(OpenFlags.Write), (uint)SftpCode.NoSuchFile, (uint)SftpCode.Ok, 3)]
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Create), (uint)SftpCode.Ok, (uint)SftpCode.Ok, 3)]
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate), (uint)SftpCode.Ok, (uint)SftpCode.Ok, 0)]
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Truncate), (uint)SftpCode.NoSuchFile, (uint)SftpCode.Ok, 0)]
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive), (uint)SftpCode.Ok, (uint)SftpCode.Failure, 3)]
    [InlineData((uint)(OpenFlags.Append | OpenFlags.Create), (uint)SftpCode.Ok, (uint)SftpCode.Ok, 3)]
    [InlineData((uint)(OpenFlags.Read | OpenFlags.Truncate), (uint)SftpCode.Failure, (uint)SftpCode.Failure, 3)]
    public async Task Open_flags_mean_what_they_mean_to_open(uint flags, uint fresh, uint there, ulong length)
    {
        byte[] handle = await _pair.OpenAsync("/there", OpenFlags.Write | OpenFlags.Create);
        await _pair.WriteAsync(handle, 0, new byte[3]);
        Assert.Equal((SftpCode)fresh, await CodeAsync("/fresh"));
        Assert.Equal((SftpCode)there, await CodeAsync("/there"));
        Assert.Equal(length, Parse<AttributesReply<Attributes>>(await _pair.AskAsync(new Stat(4, Text("/there")))).Attributes.Size);

        async Task<SftpCode> CodeAsync(string path)
        {
            byte[] reply = await _pair.AskAsync(new Open<Attributes>(1, Text(path), (OpenFlags)flags, default));
            return reply[0] == Handle.Number ? SftpCode.Ok : Parse<Status>(reply).Code;
        }
    }

    private async Task<string> RealPathAsync(string path) => Text(Parse<Name>(await _pair.AskAsync(new RealPath(1, Text(path)))).Entries[0].Name);
}
