using Wharf.Client;
using Wharf.Files;
using Wharf.Tests.Files;

namespace Wharf.Tests.Client;

/// <summary>Streams of a source over memory and disk. What they do over a network is in the end-to-end tests.</summary>
public sealed class RemoteStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(10_000_000)]
    public async Task What_is_written_and_completed_is_read_back(int length)
    {
        await using var source = new RemoteSource("memory:");
        byte[] bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        await using (var write = await source.OpenWriteAsync("f", cancellationToken: Token))
        {
            for (int at = 0; at < length; at += 70_001)
            {
                await write.WriteAsync(bytes.AsMemory(at, Math.Min(70_001, length - at)), Token);
            }

            Assert.Null(await source.StatAsync("f", cancellationToken: Token));
            await write.CompleteAsync(Token);
            Assert.Equal(length, write.Position);
        }

        await using var read = await source.OpenReadAsync("f", cancellationToken: Token);
        Assert.Equal(length, read.Length);
        var copy = new MemoryStream();
        await read.CopyToAsync(copy, Token);
        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact]
    public async Task A_write_stream_that_is_disposed_without_completing_leaves_what_was_there()
    {
        await using var source = new RemoteSource("memory:");
        await WriteAsync(source, "f", "old");
        await using (var write = await source.OpenWriteAsync("f", cancellationToken: Token))
        {
            await write.WriteAsync("new"u8.ToArray(), Token);
        }

        Assert.Equal("old", await ReadAsync(source, "f"));
        await using (var write = await source.OpenWriteAsync("g", cancellationToken: Token))
        {
            await write.WriteAsync("new"u8.ToArray(), Token);
        }

        Assert.False(await source.ExistsAsync("g", Token));
        Assert.Equal(["f"], await NamesAsync(source));
    }

    [Fact]
    public async Task A_file_that_must_not_be_replaced_is_not()
    {
        await using var source = new RemoteSource("memory:");
        await using var write = await source.OpenWriteAsync("f", new() { Replace = false }, Token);
        await write.WriteAsync("new"u8.ToArray(), Token);
        await WriteAsync(source, "f", "old");
        var refused = await Assert.ThrowsAsync<RemoteException>(() => write.CompleteAsync(Token));
        Assert.Equal(RemoteError.Exists, refused.Error);
        await write.DisposeAsync();
        Assert.Equal("old", await ReadAsync(source, "f"));
        await FailsAsync(RemoteError.Exists, async () => await source.OpenWriteAsync("f", new() { Replace = false }, Token));
    }

    [Fact]
    public async Task Appended_bytes_come_behind_what_is_there()
    {
        await using var source = new RemoteSource("memory:");
        await WriteAsync(source, "f", "one");
        await using (var write = await source.OpenWriteAsync("f", new() { Append = true }, Token))
        {
            await write.WriteAsync(" two"u8.ToArray(), Token);
            await write.CompleteAsync(Token);
        }

        Assert.Equal("one two", await ReadAsync(source, "f"));
    }

    [Fact]
    public async Task A_read_stream_seeks_and_begins_anywhere()
    {
        await using var source = new RemoteSource("memory:");
        await WriteAsync(source, "f", "0123456789");
        await using var read = await source.OpenReadAsync("f", 4, Token);
        byte[] buffer = new byte[3];
        Assert.Equal(3, await read.ReadAsync(buffer, Token));
        Assert.Equal("456"u8.ToArray(), buffer);
        read.Seek(-1, SeekOrigin.End);
        Assert.Equal(1, await read.ReadAsync(buffer, Token));
        Assert.Equal((byte)'9', buffer[0]);
        read.Position = 0;
        Assert.Equal(3, await read.ReadAsync(buffer, Token));
        Assert.Equal("012"u8.ToArray(), buffer);
        Assert.Equal(0, await read.ReadAsync(Memory<byte>.Empty, Token));
        read.Position = 100;
        Assert.Equal(0, await read.ReadAsync(buffer, Token));
        Assert.Throws<NotSupportedException>(() => read.Read(buffer, 0, 1));
    }

    [Fact]
    public async Task A_url_of_this_machine_is_its_disk()
    {
        string directory = TemporaryDirectory.Create();
        try
        {
            await using var source = new RemoteSource("file://" + directory);
            await WriteAsync(source, "f", "text");
            Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(directory, "f"), Token));
            Assert.Equal(["f"], await NamesAsync(source));
            await using (var given = await source.OpenWriteAsync("g", cancellationToken: Token))
            {
                await given.WriteAsync("x"u8.ToArray(), Token);
            }

            Assert.Single(Directory.GetFileSystemEntries(directory));
            Assert.Equal(directory + "/f", (await source.StatAsync("f", cancellationToken: Token))!.Value.Path);
        }
        finally
        {
            await TemporaryDirectory.Delete(directory);
        }
    }

    [Fact]
    public async Task What_fails_fails_as_the_one_exception()
    {
        await using var source = new RemoteSource("memory:");
        await WriteAsync(source, "f", "text");
        await FailsAsync(RemoteError.NotFound, async () => await source.OpenReadAsync("none", cancellationToken: Token));
        await FailsAsync(RemoteError.NotFound, async () => await source.OpenWriteAsync("none/f", cancellationToken: Token));
        await FailsAsync(RemoteError.BadName, async () => await source.StatAsync("a\0b", cancellationToken: Token));
        await FailsAsync(RemoteError.NotFound, async () => await NamesAsync(source, "none"));
        await FailsAsync(RemoteError.NotFound, async () => await NamesAsync(source, "f"));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await source.StatAsync("f", cancellationToken: new(canceled: true)));
        Assert.Throws<RemoteException>(() => new RemoteSource("nonsense"));
    }

    private static async Task FailsAsync(RemoteError error, Func<Task> call) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<RemoteException>(call)).Error);

    private static async Task WriteAsync(RemoteSource source, string path, string text)
    {
        await using var write = await source.OpenWriteAsync(path, cancellationToken: Token);
        await write.WriteAsync(FileNames.Encode(text), Token);
        await write.CompleteAsync(Token);
    }

    private static async Task<string> ReadAsync(RemoteSource source, string path)
    {
        await using var read = await source.OpenReadAsync(path, cancellationToken: Token);
        using var reader = new StreamReader(read);
        return await reader.ReadToEndAsync(Token);
    }

    private static async Task<string[]> NamesAsync(RemoteSource source, string path = "")
    {
        var names = new List<string>();
        await foreach (var entry in source.EnumerateAsync(path, new() { Recurse = true }, Token))
        {
            names.Add(entry.RelativePath);
        }

        return [.. names];
    }
}
