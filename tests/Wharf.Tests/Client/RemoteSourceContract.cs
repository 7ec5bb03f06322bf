using System.Security.Cryptography;
using System.Text;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Tests.Client;

/// <summary>A source on something: every call that a program makes.</summary>
public abstract class RemoteSourceContract : IAsyncLifetime
{
    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What the sources are on.</summary>
    private protected abstract IFileSystem Storage { get; }

    /// <summary>A source at a path, "/" first.</summary>
    private protected abstract RemoteSource Open(string path, int connections = 3);

    public ValueTask InitializeAsync() => default;

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task A_program_writes_lists_reads_renames_and_removes()
    {
        await using var source = Open("/work");
        await source.CreateDirectoryAsync("", Token);
        await source.CreateDirectoryAsync("a/b/c", Token);
        await source.CreateDirectoryAsync("a/b/c", Token);
        await WriteAsync(source, "a/b/f.txt", "one");
        await WriteAsync(source, "/top.txt", "two");
        Assert.Equal(["a", "a/b", "a/b/c", "a/b/f.txt"], await RemoteSite.NamesAsync(source, recurse: true));
        Assert.Equal(["top.txt", "work"], await RemoteSite.NamesAsync(source, "/"));

        var entry = (await source.StatAsync("a/b/f.txt", cancellationToken: Token))!.Value;
        Assert.Equal(("/work/a/b/f.txt", "f.txt", 3L, true), (entry.Path, entry.Name, entry.Length, entry.IsFile));
        Assert.Equal("one", await ReadAsync(source, entry.Path));

        await source.MoveAsync("a/b/f.txt", "a/g.txt", cancellationToken: Token);
        Assert.False(await source.ExistsAsync("a/b/f.txt", Token));
        await FailsAsync(RemoteError.Exists, "a", () => source.DeleteAsync("a", cancellationToken: Token));
        await source.DeleteAsync("a/g.txt", cancellationToken: Token);
        await source.DeleteAsync("a", recursive: true, Token);
        Assert.Empty(await RemoteSite.NamesAsync(source));
        await FailsAsync(RemoteError.NotFound, "a", () => source.DeleteAsync("a", cancellationToken: Token));
        await FailsAsync(RemoteError.NotFound, "none", async () => await source.OpenReadAsync("none", cancellationToken: Token));
        await FailsAsync(RemoteError.Denied, "/", () => source.DeleteAsync("/", recursive: true, Token));

        var facts = await source.FactsAsync(Token);
        Assert.Equal(VirtualPath.Root, facts.Home);
        Assert.NotEmpty(facts.Software);
        await WriteAsync(source, "h", "hash me");
        Assert.Equal(SHA256.HashData("hash me"u8), await source.HashAsync("h", cancellationToken: Token));
        await source.ChangeAsync("h", new() { Modified = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc), Mode = 0x180 }, cancellationToken: Token);
        entry = (await source.StatAsync("h", cancellationToken: Token))!.Value;
        Assert.Equal((new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero), 0x180), (entry.Modified, entry.Mode));
        await FailsAsync(RemoteError.NotSupported, "h", () => source.HashAsync("h", "ROT-13", Token));
    }

    [Fact]
    public async Task A_hundred_calls_at_once_share_a_few_connections()
    {
        await using var source = Open("/");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            await WriteAsync(source, $"f{i}", $"content {i}");
            Assert.Equal($"content {i}", await ReadAsync(source, $"f{i}"));
            Assert.NotNull(await source.StatAsync($"f{i}", cancellationToken: Token));
        }));
        Assert.Equal(100, (await RemoteSite.NamesAsync(source)).Length);
    }

    [Fact]
    public async Task A_write_stream_that_is_given_up_leaves_nothing_on_the_server()
    {
        await using var source = Open("/");
        byte[] bytes = RandomNumberGenerator.GetBytes(3_000_000);
        await using (var write = await source.OpenWriteAsync("f", cancellationToken: Token))
        {
            await write.WriteAsync(bytes, Token);
        }

        Assert.Empty(await NamesOnDiskAsync());
        await using (var write = await source.OpenWriteAsync("f", cancellationToken: Token))
        {
            await write.WriteAsync(bytes, Token);
            await write.CompleteAsync(Token);
        }

        Assert.Equal(["f"], await NamesOnDiskAsync());
        await using var read = await source.OpenReadAsync("f", 1_000_000, Token);
        var rest = new MemoryStream();
        await read.CopyToAsync(rest, Token);
        Assert.Equal(bytes[1_000_000..], rest.ToArray());
        read.Position = 5;
        byte[] some = new byte[1000];
        await read.ReadExactlyAsync(some, Token);
        Assert.Equal(bytes[5..1005], some);
        read.Seek(-10, SeekOrigin.End);
        Assert.Equal(10, await read.ReadAtLeastAsync(some, 1000, throwOnEndOfStream: false, Token));
        Assert.Equal(bytes[^10..], some[..10]);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_and_the_next_one_goes_well()
    {
        await using var source = Open("/");
        await Storage.WriteAsync("/big", 30_000_000);
        for (int i = 0; i < 5; i++)
        {
            using var cancel = new CancellationTokenSource();
            await using var read = await source.OpenReadAsync("big", cancellationToken: Token);
            var copying = read.CopyToAsync(new CancellingStream(cancel, after: 1_000_000 * (i + 1)), cancel.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.WaitAsync(TimeSpan.FromSeconds(20), Token));
        }

        await using var whole = await source.OpenReadAsync("big", cancellationToken: Token);
        var copy = new MemoryStream();
        await whole.CopyToAsync(copy, Token);
        Assert.Equal(30_000_000, copy.Length);
    }

    [Fact]
    public async Task A_destination_that_fails_fails_as_itself()
    {
        await using var source = Open("/");
        await Storage.WriteAsync("/big", 3_000_000);
        await using var read = await source.OpenReadAsync("big", cancellationToken: Token);
        var failure = new InvalidOperationException("mine");
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => read.CopyToAsync(new FailingStream(failure), Token)));
        var disk = new IOException("mine too");
        Assert.Same(disk, await Assert.ThrowsAsync<IOException>(() => read.CopyToAsync(new FailingStream(disk), Token)));
    }

    private async Task<string[]> NamesOnDiskAsync()
    {
        var names = new List<string>();
        await foreach (var entry in Storage.ListAsync(VirtualPath.Root, EntryDetail.Names, Token))
        {
            names.Add(entry.Name);
        }

        return [.. names];
    }

    private static async Task FailsAsync(RemoteError error, string about, Func<Task> call)
    {
        var failed = await Assert.ThrowsAsync<RemoteException>(call);
        Assert.Equal(error, failed.Error);
        Assert.EndsWith(about, failed.Path, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(RemoteSource source, string path, string text)
    {
        await using var write = await source.OpenWriteAsync(path, cancellationToken: Token);
        await write.WriteAsync(Encoding.UTF8.GetBytes(text), Token);
        await write.CompleteAsync(Token);
    }

    private static async Task<string> ReadAsync(RemoteSource source, string path)
    {
        await using var read = await source.OpenReadAsync(path, cancellationToken: Token);
        using var reader = new StreamReader(read);
        return await reader.ReadToEndAsync(Token);
    }
}
