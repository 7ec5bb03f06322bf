using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Tests.Files;

namespace Wharf.Tests.Client;

/// <summary>Whole files and trees between a disk of this machine and a source.</summary>
public sealed class RemoteTransferTests : IAsyncLifetime
{
    private readonly string _folder = TemporaryDirectory.Create();
    private readonly RemoteSource _source = new("memory:");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await TemporaryDirectory.Delete(_folder);
    }

    [Fact]
    public async Task A_file_goes_up_and_comes_down()
    {
        Write("a.txt", "one");
        var done = await _source.UploadAsync(At("a.txt"), "b.txt", cancellationToken: Token);
        Assert.Equal((1L, 3L), (done.Files, done.Bytes));
        await _source.UploadAsync(At("a.txt"), "new/dir/", new() { MakeDirectories = true }, cancellationToken: Token);
        await _source.UploadAsync(At("a.txt"), "", cancellationToken: Token);
        Assert.Equal(["a.txt", "b.txt", "new", "new/dir", "new/dir/a.txt"], await RemoteSite.NamesAsync(_source, recurse: true));

        await _source.DownloadAsync("b.txt", At("c.txt"), cancellationToken: Token);
        Assert.Equal("one", Read("c.txt"));
        Directory.CreateDirectory(At("sub"));
        await _source.DownloadAsync("b.txt", At("sub"), cancellationToken: Token);
        Assert.Equal("one", Read("sub/b.txt"));
        var stream = new MemoryStream();
        await _source.DownloadAsync("b.txt", stream, Token);
        Assert.Equal("one"u8.ToArray(), stream.ToArray());
    }

    [Fact]
    public async Task What_is_not_there_is_not_copied()
    {
        var failed = await Assert.ThrowsAsync<RemoteException>(() => _source.UploadAsync(At("none"), "x", cancellationToken: Token));
        Assert.Equal((RemoteError.NotFound, At("none")), (failed.Error, failed.Path));
        failed = await Assert.ThrowsAsync<RemoteException>(() => _source.DownloadAsync("none", At("x"), cancellationToken: Token));
        Assert.Equal((RemoteError.NotFound, "/none"), (failed.Error, failed.Path));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        await _source.UploadAsync(new MemoryStream("x"u8.ToArray()), "f", cancellationToken: Token);
        failed = await Assert.ThrowsAsync<RemoteException>(
            () => _source.UploadAsync(new MemoryStream(), "f", new() { Existing = Existing.Fail }, cancellationToken: Token));
        Assert.Equal(RemoteError.Exists, failed.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_stream_has_left_goes_up(bool seeks)
    {
        byte[] bytes = new byte[1_500_000];
        Random.Shared.NextBytes(bytes);
        var content = new MemoryStream(bytes) { Position = 10 };
        Stream stream = seeks ? content : new BufferedStream(new OneWayStream(content));
        var last = default(TransferProgress);
        var done = await _source.UploadAsync(stream, "f", new() { Verify = Verify.Hash }, new Recorder(progress => last = progress), Token);
        Assert.Equal((1L, bytes.Length - 10L, "SHA-256"), (done.Files, done.Bytes, done.VerifiedBy));
        Assert.True(last.IsDone);
        var copy = new MemoryStream();
        await _source.DownloadAsync("f", copy, Token);
        Assert.Equal(bytes[10..], copy.ToArray());
    }

    [Fact]
    public async Task A_tree_goes_up_and_comes_down_and_never_out_of_its_directory()
    {
        Write("site/index.html", "<p>");
        Write("site/css/a.css", "p{}");
        await _source.UploadAsync(At("site"), "www", cancellationToken: Token);
        Assert.Equal(["css", "css/a.css", "index.html"], await RemoteSite.NamesAsync(_source, "www", recurse: true));
        await _source.CreateSymbolicLinkAsync("www/out", _folder, Token);
        await _source.DownloadAsync("www", At("copy"), new() { FollowLinks = false }, cancellationToken: Token);
        Assert.Equal("p{}", Read("copy/css/a.css"));

        // The link is there now; a tree that has a directory of its name must not be written through it.
        await _source.DeleteAsync("www/out", cancellationToken: Token);
        await _source.UploadAsync(new MemoryStream("x"u8.ToArray()), "www/out/escaped", new() { MakeDirectories = true }, cancellationToken: Token);
        var failed = await Record.ExceptionAsync(() => _source.DownloadAsync("www", At("copy"), new() { FollowLinks = false }, cancellationToken: Token));
        Assert.False(File.Exists(At("escaped")), failed?.ToString());
    }

    [Fact]
    public async Task Sources_copy_to_each_other_and_within()
    {
        await using var other = new RemoteSource("memory:");
        await _source.UploadAsync(new MemoryStream("one"u8.ToArray()), "a/f", new() { MakeDirectories = true }, cancellationToken: Token);
        await _source.CopyAsync("a", other, "b", cancellationToken: Token);
        await _source.CopyAsync("a/f", other, "b/", cancellationToken: Token);
        await _source.CopyAsync("a/f", _source, "g", cancellationToken: Token);
        Assert.Equal(["b", "b/f"], await RemoteSite.NamesAsync(other, recurse: true));
        Assert.Equal(["a", "a/f", "g"], await RemoteSite.NamesAsync(_source, recurse: true));
    }

    [Theory]
    [InlineData(SyncDirection.Up)]
    [InlineData(SyncDirection.Down)]
    public async Task A_plan_says_what_it_will_do_survives_being_written_and_does_it(SyncDirection direction)
    {
        Write("site/new", "here");
        Write("site/sub/both", "here");
        await _source.CreateDirectoryAsync("www/sub", Token);
        await _source.UploadAsync(new MemoryStream("there!"u8.ToArray()), "www/sub/both", cancellationToken: Token);
        await _source.UploadAsync(new MemoryStream("there!"u8.ToArray()), "www/old", cancellationToken: Token);
        var written = new MemoryStream();
        await using (var plan = await _source.PlanSyncAsync(At("site"), "www", SyncMode.Mirror, new() { Direction = direction }, Token))
        {
            Assert.Equal((1L, 1L, 1L), (plan.Counts.Copied, plan.Counts.Updated, plan.Counts.Deleted));
            await plan.SaveAsync(written, Token);
        }

        written.Position = 0;
        await using var again = await SyncPlan.LoadAsync(written, Token);
        await _source.RunSyncAsync(again, cancellationToken: Token);
        string[] expected = direction == SyncDirection.Up ? ["new", "sub", "sub/both"] : ["old", "sub", "sub/both"];
        Assert.Equal(expected, await RemoteSite.NamesAsync(_source, "www", recurse: true));
        Assert.Equal(
            expected,
            Directory.GetFileSystemEntries(At("site"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(At("site"), path)).Order(StringComparer.Ordinal));
        Assert.Equal(direction == SyncDirection.Up ? "here" : "there!", Read("site/sub/both"));
        await using var nothing = await _source.PlanSyncAsync(At("site"), "www", SyncMode.Mirror, Token);
        Assert.True(nothing.Counts.IsEmpty);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Read(string name) => File.ReadAllText(At(name));

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    private sealed class Recorder(Action<TransferProgress> told) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => told(value);
    }

    private sealed class OneWayStream(Stream inner) : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);
    }
}
