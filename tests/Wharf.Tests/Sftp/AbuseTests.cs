using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using static Wharf.Tests.Support.SftpPair;

namespace Wharf.Tests.Sftp;

/// <summary>Rows of the security cases: T9, T10, T13, T23, T24 and T30 through SFTP.</summary>
public sealed class AbuseTests
{
    private readonly Memory _files = new(new ManualClock());

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData((ulong)long.MaxValue)]
    public async Task T9_Offsets_past_the_end_of_the_world_fail_and_wrap_nowhere(ulong offset)
    {
        await using var pair = await BeginAsync(_files);
        byte[] handle = await pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        await pair.WriteAsync(handle, 0, new byte[] { 1 });
        Assert.Equal(SftpCode.Failure, (await pair.WriteAsync(handle, offset, new byte[] { 2 })).Code);
        Assert.NotEqual(SftpCode.Ok, (await pair.StatusAsync(new Read(1, handle, offset, 10))).Code);
        Assert.Equal(SftpCode.Failure, (await pair.StatusAsync(new HandleSetStat<Attributes>(1, handle, new(AttributeFlags.Size, offset, 0, 0, 0, 0, 0, default)))).Code);
        Assert.Equal(SftpCode.Failure, Parse<Status>(await pair.ExtendedAsync("copy-data", handle, offset, 0UL, handle, 0UL)).Code);
        Assert.Equal([1], await pair.ReadAsync(handle, 0, 10));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/../../etc/passwd")]
    [InlineData("d/../../../etc/passwd")]
    [InlineData("//..//etc//passwd")]
    public async Task T10_No_words_lead_out_of_the_root(string path)
    {
        await using var pair = await BeginAsync(_files);
        await pair.StatusAsync(new MakeDirectory<Attributes>(1, Text("/d"), default));
        Assert.Equal(SftpCode.NoSuchFile, (await pair.StatusAsync(new Stat(1, Text(path)))).Code);
        Assert.Equal(SftpCode.NoSuchFile, (await pair.OpenRefusedAsync(path, OpenFlags.Write | OpenFlags.Create)).Code);
    }

    [Fact]
    public async Task T12_A_link_that_leads_out_of_the_root_is_not_followed()
    {
        string directory = Directory.CreateTempSubdirectory("wharf-sftp-").FullName;
        try
        {
            using var disk = new LocalDisk(directory);
            await using var pair = await BeginAsync(disk);
            Assert.Equal(SftpCode.Ok, (await pair.StatusAsync(new SymbolicLink(1, Text("../../../../../../etc/passwd"), Text("/l")))).Code);
            Assert.Equal(SftpCode.NoSuchFile, (await pair.StatusAsync(new Stat(1, Text("/l")))).Code);
            Assert.NotEqual(SftpCode.Ok, (await pair.OpenRefusedAsync("/l", OpenFlags.Read)).Code);
            Assert.NotEqual(SftpCode.Ok, (await pair.StatusAsync(new SetStat<Attributes>(1, Text("/l"), new(AttributeFlags.Permissions, 0, 0, 0, 0x1FF, 0, 0, default)))).Code);
            Assert.Equal(SftpCode.Ok, (await pair.StatusAsync(new SymbolicLink(1, Text("/etc"), Text("/m")))).Code);
            Assert.Equal(SftpCode.NoSuchFile, (await pair.StatusAsync(new OpenDirectory(1, Text("/m")))).Code);
            Assert.Equal("../../../../../../etc/passwd", Text(Parse<Name>(await pair.AskAsync(new ReadLink(2, Text("/l")))).Entries[0].Name));
        }
        finally
        {
            await Files.TemporaryDirectory.Delete(directory);
        }
    }

    [Fact]
    public async Task T13_T23_Where_only_reading_is_allowed_nothing_that_changes_something_is_done()
    {
        await using (var writer = await BeginAsync(_files))
        {
            byte[] handle = await writer.OpenAsync("/a", OpenFlags.Write | OpenFlags.Create);
            await writer.WriteAsync(handle, 0, new byte[] { 1, 2, 3 });
            await writer.StatusAsync(new MakeDirectory<Attributes>(1, Text("/d"), default));
        }

        await using var pair = await BeginAsync(new ReadOnly(_files));
        for (uint flags = 0; flags < 64; flags++)
        {
            foreach (string path in new[] { "/a", "/new" })
            {
                byte[] reply = await pair.AskAsync(new Open<Attributes>(1, Text(path), (OpenFlags)flags, default));
                bool opened = reply[0] == Handle.Number;
                bool reads = ((OpenFlags)flags & (OpenFlags.Write | OpenFlags.Append | OpenFlags.Create | OpenFlags.Truncate)) == 0;
                Assert.Equal(reads && path == "/a", opened);
            }
        }

        byte[] open = await pair.OpenAsync("/a", OpenFlags.Read);
        var cut = new Attributes(AttributeFlags.Size, 0, 0, 0, 0, 0, 0, default);
        var change = new Attributes(AttributeFlags.Permissions, 0, 0, 0, 0, 0, 0, default);
        SftpCode[] codes =
        [
            (await pair.WriteAsync(open, 0, new byte[] { 9 })).Code,
            (await pair.StatusAsync(new HandleSetStat<Attributes>(1, open, cut))).Code,
            (await pair.StatusAsync(new HandleSetStat<Attributes>(1, open, change))).Code,
            (await pair.StatusAsync(new SetStat<Attributes>(1, Text("/a"), cut))).Code,
            (await pair.StatusAsync(new SetStat<Attributes>(1, Text("/a"), change))).Code,
            (await pair.StatusAsync(new Remove(1, Text("/a")))).Code,
            (await pair.StatusAsync(new RemoveDirectory(1, Text("/d")))).Code,
            (await pair.StatusAsync(new MakeDirectory<Attributes>(1, Text("/e"), default))).Code,
            (await pair.StatusAsync(new Rename(1, Text("/a"), Text("/b")))).Code,
            (await pair.StatusAsync(new SymbolicLink(1, Text("a"), Text("/l")))).Code,
            Parse<Status>(await pair.ExtendedAsync("posix-rename@openssh.com", "/a", "/b")).Code,
            Parse<Status>(await pair.ExtendedAsync("hardlink@openssh.com", "/a", "/b")).Code,
            Parse<Status>(await pair.ExtendedAsync("lsetstat@openssh.com", "/a", change)).Code,
        ];
        Assert.All(codes, code => Assert.Equal(SftpCode.PermissionDenied, code));
        Assert.Equal([1, 2, 3], await pair.ReadAsync(open, 0, 10));
        Assert.Equal(4, (await pair.ListAsync("/")).Entries.Count);
    }

    [Fact]
    public async Task T23_Handles_are_bounded_and_free_again_after_close()
    {
        await using var pair = await BeginAsync(_files, new() { Limits = new() { Handles = 10 } });
        byte[] last = [];
        for (int i = 0; i < 9; i++)
        {
            last = await pair.OpenAsync("/a", OpenFlags.Write | OpenFlags.Create);
        }

        byte[] listing = Parse<Handle>(await pair.AskAsync(new OpenDirectory(1, Text("/")))).Value.ToArray();
        Assert.Equal(SftpCode.Failure, (await pair.OpenRefusedAsync("/a", OpenFlags.Read)).Code);
        Assert.Equal(SftpCode.Failure, (await pair.StatusAsync(new OpenDirectory(1, Text("/")))).Code);
        await pair.CloseAsync(last);
        Assert.Equal(SftpCode.NoSuchFile, (await pair.OpenRefusedAsync("/none", OpenFlags.Read)).Code);
        byte[] next = await pair.OpenAsync("/a", OpenFlags.Read);
        Assert.NotEqual(last, next);
        Assert.Equal(SftpCode.Failure, (await pair.WriteAsync(last, 0, new byte[1])).Code);
        await pair.CloseAsync(listing);
    }

    [Fact]
    public async Task T23_Handles_that_are_none_are_refused_everywhere()
    {
        await using var pair = await BeginAsync(_files);
        byte[] listing = Parse<Handle>(await pair.AskAsync(new OpenDirectory(1, Text("/")))).Value.ToArray();
        byte[] file = await pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        foreach (byte[] handle in new byte[][] { [], [1], new byte[300], [0, 0, 0, 9, 0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 7], listing })
        {
            Assert.Equal(SftpCode.Failure, (await pair.StatusAsync(new Read(1, handle, 0, 1))).Code);
            Assert.Equal(SftpCode.Failure, (await pair.WriteAsync(handle, 0, new byte[70_000])).Code);
            Assert.Equal(SftpCode.Failure, Parse<Status>(await pair.ExtendedAsync("fsync@openssh.com", handle)).Code);
            Assert.Equal(SftpCode.Failure, Parse<Status>(await pair.ExtendedAsync("copy-data", handle, 0UL, 0UL, file, 0UL)).Code);
        }

        Assert.Equal(SftpCode.Failure, (await pair.StatusAsync(new ReadDirectory(1, file))).Code);
    }

    [Fact]
    public async Task T23_Messages_that_lie_about_lengths_are_refused_and_the_session_goes_on()
    {
        await using var pair = await BeginAsync(_files);
        string[] lies =
        [
            "11 00000001 FFFFFFFF 2F", // STAT, a path of 4 GiB
            "11 00000001 00000002 2F", // one byte short
            "11 00000001 00000001 2F 00", // one too many
            "0E 00000001 00000001 64 80000000 FFFFFFFF", // MKDIR, 4 G extended attributes
            "0E 00000001 00000001 64 40000000 00000000", // an attribute nobody knows
            "05 00000001 00000000 00", // READ without its offset
            "06 00000001 00000008 0000000000000000 0000000000000000 00000009 00", // WRITE of nine bytes, one there
            "C8 00000001 00000009 636F70792D64617461", // copy-data, and nothing else
        ];
        foreach (string lie in lies)
        {
            byte[] body = Golden.Bytes(lie);
            pair.Send([0, 0, 0, (byte)body.Length, .. body]);
            Assert.Equal(SftpCode.BadMessage, Parse<Status>(await pair.ReplyAsync()).Code);
        }

        Assert.Null(pair.ExitStatus);
        Assert.Equal(2, (await pair.ListAsync("/")).Entries.Count);
    }

    [Fact]
    public async Task T23_Names_of_64_KiB_are_refused_and_extended_attributes_pass()
    {
        await using var pair = await BeginAsync(_files);
        string name = new('n', 65_536);
        Assert.Equal(SftpCode.Failure, (await pair.OpenRefusedAsync("/" + name, OpenFlags.Write | OpenFlags.Create)).Code);
        Assert.Equal(SftpCode.Failure, (await pair.StatusAsync(new SymbolicLink(1, Text(name), Text("/l")))).Code);
        byte[] extended = [.. Golden.Bytes("00000002"), .. Fields("n", name, "m", name)];
        Assert.Equal(SftpCode.Ok, (await pair.StatusAsync(new MakeDirectory<Attributes>(1, Text("/d"), new(AttributeFlags.Extended, 0, 0, 0, 0, 0, 0, extended)))).Code);
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("00040001 11")]
    [InlineData("FFFFFFFF 06")]
    [InlineData("80000000 11")]
    public async Task T23_A_length_that_cannot_be_ends_the_session(string hex)
    {
        await using var pair = await BeginAsync(_files);
        pair.Send([.. Golden.Bytes(hex), 0], 1);
        Assert.Equal(1, pair.ExitStatus);
        pair.Send(Bytes(new Stat(1, Text("/"))));
        Assert.Null(pair.TryReply());
    }

    [Fact]
    public async Task T14_Nothing_is_done_before_INIT_and_INIT_comes_once()
    {
        await using var early = new SftpPair(_files);
        early.Send(Bytes(new MakeDirectory<Attributes>(1, Text("/d"), default)));
        Assert.Equal(1, early.ExitStatus);
        await using var twice = await BeginAsync(_files);
        twice.Send(Bytes(new Init(3, default)));
        Assert.Equal(1, twice.ExitStatus);
        Assert.Null(await _files.StatAsync(VirtualPath.Parse("/d"), LinkHandling.Self, CancellationToken.None));
    }

    [Fact]
    public async Task T24_A_client_that_does_not_read_is_given_no_more_than_the_limit()
    {
        await using var pair = await BeginAsync(_files);
        byte[] handle = await pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        await pair.WriteAsync(handle, 0, new byte[200_000]);
        long before = pair.Consumed;
        pair.Stuck = true;
        byte[] requests = [.. Enumerable.Range(0, 1000).SelectMany(i => Bytes(new Read((uint)i, handle, 0, 100_000)))];
        pair.Send(requests, 4096);
        Assert.InRange(pair.Unsent, 512 * 1024, (512 * 1024) + 200_000);
        Assert.InRange(pair.Consumed - before, 1, requests.Length / 2);
        for (int i = 0; i < 1000; i++)
        {
            pair.Stuck = false;
            Assert.Equal((uint)i, Parse<Data>(await pair.ReplyAsync()).Id);
        }

        Assert.Equal(requests.Length, pair.Consumed - before);
    }

    [Fact]
    public async Task T30_No_failure_tells_where_the_root_lies()
    {
        string directory = Directory.CreateTempSubdirectory("wharf-sftp-").FullName;
        try
        {
            using var disk = new LocalDisk(directory);
            await using var pair = await BeginAsync(disk);
            var refused = await pair.OpenRefusedAsync("/no\r\nsuch/file", OpenFlags.Read);
            Assert.Equal("No such file or directory.", refused.Text);
            Assert.Equal("/", Text(Parse<Name>(await pair.AskAsync(new RealPath(1, Text(".")))).Entries[0].Name));
        }
        finally
        {
            await Files.TemporaryDirectory.Delete(directory);
        }
    }

    private static async Task<SftpPair> BeginAsync(IFileSystem files, SftpServerOptions? options = null)
    {
        var pair = new SftpPair(files, options);
        await pair.BeginAsync();
        return pair;
    }
}
