using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using static Wharf.Tests.Support.SftpPair;
using Attributes5 = Wharf.Sftp.Messages.TypedAttributes<Wharf.Sftp.Messages.Layout5>;
using Attributes6 = Wharf.Sftp.Messages.TypedAttributes<Wharf.Sftp.Messages.Layout6>;

namespace Wharf.Tests.Sftp;

/// <summary>Dialogues of versions 4, 5 and 6 over the file system in memory.</summary>
public sealed class TypedSessionTests
{
    private readonly ManualClock _clock = new();
    private readonly Memory _files;

    public TypedSessionTests() => _files = new(_clock);

    [Theory]
    [InlineData(1, 6, 3)]
    [InlineData(3, 6, 3)]
    [InlineData(4, 6, 4)]
    [InlineData(5, 6, 5)]
    [InlineData(6, 6, 6)]
    [InlineData(7, 6, 6)]
    [InlineData(uint.MaxValue, 6, 6)]
    [InlineData(6, 4, 4)]
    [InlineData(6, 3, 3)]
    public async Task The_lower_of_both_highest_versions_is_spoken(uint wanted, int ours, uint spoken)
    {
        await using var pair = new SftpPair(_files, new() { MaxVersion = ours });
        var answer = await pair.BeginAsync(wanted);
        Assert.Equal(spoken, answer.Version);
        string said = Text(answer.Extensions);
        string[] versions = ["3", "3,4", "3,4,5", "3,4,5,6"];
        Assert.EndsWith("versions\0\0\0" + (char)versions[ours - 3].Length + versions[ours - 3], said, StringComparison.Ordinal);
        Assert.Equal(spoken >= 4, said.Contains("newline\0\0\0\u0001\n", StringComparison.Ordinal));
        Assert.Equal(spoken == 5, said.Contains("\0\0\0\u0009supported\0\0\0", StringComparison.Ordinal));
        Assert.Equal(spoken == 6, said.Contains("supported2\0\0\0", StringComparison.Ordinal));
        Assert.Equal(spoken == 6, said.Contains("acl-supported\0\0\0\u0004\0\0\0\0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_file_goes_up_and_down_and_is_told_with_what_the_version_knows(uint version)
    {
        await using var client = await BeginAsync(version);
        await client.MakeAsync("/.a", "hello");
        Assert.Equal("hello", await client.ContentAsync("/.a"));
        var seen = await client.StatAsync("/.a");
        Assert.Equal((FileType.Regular, 5UL, "0", "0", 0x1A4u), (seen.Type, seen.Size, Text(seen.Owner), Text(seen.Group), seen.Permissions));
        Assert.Equal(new WireTime(1_767_323_045, 0), seen.Modified);
        Assert.Equal(version == 6, seen.Flags.HasFlag(TypedFlags.Bits));
        Assert.Equal(version == 6 ? AttributeBits.Hidden : 0, seen.Bits);
        Assert.Equal(version == 6 ? (AttributeBits.Hidden, 1u) : (0, 0u), (seen.ValidBits, seen.Links));
        Assert.Equal(version == 6, seen.Flags.HasFlag(TypedFlags.Changed));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Attributes_are_set_to_the_tick_and_lists_of_access_are_left_alone(uint version)
    {
        await using var client = await BeginAsync(version);
        await client.MakeAsync("/a", "hello");
        var change = new Attributes6
        {
            Flags = TypedFlags.Size | TypedFlags.Owners | TypedFlags.Permissions | TypedFlags.Accessed | TypedFlags.Created | TypedFlags.Modified | TypedFlags.Subseconds
                | TypedFlags.Acl | TypedFlags.Bits,
            Type = FileType.Regular,
            Size = 3,
            Owner = "7"u8.ToArray(),
            Group = default, // empty: no change
            Permissions = 0x81ED,
            Accessed = new(5, 0),
            Created = new(6, 0), // which this disk never sets
            Modified = new(-1, 500_000_000),
            Acl = new byte[] { 0, 0, 0, 9 },
            Bits = AttributeBits.ReadOnly,
            ValidBits = AttributeBits.ReadOnly,
        };
        Assert.Equal(SftpCode.Ok, await client.SetAsync("/a", change));
        var seen = await client.StatAsync("/a");
        Assert.Equal((3UL, "7", "0", 0x1EDu), (seen.Size, Text(seen.Owner), Text(seen.Group), seen.Permissions));
        Assert.Equal((new WireTime(5, 0), new WireTime(-1, 500_000_000)), (seen.Accessed, seen.Modified));
    }

    [Theory]
    [InlineData(4, SftpCode.Failure, SftpCode.Failure, SftpCode.Failure)]
    [InlineData(5, SftpCode.UnknownPrincipal, SftpCode.UnknownPrincipal, SftpCode.Failure)]
    [InlineData(6, SftpCode.OwnerInvalid, SftpCode.GroupInvalid, SftpCode.InvalidParameter)]
    internal async Task Owners_nobody_knows_and_times_that_cannot_be_are_refused(uint version, SftpCode owner, SftpCode group, SftpCode time)
    {
        await using var client = await BeginAsync(version);
        await client.MakeAsync("/a", "hello");
        byte[] root = "root@example.org"u8.ToArray();
        Assert.Equal(owner, await client.SetAsync("/a", new() { Flags = TypedFlags.Owners, Type = FileType.Unknown, Owner = root }));
        Assert.Equal(group, await client.SetAsync("/a", new() { Flags = TypedFlags.Owners, Type = FileType.Unknown, Group = "-1"u8.ToArray() }));
        foreach (var wrong in new WireTime[] { new(long.MaxValue, 0), new(long.MinValue, 0), new(0, 1_000_000_000), new(253_402_300_800, 0) })
        {
            Assert.Equal(time, await client.SetAsync("/a", new() { Flags = TypedFlags.Modified | TypedFlags.Subseconds, Type = FileType.Unknown, Modified = wrong }));
        }

        Assert.Equal(SftpCode.Failure, await client.SetAsync("/a", new() { Flags = TypedFlags.Size, Type = FileType.Unknown, Size = ulong.MaxValue }));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Names_that_are_not_UTF_8_are_told_in_three_bytes_each_and_found_by_them(uint version)
    {
        await using (var old = new SftpPair(_files))
        {
            await old.BeginAsync();
            await old.CloseAsync(await old.OpenAsync("/caf\uDCE9", OpenFlags.Write | OpenFlags.Create));
            await old.StatusAsync(new SymbolicLink(1, Text("x\uDCFF"), Text("/l")));
        }

        await using var client = await BeginAsync(version);
        var (entries, _) = await client.ListAsync("/");
        byte[] wire = [.. "caf"u8, 0xED, 0xB3, 0xA9];
        Assert.Contains(entries, entry => entry.Name.SequenceEqual(wire));
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new LinkStatFor(1, wire, 0)));
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new LinkStatFor(1, Text("/caf\uDCE9"), 0))); // raw, too
        Assert.Equal("x" + Text(new byte[] { 0xED, 0xB3, 0xBF }), (await client.NameAsync(new ReadLink(1, Text("/l")))).Name);
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new Remove(1, wire)));
        Assert.Null(await _files.StatAsync(VirtualPath.Parse("/caf\uDCE9"), LinkHandling.Self, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Listings_come_in_many_replies_and_version_6_says_which_is_the_last(uint version)
    {
        await using var client = await BeginAsync(version, new() { Limits = new() { ListingBytes = 1000 } });
        for (int i = 0; i < 50; i++)
        {
            await client.MakeAsync($"/file{i}", "");
        }

        var (entries, ends) = await client.ListAsync("/");
        Assert.Equal(52, entries.Count);
        Assert.True(ends.Count > 3);
        Assert.All(ends[..^1], end => Assert.Equal(version == 6 ? false : null, end));
        Assert.Equal(version == 6 ? true : null, ends[^1]);
        Assert.Equal(FileType.Directory, entries[0].Attributes.Type);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task In_text_mode_offsets_mean_nothing_and_lines_are_as_on_the_disk(uint version)
    {
        await using var client = await BeginAsync(version);
        byte[] writer = await client.OpenAsync("/t", text: true);
        foreach (string part in new[] { "one\n", "two\r\n", "three\n" })
        {
            Assert.Equal(SftpCode.Ok, (await client.Pair.WriteAsync(writer, ulong.MaxValue, Text(part))).Code);
        }

        await client.Pair.CloseAsync(writer);
        Assert.Equal("one\ntwo\r\nthree\n", await client.ContentAsync("/t"));
        byte[] reader = await client.OpenAsync("/t", text: true);
        Assert.Equal("one", await client.ReadAsync(reader, 99, 3));
        client.Pair.Send([.. Bytes(new Read(1, reader, 0, 4)), .. Bytes(new Read(2, reader, 0, 100)), .. Bytes(new Read(3, reader, 0, 1))]);
        Assert.Equal("\ntwo", Text(Parse<Data>(await client.Pair.ReplyAsync()).Bytes));
        Assert.Equal("\r\nthree\n", Text(Parse<Data>(await client.Pair.ReplyAsync()).Bytes));
        Assert.Equal(SftpCode.EndOfFile, Parse<Status>(await client.Pair.ReplyAsync()).Code);
        byte[] appending = await client.OpenAsync("/t", text: true, append: true);
        await client.Pair.WriteAsync(appending, 0, Text("four\n"));
        Assert.EndsWith("three\nfour\n", await client.ContentAsync("/t"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Text_seek_goes_to_the_beginning_of_a_line(uint version)
    {
        await using var client = await BeginAsync(version);
        string lines = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"line {i}\n"));
        byte[] handle = await client.OpenAsync("/t", text: true);
        await client.Pair.WriteAsync(handle, 0, Text(lines));
        foreach (int line in new[] { 0, 1, 2, 7_000, 9_999 })
        {
            Assert.Equal(SftpCode.Ok, await SeekAsync(handle, (ulong)line));
            Assert.Equal($"line {line}\n", (await client.ReadAsync(handle, 0, 12))[..$"line {line}\n".Length]);
        }

        Assert.Equal(SftpCode.Ok, await SeekAsync(handle, 10_000)); // where the next line would begin
        Assert.Equal("", await client.ReadAsync(handle, 0, 10));
        Assert.Equal(SftpCode.EndOfFile, await SeekAsync(handle, 10_001));
        Assert.Equal(SftpCode.EndOfFile, await SeekAsync(handle, ulong.MaxValue));
        Assert.Equal(SftpCode.Ok, await SeekAsync(handle, 1));
        await client.Pair.WriteAsync(handle, 0, Text("LINE"));
        Assert.StartsWith("line 0\nLINE 1\n", await client.ContentAsync("/t"), StringComparison.Ordinal);
        Assert.Equal(SftpCode.NotSupported, await SeekAsync(await client.OpenAsync("/t"), 1));

        async Task<SftpCode> SeekAsync(byte[] file, ulong line) => Parse<Status>(await client.Pair.ExtendedAsync("text-seek", file, line)).Code;
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Links_are_made_in_the_order_of_the_drafts(uint version)
    {
        await using var client = await BeginAsync(version);
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new LinkToTarget(1, Text("/l"), Text("to/nowhere"))));
        Assert.Equal(FileType.Link, (await client.StatAsync("/l")).Type);
        Assert.Equal("to/nowhere", (await client.NameAsync(new ReadLink(1, Text("/l")))).Name);
        Assert.Equal(SftpCode.NoSuchFile, await client.CodeAsync(new StatFor(1, Text("/l"), 0)));
    }

    [Fact]
    public async Task Version_6_links_by_LINK_and_knows_no_SYMLINK()
    {
        await using var client = await BeginAsync(6);
        await client.MakeAsync("/a", "hello");
        Assert.Equal(SftpCode.NotSupported, await client.CodeAsync(new LinkToTarget(1, Text("/l"), Text("a"))));
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new MakeLink(1, Text("/l"), Text("a"), IsSymbolic: true)));
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new MakeLink(1, Text("/h"), Text("a"), IsSymbolic: false)));
        Assert.Equal((FileType.Link, FileType.Regular, 2u), ((await client.StatAsync("/l")).Type, (await client.StatAsync("/h")).Type, (await client.StatAsync("/a")).Links));
        Assert.Equal(SftpCode.FileAlreadyExists, await client.CodeAsync(new MakeLink(1, Text("/h"), Text("a"), IsSymbolic: false)));
        await using var without = await BeginAsync(6, new() { Links = false });
        Assert.Equal(SftpCode.PermissionDenied, await without.CodeAsync(new MakeLink(1, Text("/m"), Text("a"), IsSymbolic: true)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_rename_replaces_where_it_is_told_to(uint version)
    {
        await using var client = await BeginAsync(version);
        await client.MakeAsync("/a", "new");
        await client.MakeAsync("/b", "old");
        Assert.Equal(SftpCode.FileAlreadyExists, await client.CodeAsync(new RenameAs(1, Text("/a"), Text("/b"), RenameFlags.None)));
        Assert.Equal(SftpCode.FileAlreadyExists, await client.CodeAsync(new RenameAs(1, Text("/a"), Text("/b"), RenameFlags.Native)));
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new RenameAs(1, Text("/a"), Text("/b"), RenameFlags.Overwrite)));
        Assert.Equal("new", await client.ContentAsync("/b"));
        await client.MakeAsync("/a", "newer");
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new RenameAs(1, Text("/a"), Text("/b"), RenameFlags.Atomic | RenameFlags.Native)));
        Assert.Equal("newer", await client.ContentAsync("/b"));
    }

    [Theory]
    [InlineData((uint)DispositionFlags.CreateNew, SftpCode.Ok, SftpCode.FileAlreadyExists, 3)]
    [InlineData((uint)DispositionFlags.CreateTruncate, SftpCode.Ok, SftpCode.Ok, 0)]
    [InlineData((uint)DispositionFlags.OpenExisting, SftpCode.NoSuchFile, SftpCode.Ok, 3)]
    [InlineData((uint)DispositionFlags.OpenOrCreate, SftpCode.Ok, SftpCode.Ok, 3)]
    [InlineData((uint)DispositionFlags.TruncateExisting, SftpCode.NoSuchFile, SftpCode.Ok, 0)]
    [InlineData(5u, SftpCode.InvalidParameter, SftpCode.InvalidParameter, 3)]
    [InlineData(7u, SftpCode.InvalidParameter, SftpCode.InvalidParameter, 3)]
    [InlineData((uint)(DispositionFlags.OpenExisting | DispositionFlags.BlockRead), SftpCode.NotSupported, SftpCode.NotSupported, 3)]
    [InlineData((uint)(DispositionFlags.CreateTruncate | DispositionFlags.BlockWrite | DispositionFlags.BlockAdvisory), SftpCode.NotSupported, SftpCode.NotSupported, 3)]
    [InlineData((uint)(DispositionFlags.CreateTruncate | DispositionFlags.DeleteOnClose), SftpCode.NotSupported, SftpCode.NotSupported, 3)]
    [InlineData(0x8002u, SftpCode.NotSupported, SftpCode.NotSupported, 3)]
    internal async Task Dispositions_mean_what_the_draft_says(uint flags, SftpCode fresh, SftpCode there, ulong length)
    {
        await using var client = await BeginAsync(6);
        await client.MakeAsync("/there", "123");
        Assert.Equal(fresh, await client.CodeAsync(Open6("/fresh", DesiredAccess.WriteData, flags)));
        Assert.Equal(there, await client.CodeAsync(Open6("/there", DesiredAccess.WriteData, flags)));
        Assert.Equal(length, (await client.StatAsync("/there")).Size);
    }

    [Theory]
    [InlineData((uint)DesiredAccess.ReadData, true, false)]
    [InlineData((uint)(DesiredAccess.ReadAttributes | DesiredAccess.WriteAttributes), true, false)]
    [InlineData((uint)DesiredAccess.WriteData, false, true)]
    [InlineData((uint)(DesiredAccess.ReadData | DesiredAccess.WriteData), true, true)]
    [InlineData((uint)DesiredAccess.All, true, true)]
    public async Task Access_is_what_was_desired(uint access, bool reads, bool writes)
    {
        await using var client = await BeginAsync(6);
        await client.MakeAsync("/a", "123");
        byte[] handle = Parse<Handle>(await client.Pair.AskAsync(Open6("/a", (DesiredAccess)access, (uint)DispositionFlags.OpenExisting))).Value.ToArray();
        Assert.Equal(reads ? SftpCode.Ok : SftpCode.PermissionDenied, await client.CodeAsync(new Read(1, handle, 0, 1)));
        Assert.Equal(writes ? SftpCode.Ok : SftpCode.PermissionDenied, await client.CodeAsync(new Write(1, handle, 0, new byte[1])));
    }

    [Theory]
    [InlineData((uint)DesiredAccess.AppendData, (uint)DispositionFlags.OpenExisting)]
    [InlineData((uint)DesiredAccess.WriteData, (uint)(DispositionFlags.OpenExisting | DispositionFlags.AppendData))]
    [InlineData((uint)(DesiredAccess.WriteData | DesiredAccess.AppendData), (uint)(DispositionFlags.OpenOrCreate | DispositionFlags.AppendDataAtomic))]
    public async Task Who_appends_writes_at_the_end_whatever_the_offset(uint access, uint flags)
    {
        await using var client = await BeginAsync(5);
        await client.MakeAsync("/a", "123");
        byte[] reply = await client.Pair.AskAsync(new OpenFor<Attributes5>(1, Text("/a"), (DesiredAccess)access, (DispositionFlags)flags, Attributes5.Empty));
        byte[] handle = Parse<Handle>(reply).Value.ToArray();
        Assert.Equal(SftpCode.Ok, (await client.Pair.WriteAsync(handle, 0, Text("4"))).Code);
        Assert.Equal(SftpCode.Ok, (await client.Pair.WriteAsync(handle, ulong.MaxValue, Text("5"))).Code);
        Assert.Equal("12345", await client.ContentAsync("/a"));
    }

    [Fact]
    public async Task A_link_is_not_opened_where_links_are_not_to_be_followed()
    {
        await using var client = await BeginAsync(6);
        await client.MakeAsync("/a", "123");
        await client.CodeAsync(new MakeLink(1, Text("/l"), Text("a"), IsSymbolic: true));
        const uint noFollow = (uint)(DispositionFlags.OpenExisting | DispositionFlags.NoFollow);
        Assert.Equal(SftpCode.LinkLoop, await client.CodeAsync(Open6("/l", DesiredAccess.ReadData, noFollow)));
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(Open6("/a", DesiredAccess.ReadData, noFollow)));
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(Open6("/l", DesiredAccess.ReadData, (uint)DispositionFlags.OpenExisting)));
        Assert.Equal(2, client.Pair.Session.Handles.Count);
    }

    [Fact]
    public async Task Locks_are_refused_cleanly()
    {
        await using var client = await BeginAsync(6);
        byte[] handle = await client.OpenAsync("/a");
        Assert.Equal(SftpCode.NotSupported, await client.CodeAsync(new Block(1, handle, 0, 10, DispositionFlags.BlockWrite)));
        Assert.Equal(SftpCode.NoMatchingByteRangeLock, await client.CodeAsync(new Unblock(1, handle, 0, 10)));
        Assert.Equal(SftpCode.InvalidHandle, await client.CodeAsync(new Block(1, new byte[3], 0, 10, DispositionFlags.BlockWrite)));
        Assert.Equal(SftpCode.InvalidHandle, await client.CodeAsync(new Unblock(1, new byte[3], 0, 10)));
    }

    [Fact]
    public async Task Paths_are_composed_and_looked_at_as_the_control_byte_says()
    {
        await using var client = await BeginAsync(6);
        await client.MakeDirectoryAsync("/d");
        await client.MakeAsync("/d/f", "123");
        await client.CodeAsync(new MakeLink(1, Text("/l"), Text("d"), IsSymbolic: true));
        Assert.Equal(("/l/f", FileType.Unknown), await AskAsync("l", null, []));
        Assert.Equal(("/none/f", FileType.Unknown), await AskAsync("", RealPathControl.NoCheck, "none", "x", "..", "f"));
        Assert.Equal(("/d/f", FileType.Regular), await AskAsync("/l", RealPathControl.StatIf, "f"));
        Assert.Equal(("/d/none", FileType.Unknown), await AskAsync("/d", RealPathControl.StatIf, "none"));
        Assert.Equal(("/none/none", FileType.Unknown), await AskAsync("/none", RealPathControl.StatIf, "none"));
        Assert.Equal(("/d", FileType.Directory), await AskAsync("/none", RealPathControl.StatAlways, "/l"));
        Assert.Equal(SftpCode.NoSuchFile, await client.CodeAsync(new ComposedRealPath(1, Text("/d/none"), RealPathControl.StatAlways, [])));
        Assert.Equal(SftpCode.InvalidParameter, await client.CodeAsync(new ComposedRealPath(1, Text("/d"), (RealPathControl)9, [])));
        Assert.Equal(("/etc/passwd", FileType.Unknown), await AskAsync("/..", RealPathControl.NoCheck, "../..", "etc/passwd"));
        Assert.Equal(
            SftpCode.InvalidFileName, await client.CodeAsync(new ComposedRealPath(1, Text("/"), RealPathControl.NoCheck, [.. Enumerable.Repeat(new ReadOnlyMemory<byte>(Text("abcdefgh")), 2000)])));

        async Task<(string, FileType)> AskAsync(string path, RealPathControl? control, params string[] compose)
        {
            string[] parts = path == "l" ? ["f"] : compose;
            var message = control is null
                ? new ComposedRealPath(1, Text(path + "/" + parts[0]), null, [])
                : new ComposedRealPath(1, Text(path), control, [.. compose.Select(part => new ReadOnlyMemory<byte>(Text(part)))]);
            var (name, attributes) = await client.NameAsync(message);
            return (name, attributes.Type);
        }
    }

    [Theory]
    [InlineData(4, SftpCode.NoSuchPath, SftpCode.Failure, SftpCode.InvalidHandle, SftpCode.WriteProtect, SftpCode.NoSuchFile)]
    [InlineData(5, SftpCode.NoSuchPath, SftpCode.Failure, SftpCode.InvalidHandle, SftpCode.WriteProtect, SftpCode.NoSuchFile)]
    [InlineData(6, SftpCode.NotADirectory, SftpCode.DirectoryNotEmpty, SftpCode.InvalidHandle, SftpCode.WriteProtect, SftpCode.LinkLoop)]
    internal async Task Failures_have_the_most_exact_code_of_the_version(
        uint version, SftpCode notDirectory, SftpCode notEmpty, SftpCode handle, SftpCode readOnly, SftpCode loop)
    {
        await using (var writer = await BeginAsync(6))
        {
            await writer.MakeDirectoryAsync("/d");
            await writer.MakeAsync("/d/f", "123");
            await writer.CodeAsync(new MakeLink(1, Text("/loop"), Text("loop"), IsSymbolic: true));
        }

        await using var client = await BeginAsync(version);
        Assert.Equal(notDirectory, await client.CodeAsync(new OpenDirectory(1, Text("/d/f"))));
        Assert.Equal(notEmpty, await client.CodeAsync(new RemoveDirectory(1, Text("/d"))));
        Assert.Equal(handle, await client.CodeAsync(new Close(1, new byte[8])));
        Assert.Equal(SftpCode.FileAlreadyExists, await client.MakeDirectoryAsync("/d"));
        Assert.Equal(loop, await client.CodeAsync(new OpenDirectory(1, Text("/loop/x"))));
        await using var reader = await TypedDialogue.BeginAsync(version, new ReadOnly(_files));
        Assert.Equal(readOnly, await reader.CodeAsync(new Remove(1, Text("/d/f"))));
    }

    [Theory]
    [InlineData(3, "6", 6)]
    [InlineData(6, "3", 3)]
    [InlineData(6, "4", 4)]
    [InlineData(4, "5", 5)]
    public async Task The_first_request_may_select_another_version(uint begun, string selected, uint version)
    {
        await using var pair = new SftpPair(_files);
        await pair.BeginAsync(begun);
        pair.Send([.. Bytes(new Extended(1, Text("version-select"), Fields(selected))), .. Bytes(new Extended(2, Text("statvfs@openssh.com"), Fields("/")))]);
        Assert.Equal(SftpCode.Ok, Parse<Status>(await pair.ReplyAsync()).Code);
        Assert.Equal(ExtendedReply.Number, (await pair.ReplyAsync())[0]);
        Assert.Equal(version, pair.Session.Version.Number);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("2")]
    [InlineData("0")]
    [InlineData("six")]
    [InlineData("")]
    public async Task A_version_that_is_not_offered_cannot_be_selected_and_the_session_ends(string selected)
    {
        await using var pair = new SftpPair(_files);
        await pair.BeginAsync(6);
        Assert.Equal(SftpCode.InvalidParameter, Parse<Status>(await pair.ExtendedAsync("version-select", selected)).Code);
        Assert.Equal(1, pair.ExitStatus);
    }

    [Fact]
    public async Task A_version_is_selected_first_or_not_at_all()
    {
        await using var pair = new SftpPair(_files);
        await pair.BeginAsync();
        await pair.AskAsync(new Stat(1, Text("/")));
        Assert.Equal(SftpCode.Failure, Parse<Status>(await pair.ExtendedAsync("version-select", "6")).Code);
        Assert.Equal(1, pair.ExitStatus);
        pair.Send(Bytes(new Stat(1, Text("/"))));
        Assert.Null(pair.TryReply());
    }

    [Theory]
    [InlineData(4, "03 00000001 00000001 61 00000001 00000001")] // OPEN whose attributes end before their type
    [InlineData(4, "11 00000001 00000001 61 0000")] // STAT with half its flags
    [InlineData(4, "0E 00000001 00000001 64 80000000 05 FFFFFFFF")] // MKDIR, 4 G extended attributes
    [InlineData(4, "09 00000001 00000001 64 00000040 05 FFFFFFFF")] // SETSTAT, an access control list of 4 GiB
    [InlineData(4, "09 00000001 00000001 64 00000200 05 00000000")] // bits, which version 4 does not know
    [InlineData(5, "03 00000001 00000001 61 00000001 00000000 05")] // OPEN as in version 4
    [InlineData(5, "12 00000001 00000001 61 00000001 62")] // RENAME without flags
    [InlineData(5, "09 00000001 00000001 64 00000400 05 0000000000000000")] // allocation size
    [InlineData(6, "10 00000001 00000001 61 01 00000005 62")] // REALPATH, composed with what is not there
    [InlineData(6, "15 00000001 00000001 61 00000001 62")] // LINK of neither kind
    [InlineData(6, "16 00000001 00000000 0000000000000000")] // BLOCK cut short
    [InlineData(6, "09 00000001 00000001 64 00000200 05 00000000")] // bits without those that are valid
    public async Task T23_Malformed_requests_are_refused_and_the_session_goes_on(uint version, string hex)
    {
        await using var client = await BeginAsync(version);
        byte[] body = Golden.Bytes(hex);
        client.Pair.Send([0, 0, 0, (byte)body.Length, .. body]);
        Assert.Equal(SftpCode.BadMessage, Parse<Status>(await client.Pair.ReplyAsync()).Code);
        Assert.Equal(2, (await client.ListAsync("/")).Entries.Count);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task T13_Where_only_reading_is_allowed_nothing_that_changes_something_is_done(uint version)
    {
        await using (var writer = await BeginAsync(version))
        {
            await writer.MakeAsync("/a", "123");
        }

        await using var client = await TypedDialogue.BeginAsync(version, new ReadOnly(_files));
        Assert.Equal(SftpCode.WriteProtect, await client.SetAsync("/a", new() { Flags = TypedFlags.Size, Type = FileType.Unknown }));
        Assert.Equal(SftpCode.WriteProtect, await client.MakeDirectoryAsync("/d"));
        if (version >= 5)
        {
            Assert.Equal(SftpCode.WriteProtect, await client.CodeAsync(new RenameAs(1, Text("/a"), Text("/b"), RenameFlags.Overwrite)));
            for (uint flags = 0; flags < 64; flags++)
            {
                for (uint access = 0; access < 8; access++)
                {
                    byte[] reply = await client.Pair.AskAsync(new OpenFor<Attributes5>(1, Text("/a"), (DesiredAccess)access, (DispositionFlags)flags, Attributes5.Empty));
                    bool reads = (access & 6) == 0 && (flags & 0x1F) == (uint)DispositionFlags.OpenExisting;
                    Assert.Equal(reads, reply[0] == Handle.Number);
                }
            }
        }

        if (version == 6)
        {
            Assert.Equal(SftpCode.WriteProtect, await client.CodeAsync(new MakeLink(1, Text("/l"), Text("a"), IsSymbolic: true)));
            Assert.Equal(SftpCode.WriteProtect, await client.CodeAsync(new MakeLink(1, Text("/l"), Text("a"), IsSymbolic: false)));
        }

        Assert.Equal((3UL, 3), ((await client.StatAsync("/a")).Size, (await client.ListAsync("/")).Entries.Count));
    }

    [Theory]
    [InlineData(4, "0000000A 00000000", "00000001 00000000")]
    [InlineData(5, "00000000 00000001 00000000", "00000000 00000002 00000000")]
    [InlineData(6, "00000000 00000003 00000000", "00000000 00000002 00000000")]
    public async Task A_client_that_leaves_out_what_says_nothing_is_understood(uint version, string toWrite, string toRead)
    {
        await using var client = await BeginAsync(version);
        byte[] handle = Parse<Handle>(await AskAsync("03 00000001 00000002 2F61" + toWrite)).Value.ToArray(); // no access, no type
        Assert.Equal(SftpCode.Ok, (await client.Pair.WriteAsync(handle, 0, Text("123"))).Code);
        handle = Parse<Handle>(await AskAsync("03 00000001 00000002 2F61" + toRead)).Value.ToArray();
        Assert.Equal("123", await client.ReadAsync(handle, 0, 10));
        Assert.Equal(SftpCode.PermissionDenied, (await client.Pair.WriteAsync(handle, 0, Text("4"))).Code);
        Assert.Equal(SftpCode.Ok, Parse<Status>(await AskAsync("0E 00000001 00000002 2F64 00000000")).Code); // MKDIR, no type
        Assert.Equal(105, (await AskAsync("11 00000001 00000002 2F61"))[0]); // STAT, no flags
        Assert.Equal(105, (await AskAsync("07 00000001 00000002 2F64"))[0]);

        Task<byte[]> AskAsync(string hex)
        {
            byte[] body = Golden.Bytes(hex);
            client.Pair.Send([0, 0, 0, (byte)body.Length, .. body]);
            return client.Pair.ReplyAsync();
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Extensions_are_there_in_every_version(uint version)
    {
        await using var client = await BeginAsync(version);
        await client.MakeAsync("/a", "123");
        Assert.Equal(SftpCode.Ok, Parse<Status>(await client.Pair.ExtendedAsync("posix-rename@openssh.com", "/a", "/b")).Code);
        Assert.Equal("/", (await client.NameAsync(new Extended(1, Text("home-directory"), Fields("")))).Name);
        Assert.Equal("/x", (await client.NameAsync(new Extended(1, Text("expand-path@openssh.com"), Fields("~/x")))).Name);
        byte[] permissions = Golden.Bytes("00000004 01 00000180");
        byte[] lsetstat = [.. Fields("/b"), .. permissions];
        Assert.Equal(SftpCode.Ok, await client.CodeAsync(new Extended(1, Text("lsetstat@openssh.com"), lsetstat)));
        Assert.Equal(0x180u, (await client.StatAsync("/b")).Permissions);
        Assert.Equal(ExtendedReply.Number, (await client.Pair.ExtendedAsync("limits@openssh.com"))[0]);
    }

    private static OpenFor<Attributes6> Open6(string path, DesiredAccess access, uint flags) => new(1, Text(path), access, (DispositionFlags)flags, Attributes6.Empty);

    private Task<TypedDialogue> BeginAsync(uint version, SftpServerOptions? options = null) => TypedDialogue.BeginAsync(version, _files, options, _clock);
}
