using System.Security.Cryptography;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using static Wharf.Tests.Support.SftpPair;

namespace Wharf.Tests.Sftp;

/// <summary>Extensions over the file system in memory.</summary>
public sealed class ExtensionTests : IAsyncLifetime
{
    private readonly SftpPair _pair = new(new Memory(new ManualClock()));

    public async ValueTask InitializeAsync() => await _pair.BeginAsync();

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task Version_names_the_extensions_OpenSSH_has()
    {
        await using var pair = new SftpPair(new Memory(new ManualClock()));
        string said = Text((await pair.BeginAsync()).Extensions);
        foreach (string name in new[]
        {
            "posix-rename@openssh.com", "statvfs@openssh.com", "fstatvfs@openssh.com", "hardlink@openssh.com", "fsync@openssh.com",
            "lsetstat@openssh.com", "limits@openssh.com", "expand-path@openssh.com", "copy-data", "home-directory",
            "users-groups-by-id@openssh.com",
        })
        {
            Assert.Contains(name, said, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("newline", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_extension_is_not_supported() =>
        Assert.Equal(SftpCode.NotSupported, Parse<Status>(await _pair.ExtendedAsync("make-coffee")).Code);

    [Fact]
    public async Task Posix_rename_replaces_also_what_is_open()
    {
        byte[] a = await FileAsync("/a", "A");
        byte[] b = await FileAsync("/b", "B");
        Assert.Equal(SftpCode.Ok, Parse<Status>(await _pair.ExtendedAsync("posix-rename@openssh.com", "/a", "/b")).Code);
        Assert.Equal("B"u8.ToArray(), await _pair.ReadAsync(b, 0, 9));
        Assert.Equal("A"u8.ToArray(), await _pair.ReadAsync(a, 0, 9));
        Assert.Equal(SftpCode.NoSuchFile, (await _pair.StatusAsync(new Stat(1, Text("/a")))).Code);
    }

    [Fact]
    public async Task A_hard_link_is_the_same_file()
    {
        await FileAsync("/a", "A");
        Assert.Equal(SftpCode.Ok, Parse<Status>(await _pair.ExtendedAsync("hardlink@openssh.com", "/a", "/b")).Code);
        Assert.Equal("A"u8.ToArray(), await _pair.ReadAsync(await _pair.OpenAsync("/b", OpenFlags.Read), 0, 9));
        Assert.Equal(SftpCode.Failure, Parse<Status>(await _pair.ExtendedAsync("hardlink@openssh.com", "/a", "/b")).Code);
    }

    [Fact]
    public async Task Limits_are_told_and_make_listings_long()
    {
        for (int i = 0; i < 2000; i++)
        {
            await _pair.CloseAsync(await _pair.OpenAsync($"/a-name-of-some-length-{i}", OpenFlags.Write | OpenFlags.Create));
        }

        var (entries, before) = await _pair.ListAsync("/");
        Assert.Equal(2002, entries.Count);
        Assert.InRange(before, 8, 16);
        var limits = Parse<LimitsReply>(await _pair.ExtendedAsync("limits@openssh.com"));
        Assert.Equal(new LimitsReply(limits.Id, 262_144, 261_120, 261_120, 1000), limits);
        (entries, int after) = await _pair.ListAsync("/");
        Assert.Equal(2002, entries.Count);
        Assert.InRange(after, 1, 2);
    }

    [Fact]
    public async Task Several_READDIRs_in_flight_are_answered_in_order()
    {
        for (int i = 0; i < 1000; i++)
        {
            await _pair.CloseAsync(await _pair.OpenAsync($"/{i:D4}", OpenFlags.Write | OpenFlags.Create));
        }

        byte[] handle = Parse<Handle>(await _pair.AskAsync(new OpenDirectory(1, Text("/")))).Value.ToArray();
        _pair.Send([.. Enumerable.Range(0, 30).SelectMany(i => Bytes(new ReadDirectory((uint)i, handle)))]);
        List<string> names = [];
        for (uint i = 0; i < 30; i++)
        {
            byte[] reply = await _pair.ReplyAsync();
            if (reply[0] == Name.Number)
            {
                Assert.Equal(i, Parse<Name>(reply).Id);
                names.AddRange(Parse<Name>(reply).Entries.Select(entry => Text(entry.Name)));
            }
        }

        Assert.Equal(1002, names.Distinct().Count());
    }

    [Fact]
    public async Task Room_is_told_by_path_and_by_handle()
    {
        byte[] handle = await FileAsync("/a", "A");
        var byPath = Parse<SpaceReply>(await _pair.ExtendedAsync("statvfs@openssh.com", "/"));
        var byHandle = Parse<SpaceReply>(await _pair.ExtendedAsync("fstatvfs@openssh.com", handle));
        Assert.Equal(byPath with { Id = byHandle.Id }, byHandle);
        Assert.Equal((255UL, 2UL), (byPath.MaxNameBytes, byPath.Flags));
        Assert.Equal(1u, Parse<SpaceAvailableReply>(await _pair.ExtendedAsync("space-available", "/")).AllocationUnitBytes);
    }

    [Fact]
    public async Task A_home_is_told_to_its_owner_only()
    {
        Assert.Equal("/", await PathAsync("home-directory", ""));
        Assert.Equal("/", await PathAsync("home-directory", "alice"));
        Assert.Equal("/", await PathAsync("expand-path@openssh.com", "~"));
        Assert.Equal("/new", await PathAsync("expand-path@openssh.com", "~/new"));
        Assert.Equal("/new", await PathAsync("expand-path@openssh.com", "~alice/new"));
        Assert.Equal("/new", await PathAsync("expand-path@openssh.com", "new"));
        Assert.Equal(SftpCode.NoSuchFile, Parse<Status>(await _pair.ExtendedAsync("expand-path@openssh.com", "~root/new")).Code);
        Assert.Equal(SftpCode.NoSuchFile, Parse<Status>(await _pair.ExtendedAsync("home-directory", "root")).Code);
    }

    [Fact]
    public async Task Names_of_numbers_are_unknown()
    {
        var reply = Parse<UsersGroupsReply>(await _pair.ExtendedAsync("users-groups-by-id@openssh.com", new byte[8], new byte[4]));
        Assert.Equal((8, 4), (reply.Users.Length, reply.Groups.Length));
        Assert.Equal(SftpCode.BadMessage, Parse<Status>(await _pair.ExtendedAsync("users-groups-by-id@openssh.com", new byte[7], new byte[4])).Code);
    }

    [Fact]
    public async Task A_part_of_a_file_is_copied_to_another()
    {
        byte[] from = await FileAsync("/a", "0123456789");
        byte[] to = await FileAsync("/b", "abc");
        Assert.Equal(SftpCode.Ok, Parse<Status>(await _pair.ExtendedAsync("copy-data", from, 5UL, 0UL, to, 1UL)).Code);
        Assert.Equal("a56789"u8.ToArray(), await _pair.ReadAsync(to, 0, 99));
        Assert.Equal(SftpCode.Ok, Parse<Status>(await _pair.ExtendedAsync("copy-data", from, 0UL, 2UL, to, 0UL)).Code);
        Assert.Equal("016789"u8.ToArray(), await _pair.ReadAsync(to, 0, 99));
    }

    [Fact]
    public async Task T23_A_file_is_never_copied_onto_itself()
    {
        byte[] one = await FileAsync("/a", "0123456789");
        byte[] other = await _pair.OpenAsync("/a", OpenFlags.Write);
        await _pair.ExtendedAsync("hardlink@openssh.com", "/a", "/b");
        byte[] linked = await _pair.OpenAsync("/b", OpenFlags.Write);
        foreach (byte[] to in new[] { one, other, linked })
        {
            Assert.Equal(SftpCode.Failure, Parse<Status>(await _pair.ExtendedAsync("copy-data", one, 0UL, 0UL, to, 10UL)).Code);
        }

        Assert.Equal(10, (await _pair.ReadAsync(one, 0, 99))!.Length);
    }

    [Fact]
    public async Task Digests_are_of_the_bytes_asked_for()
    {
        byte[] content = new byte[1000];
        new Random(1).NextBytes(content);
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        await _pair.WriteAsync(handle, 0, content);
        var whole = Parse<CheckFileReply>(await _pair.ExtendedAsync("check-file-name", "/a", "none,sha256,md5", 0UL, 0UL, 0u));
        Assert.Equal("sha256", whole.Algorithm);
        Assert.Equal(SHA256.HashData(content), whole.Digests.ToArray());
        var blocks = Parse<CheckFileReply>(await _pair.ExtendedAsync("check-file-handle", handle, "sha512", 100UL, 600UL, 256u));
        Assert.Equal([.. SHA512.HashData(content.AsSpan(100, 256)), .. SHA512.HashData(content.AsSpan(356, 256)), .. SHA512.HashData(content.AsSpan(612, 88))], blocks.Digests.ToArray());
        Assert.Equal(SftpCode.Failure, Parse<Status>(await _pair.ExtendedAsync("check-file-handle", handle, "md5", 0UL, 0UL, 255u)).Code);
        Assert.Equal(SftpCode.NotSupported, Parse<Status>(await _pair.ExtendedAsync("check-file-handle", handle, "none", 0UL, 0UL, 0u)).Code);
    }

    [Fact]
    public async Task What_was_written_is_flushed_and_attributes_of_links_are_set()
    {
        byte[] handle = await FileAsync("/a", "A");
        Assert.Equal(SftpCode.Ok, Parse<Status>(await _pair.ExtendedAsync("fsync@openssh.com", handle)).Code);
        await _pair.StatusAsync(new SymbolicLink(1, Text("nowhere"), Text("/l")));
        var times = new Attributes(AttributeFlags.Times, 0, 0, 0, 0, 10, 20, default);
        Assert.Equal(SftpCode.Ok, Parse<Status>(await _pair.ExtendedAsync("lsetstat@openssh.com", "/l", times)).Code);
        Assert.Equal(20u, Parse<AttributesReply<Attributes>>(await _pair.AskAsync(new LinkStat(2, Text("/l")))).Attributes.Modified);
    }

    private async Task<byte[]> FileAsync(string path, string content)
    {
        byte[] handle = await _pair.OpenAsync(path, OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        Assert.Equal(SftpCode.Ok, (await _pair.WriteAsync(handle, 0, Text(content))).Code);
        return handle;
    }

    private async Task<string> PathAsync(string extension, string text) =>
        Text(Parse<Name>(await _pair.ExtendedAsync(extension, text)).Entries[0].Name);
}
