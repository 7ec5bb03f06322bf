using System.Buffers;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using static Wharf.Tests.Support.SftpPair;

namespace Wharf.Tests.Files.Layers;

/// <summary>Uploads over SFTP with the Atomic layer below.</summary>
public sealed class AtomicTests : IAsyncLifetime
{
    private const OpenFlags Anew = OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate;

    private readonly Memory _memory = new(new ManualClock(), 1 << 16);
    private readonly SftpPair _pair;

    public AtomicTests() => _pair = new(new Atomic(_memory));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _pair.BeginAsync();

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task An_upload_appears_when_it_is_closed()
    {
        byte[] handle = await _pair.OpenAsync("/a", Anew);
        await _pair.WriteAsync(handle, 0, Text("hello "));
        await _pair.WriteAsync(handle, 6, Text("world"));
        Assert.Null(await ContentAsync("/a"));
        Assert.Equal(2, (await _pair.ListAsync("/")).Entries.Count);
        Assert.Equal(SftpCode.NoSuchFile, (await _pair.StatusAsync(new Stat(1, Text("/a")))).Code);
        Assert.Equal(11UL, Parse<AttributesReply<Attributes>>(await _pair.AskAsync(new HandleStat(1, handle))).Attributes.Size);
        Assert.Equal(SftpCode.Ok, (await _pair.CloseAsync(handle)).Code);
        Assert.Equal("hello world", await ContentAsync("/a"));
    }

    [Fact]
    public async Task What_was_there_stays_until_then_and_for_ever_where_the_client_goes()
    {
        await PutAsync("/a", "old");
        byte[] handle = await _pair.OpenAsync("/a", Anew);
        await _pair.WriteAsync(handle, 0, Text("n"));
        Assert.Equal("old", await ContentAsync("/a"));
        await _pair.DisposeAsync();
        Assert.Equal("old", await ContentAsync("/a"));
    }

    [Fact]
    public async Task Writes_may_go_anywhere_in_the_new_content()
    {
        byte[] handle = await _pair.OpenAsync("/a", Anew);
        await _pair.WriteAsync(handle, 3, Text("lo"));
        await _pair.WriteAsync(handle, 0, Text("hel"));
        Assert.Equal(SftpCode.Ok, (await _pair.CloseAsync(handle)).Code);
        Assert.Equal("hello", await ContentAsync("/a"));
    }

    [Fact]
    public async Task A_content_that_lacks_a_write_does_not_appear()
    {
        await PutAsync("/a", "old");
        byte[] handle = await _pair.OpenAsync("/a", Anew);
        Assert.Equal(SftpCode.Ok, (await _pair.WriteAsync(handle, 0, new byte[1000])).Code);
        Assert.Equal(SftpCode.Failure, (await _pair.WriteAsync(handle, 1000, new byte[100_000])).Code);
        Assert.Equal(SftpCode.Ok, (await _pair.WriteAsync(handle, 1000, new byte[1])).Code);
        var closed = await _pair.CloseAsync(handle);
        Assert.Equal((SftpCode.Failure, "No space left on the disk."), (closed.Code, closed.Text));
        Assert.Equal("old", await ContentAsync("/a"));
        Assert.Equal(0, _pair.Session.Handles.Count);
    }

    [Theory]
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Create))] // goes on with what is there
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Create | OpenFlags.Append))]
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.Append))]
    [InlineData((uint)(OpenFlags.Read | OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate))] // reads what others wrote
    [InlineData((uint)(OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive))] // wants the name at once
    public async Task Everything_else_is_written_in_place(uint flags)
    {
        byte[] handle = await _pair.OpenAsync("/a", (OpenFlags)flags);
        await _pair.WriteAsync(handle, 0, Text("now"));
        Assert.Equal("now", await ContentAsync("/a"));
    }

    [Fact]
    public async Task On_a_disk_nothing_is_left_beside_and_a_mode_stays()
    {
        string directory = TemporaryDirectory.Create();
        try
        {
            using var disk = new LocalDisk(directory);
            await using var pair = new SftpPair(new Atomic(disk));
            await pair.BeginAsync();
            byte[] handle = await pair.OpenAsync("/a", Anew, new(AttributeFlags.Permissions, 0, 0, 0, 0x180, 0, 0, default));
            await pair.WriteAsync(handle, 0, Text("one"));
            await pair.CloseAsync(handle);
            handle = await pair.OpenAsync("/a", Anew);
            await pair.WriteAsync(handle, 0, Text("two"));
            Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(directory, "a"), Cancel));
            await pair.CloseAsync(handle);
            Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(directory, "a"), Cancel));
            Assert.Equal(["a"], Directory.EnumerateFileSystemEntries(directory).Select(Path.GetFileName));
            Assert.Equal(0x8180u, Parse<AttributesReply<Attributes>>(await pair.AskAsync(new Stat(1, Text("/a")))).Attributes.Permissions);
        }
        finally
        {
            await TemporaryDirectory.Delete(directory);
        }
    }

    private async Task PutAsync(string path, string content)
    {
        await using var file = await _memory.OpenAsync(VirtualPath.Parse(path), new(FileAccess.Write, FileCreation.Truncate), Cancel);
        await file.WriteAsync(0, new ReadOnlySequence<byte>(Text(content)), Cancel);
    }

    private async Task<string?> ContentAsync(string path)
    {
        if (await _memory.StatAsync(VirtualPath.Parse(path), LinkHandling.Follow, Cancel) is null)
        {
            return null;
        }

        await using var file = await _memory.OpenAsync(VirtualPath.Parse(path), OpenMode.Read, Cancel);
        byte[] content = new byte[1000];
        return Text(content.AsMemory(0, await file.ReadAsync(0, content, Cancel)));
    }
}
