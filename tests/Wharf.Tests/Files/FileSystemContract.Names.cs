using Wharf.Files;

namespace Wharf.Tests.Files;

/// <summary>Names, links, and the replacement of a file in one step.</summary>
public abstract partial class FileSystemContract
{
    // Names

    [Theory]
    [InlineData("612062")] // a b
    [InlineData("2D7266")] // -rf
    [InlineData("C3A4E282ACF09F9A80")]
    [InlineData("61CC88")] // a and a combining diaeresis: not the same name as the composed letter
    [InlineData("FF")]
    [InlineData("61FEFF80F0908D62")]
    [InlineData("EDB280")] // a surrogate in UTF-8, which is none
    [InlineData("610A62")]
    [InlineData("610D62")]
    [InlineData("5C2E2E5C")] // \..\
    [InlineData("2E2E2E")]
    [InlineData("01027F")]
    [InlineData("2A3F5B5D7B7D7E24603B7C26")]
    public async Task Any_name_comes_back_as_it_went_in(string hex)
    {
        var name = FileNames.Decode(Convert.FromHexString(hex));
        if (!TakesName(name))
        {
            await Fails(FileError.BadName, () => Put("/" + name, ""));
            return;
        }

        var path = VirtualPath.Root.Append(name);
        await using (var file = await Files.OpenAsync(path, OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, Bytes("x"), Cancel);
            await file.CommitAsync(replace: false, durable: false, Cancel);
        }

        Assert.Equal([name], await List("/"));
        Assert.Equal(name, (await Files.StatAsync(path, LinkHandling.Self, Cancel))!.Name);
        Assert.Equal("x", await Get(path.Value));
        await Files.RenameAsync(path, At("/plain"), replace: false, Cancel);
        await Files.RenameAsync(At("/plain"), path, replace: false, Cancel);
        await Files.RemoveFileAsync(path, Cancel);
        await Files.MakeDirectoryAsync(path, null, Cancel);
        await Put(path.Append(name).Value, "y");
        Assert.Equal([name], await List(path.Value));
    }

    [Fact]
    public async Task A_name_of_255_bytes_is_taken_and_one_of_256_refused()
    {
        string longest = new string('x', 253) + "ä", longer = longest + "x";
        await Put("/" + longest, "hello");
        await using (var file = await Files.OpenAsync(At("/" + longest), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, Bytes("new"), Cancel);
            await file.CommitAsync(replace: true, durable: false, Cancel);
        }

        Assert.Equal("new", await Get("/" + longest));
        Assert.Equal([longest], await List("/"));
        await Fails(FileError.NameTooLong, () => Put("/" + longer, ""));
        await Fails(FileError.NameTooLong, () => MakeDirectory("/" + longer));
        await Fails(FileError.NameTooLong, () => Rename("/" + longest, "/" + longer));
    }

    [Fact]
    public async Task A_surrogate_that_stands_for_no_byte_is_no_name()
    {
        await Fails(FileError.BadName, () => Put("/a\uD800b", ""));
        await Fails(FileError.BadName, () => MakeDirectory("/a\uDC7Fb"));
    }

    [Fact]
    public async Task T10_names_that_only_look_alike_are_different()
    {
        string[] names = [.. new[] { "A", "\u00E4", "a\u0308", "a", "a ", "a.", "a\\b", "\uFF0E\uFF0E" }.Where(TakesName)];
        foreach (var name in names)
        {
            await Put("/" + name, name);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), await List("/"));
        foreach (var name in names)
        {
            Assert.Equal(name, await Get("/" + name));
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../..")]
    [InlineData("/..")]
    [InlineData("d/../../..")]
    [InlineData("./.././/..//")]
    public async Task T10_no_words_lead_above_the_root(string text)
    {
        await MakeDirectory("/d");
        await Put("/here", "");
        var names = new List<string>();
        await foreach (var entry in Files.ListAsync(VirtualPath.Root.Resolve(text), EntryDetail.Names, Cancel))
        {
            names.Add(entry.Name);
        }

        Assert.Equal(["d", "here"], names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/..%2f..%2fetc")]
    [InlineData("/..\\..\\etc")]
    [InlineData("/\u2025\u2025")]
    [InlineData("/\uDCC0\uDCAE\uDCC0\uDCAE\uDCC0\uDCAF")] // an overlong "../"
    public async Task T10_what_only_looks_like_a_way_up_is_a_name(string path)
    {
        if (!TakesName(path[1..]))
        {
            await Fails(FileError.BadName, () => Put(path, ""));
            return;
        }

        Assert.Null(await Stat(path));
        await Put(path, "");
        Assert.Equal([path[1..]], await List("/"));
    }

    // Links

    [Fact]
    public async Task A_link_keeps_its_text_byte_for_byte_and_may_dangle()
    {
        Needs(Abilities.SymbolicLinks);
        foreach (var text in (string[])["../x//y/./z/", "/abs", "a\\b c", TakesName("\uDCFF") ? "\uDCFF\uDC80" : "x"])
        {
            await MakeLink("/link", text);
            Assert.Equal(text, await Files.ReadLinkAsync(At("/link"), Cancel));
            Assert.Equal(EntryKind.Link, (await Stat("/link", LinkHandling.Self))!.Kind);
            await Files.RemoveFileAsync(At("/link"), Cancel);
        }

        await MakeLink("/link", "nowhere");
        Assert.Null(await Stat("/link"));
        await Fails(FileError.Exists, () => MakeLink("/link", "x"));
        await Fails(FileError.Exists, () => MakeLink("/", "x"));
        await Fails(FileError.Exists, () => MakeDirectory("/link"));
        await Fails(FileError.Exists, () => Files.OpenAsync(At("/link"), new(FileAccess.Write, FileCreation.CreateNew), Cancel));
        await Fails(FileError.Invalid, () => MakeLink("/other", ""));
        await Fails(FileError.BadName, () => MakeLink("/other", "a\0b"));
        await Fails(FileError.Invalid, () => Files.ReadLinkAsync(At("/"), Cancel));
        await Fails(FileError.NotFound, () => Files.ReadLinkAsync(At("/nothing"), Cancel));
    }

    [Fact]
    public async Task Relative_links_that_stay_inside_are_followed_in_every_place()
    {
        Needs(Abilities.SymbolicLinks);
        await MakeDirectory("/a");
        await MakeDirectory("/a/b");
        await MakeDirectory("/c");
        await Put("/c/file", "hello");
        await MakeLink("/a/b/up", "../../c");
        await MakeLink("/a/down", "b/up/./file");
        await MakeLink("/c/again", "../a/b/up/../a/down");
        Assert.Equal("hello", await Get("/a/b/up/file"));
        Assert.Equal("hello", await Get("/a/down"));
        Assert.Equal("hello", await Get("/a/b/up/again"));
        Assert.Equal(["again", "file"], await List("/a/b/up"));
    }

    [Fact]
    public async Task An_absolute_link_is_read_from_the_root_of_this_file_system()
    {
        Needs(Abilities.SymbolicLinks);
        await MakeDirectory("/a");
        await MakeDirectory("/c");
        await Put("/c/file", "hello");
        await MakeLink("/a/abs", "/c");
        await MakeLink("/a/file", "/c/file");
        await MakeLink("/a/root", "/");
        await MakeLink("/a/dot", "/.");
        await MakeLink("/a/chain", "abs/../a/file");
        Assert.Equal("hello", await Get("/a/abs/file"));
        Assert.Equal("hello", await Get("/a/file"));
        Assert.Equal("hello", await Get("/a/root/a/abs/file"));
        Assert.Equal("hello", await Get("/a/chain"));
        Assert.Equal(["a", "c"], await List("/a/root"));
        Assert.Equal(["a", "c"], await List("/a/dot"));
        await MakeDirectory("/a/abs/made");
        await Put("/a/abs/put", "x");
        await Rename("/a/abs/put", "/a/root/moved");
        Assert.Equal("x", await Get("/moved"));
        Assert.True((await Stat("/c/made"))!.IsDirectory);
        await Files.RemoveDirectoryAsync(At("/a/abs/made"), Cancel);
        Assert.Null(await Stat("/c/made"));
        await Fails(FileError.IsDirectory, () => Files.OpenAsync(At("/a/root"), OpenMode.Replace, Cancel));
    }

    [Fact]
    public async Task T12_a_link_that_leads_out_is_refused_wherever_it_stands()
    {
        Needs(Abilities.SymbolicLinks);
        Needs(Tells.Loops);
        await MakeDirectory("/a");
        await MakeLink("/a/out", "../..");
        await MakeLink("/a/far", "../../../../../../../../etc/passwd");
        await MakeLink("/a/sly", "../a/./../../etc");
        await MakeLink("/a/abs", "/../etc");
        foreach (var path in (string[])["/a/out", "/a/far", "/a/sly", "/a/abs"])
        {
            await Fails(FileError.LinkLoop, () => Files.StatAsync(At(path), LinkHandling.Follow, Cancel));
            await Fails(FileError.LinkLoop, () => Files.StatAsync(At(path + "/x"), LinkHandling.Self, Cancel));
            await Fails(FileError.LinkLoop, () => List(path));
            await Fails(FileError.LinkLoop, () => Files.OpenAsync(At(path), OpenMode.Read, Cancel));
            await Fails(FileError.LinkLoop, () => Files.OpenAsync(At(path), OpenMode.Replace, Cancel));
            await Fails(FileError.LinkLoop, () => Files.OpenAsync(At(path + "/x"), OpenMode.Replace, Cancel));
            await Fails(FileError.LinkLoop, () => MakeDirectory(path + "/x"));
            await Fails(FileError.LinkLoop, () => Files.RemoveFileAsync(At(path + "/x"), Cancel));
            await Fails(FileError.LinkLoop, () => Files.RemoveDirectoryAsync(At(path + "/x"), Cancel));
            await Fails(FileError.LinkLoop, () => Rename(path + "/x", "/y"));
            await Fails(FileError.LinkLoop, () => Rename("/a", path + "/x"));
            await Fails(FileError.LinkLoop, () => MakeLink(path + "/x", "y"));
            await Fails(FileError.LinkLoop, () => Files.ChangeAsync(At(path), new() { Modified = DateTime.UnixEpoch }, LinkHandling.Follow, Cancel));
            Assert.Equal(EntryKind.Link, (await Stat(path, LinkHandling.Self))!.Kind);
        }
    }

    [Fact]
    public async Task T12_an_absolute_link_to_a_directory_of_the_machine_finds_nothing_of_it()
    {
        Needs(Abilities.SymbolicLinks);
        await MakeLink("/etc-link", "/etc");
        await MakeLink("/proc-link", "/proc/self/root/etc/passwd");
        await MakeLink("/passwd", "/etc/passwd");
        Assert.Null(await Stat("/etc-link"));
        Assert.Null(await Stat("/proc-link"));
        await Fails(FileError.NotFound, () => Get("/passwd"));
        await Fails(FileError.NotFound, () => Files.OpenAsync(At("/passwd"), OpenMode.Replace, Cancel));
        await MakeDirectory("/etc");
        await Put("/etc/passwd", "ours");
        Assert.Equal("ours", await Get("/passwd"));
    }

    [Fact]
    public async Task Links_in_a_circle_end()
    {
        Needs(Abilities.SymbolicLinks);
        Needs(Tells.Loops);
        await MakeLink("/a", "b");
        await MakeLink("/b", "a");
        await MakeLink("/self", "self/x");
        await MakeLink("/abs", "/abs/x");
        foreach (var path in (string[])["/a", "/a/x", "/self", "/abs", "/abs/y"])
        {
            await Fails(FileError.LinkLoop, () => Files.StatAsync(At(path), LinkHandling.Follow, Cancel));
            await Fails(FileError.LinkLoop, () => Files.OpenAsync(At(path), OpenMode.Replace, Cancel));
        }

        await Files.RemoveFileAsync(At("/a"), Cancel);
        Assert.Null(await Stat("/a", LinkHandling.Self));
    }

    [Fact]
    public async Task Removing_a_link_leaves_what_it_points_to()
    {
        Needs(Abilities.SymbolicLinks);
        await MakeDirectory("/d");
        await Put("/d/file", "x");
        await MakeLink("/link", "d");
        await Fails(FileError.NotDirectory, () => Files.RemoveDirectoryAsync(At("/link"), Cancel));
        await Files.RemoveFileAsync(At("/link"), Cancel);
        Assert.Equal("x", await Get("/d/file"));
    }

    [Fact]
    public async Task Making_a_file_through_a_dangling_link_makes_what_it_points_to()
    {
        Needs(Abilities.SymbolicLinks);
        await MakeDirectory("/d");
        await MakeLink("/rel", "d/one");
        await MakeLink("/abs", "/d/two");
        await Put("/rel", "1");
        await Put("/abs", "2");
        Assert.Equal(("1", "2"), (await Get("/d/one"), await Get("/d/two")));
    }

    [Fact]
    public async Task A_hard_link_is_to_a_regular_file_only()
    {
        await Put("/file", "x");
        if (!Files.Abilities.HasFlag(Abilities.HardLinks))
        {
            await Fails(FileError.NotSupported, () => Files.MakeLinkAsync(At("/hard"), "/file", LinkKind.Hard, Cancel));
            return;
        }

        await MakeDirectory("/d");
        await MakeLink("/link", "file");
        await Files.MakeLinkAsync(At("/d/hard"), "/file", LinkKind.Hard, Cancel);
        await Put("/d/hard", "changed");
        Assert.Equal("changed", await Get("/file"));
        await Fails(FileError.IsDirectory, () => Files.MakeLinkAsync(At("/x"), "/d", LinkKind.Hard, Cancel));
        await Fails(FileError.NotRegular, () => Files.MakeLinkAsync(At("/x"), "/link", LinkKind.Hard, Cancel));
        await Fails(FileError.NotFound, () => Files.MakeLinkAsync(At("/x"), "/nothing", LinkKind.Hard, Cancel));
        await Fails(FileError.Exists, () => Files.MakeLinkAsync(At("/link"), "/file", LinkKind.Hard, Cancel));
        await Files.RemoveFileAsync(At("/file"), Cancel);
        Assert.Equal("changed", await Get("/d/hard"));
    }

    // Replacement

    [Fact]
    public async Task A_replacement_appears_at_its_commit_and_not_before()
    {
        await Put("/file", "old");
        await using (var file = await Files.OpenAsync(At("/file"), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, Bytes("new content"), Cancel);
            Assert.Equal(("old", 11L), (await Get("/file"), (await file.StatAsync(Cancel)).Length));
            if (Tells.HasFlag(Tells.Nameless))
            {
                Assert.Equal(["file"], await List("/"));
            }

            await file.CommitAsync(replace: true, durable: true, Cancel);
            Assert.Equal("new content", await Get("/file"));
            await file.CommitAsync(replace: true, durable: false, Cancel);
        }

        Assert.Equal("new content", await Get("/file"));
        Assert.Equal(["file"], await List("/"));
    }

    [Fact]
    public async Task A_replacement_that_is_not_committed_leaves_everything_as_it_was()
    {
        await Put("/file", "old");
        await using (var file = await Files.OpenAsync(At("/file"), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, Bytes("new"), Cancel);
        }

        await using (var file = await Files.OpenAsync(At("/fresh"), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, Bytes("new"), Cancel);
            Assert.Null(await Stat("/fresh"));
        }

        Assert.Equal("old", await Get("/file"));
        await Tidied(1);
        Assert.Equal(["file"], await List("/"));
    }

    [Fact]
    public async Task A_commit_that_must_not_replace_refuses_and_leaves_what_is_there()
    {
        await using (var file = await Files.OpenAsync(At("/file"), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, Bytes("second"), Cancel);
            await Put("/file", "first");
            await Fails(FileError.Exists, () => file.CommitAsync(replace: false, durable: false, Cancel));
            Assert.Equal("first", await Get("/file"));
        }

        Assert.Equal("first", await Get("/file"));
        await Tidied(1);
        Assert.Equal(["file"], await List("/"));
    }

    [Fact]
    public async Task Two_replacements_of_one_name_are_both_whole_and_the_last_commit_stays()
    {
        await using (var one = await Files.OpenAsync(At("/file"), OpenMode.Replace, Cancel))
        await using (var two = await Files.OpenAsync(At("/file"), OpenMode.Replace, Cancel))
        {
            await one.WriteAsync(0, Bytes("one"), Cancel);
            await two.WriteAsync(0, Bytes("twotwo"), Cancel);
            await two.CommitAsync(replace: true, durable: false, Cancel);
            Assert.Equal("twotwo", await Get("/file"));
            await one.CommitAsync(replace: true, durable: false, Cancel);
        }

        Assert.Equal("one", await Get("/file"));
        Assert.Equal(["file"], await List("/"));
    }

    [Fact]
    public async Task A_replaced_file_keeps_its_mode()
    {
        Needs(Abilities.Modes);
        await Put("/file", "old");
        await Files.ChangeAsync(At("/file"), new() { Mode = 0x1E8 }, LinkHandling.Follow, Cancel);
        await Replace("/file", "new");
        Assert.Equal(0x1E8, (await Stat("/file"))!.Mode);
    }

    [Fact]
    public async Task Attributes_set_on_a_replacement_are_those_it_has_afterwards()
    {
        Needs(Abilities.Modes | Abilities.Times);
        var time = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        await Put("/file", "old");
        await using (var file = await Files.OpenAsync(At("/file"), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, Bytes("new"), Cancel);
            await file.ChangeAsync(new() { Mode = 0x180, Modified = time }, Cancel);
            await file.CommitAsync(replace: true, durable: false, Cancel);
        }

        var entry = await Stat("/file");
        Assert.Equal((0x180, time), (entry!.Mode, entry.Modified));
    }

    [Fact]
    public async Task A_replacement_through_a_link_replaces_what_it_points_to()
    {
        Needs(Abilities.SymbolicLinks);
        await MakeDirectory("/d");
        await Put("/d/file", "old");
        await MakeLink("/rel", "d/file");
        await MakeLink("/d/abs", "/rel");
        await MakeLink("/dangling", "d/fresh");
        await Replace("/rel", "1");
        Assert.Equal("1", await Get("/d/file"));
        await Replace("/d/abs", "2");
        Assert.Equal("2", await Get("/d/file"));
        await Replace("/dangling", "3");
        Assert.Equal("3", await Get("/d/fresh"));
        foreach (var link in (string[])["/rel", "/d/abs", "/dangling"])
        {
            Assert.Equal(EntryKind.Link, (await Stat(link, LinkHandling.Self))!.Kind);
        }

        Assert.Equal(["abs", "file", "fresh"], await List("/d"));
    }

    [Fact]
    public async Task A_replacement_whose_directory_is_gone_fails_at_its_commit()
    {
        await MakeDirectory("/d");
        await using var file = await Files.OpenAsync(At("/d/file"), new(FileAccess.Write, FileCreation.Replace), Cancel);

        // Where the new content has a hidden name, that keeps its directory.
        if (await TryRemove("/d"))
        {
            await Fails(FileError.NotFound, () => file.CommitAsync(replace: true, durable: false, Cancel));
        }
    }

    [Fact]
    public async Task A_replacement_can_be_read_back_before_its_commit()
    {
        Needs(Abilities.RandomWrites);
        await using var file = await Files.OpenAsync(At("/file"), new(FileAccess.ReadWrite, FileCreation.Replace), Cancel);
        await file.WriteAsync(3, Bytes("abc"), Cancel);
        var buffer = new byte[10];
        Assert.Equal(6, await file.ReadAsync(0, buffer, Cancel));
        Assert.Equal("\0\0\0abc"u8.ToArray(), buffer[..6]);
    }

    protected async Task Replace(string path, string content)
    {
        await using var file = await Files.OpenAsync(At(path), OpenMode.Replace, Cancel);
        await file.WriteAsync(0, Bytes(content), Cancel);
        await file.CommitAsync(replace: true, durable: false, Cancel);
    }

    private async Task<bool> TryRemove(string path)
    {
        try
        {
            await Files.RemoveDirectoryAsync(At(path), Cancel);
            return true;
        }
        catch (FileException e) when (e.Error == FileError.NotEmpty)
        {
            return false;
        }
    }
}
