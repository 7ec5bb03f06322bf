using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Tests.Client.Transfers;

/// <summary>What tests of transfers say often.</summary>
internal static class Ends
{
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TransferEngine Engine() => new(TimeProvider.System, NullLogger.Instance);

    public static FilePlace At(this IFileSystem files, string path) => new(files, VirtualPath.Parse(path));

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static async Task PutAsync(this IFileSystem files, string path, byte[] content, DateTime? modified = null)
    {
        var place = VirtualPath.Parse(path);
        await MakeAsync(files, place.Parent);
        await using var file = await files.OpenAsync(place, new(FileAccess.Write, FileCreation.Truncate), Cancel);
        await file.WriteAsync(0, new(content), Cancel);
        if (modified is { } time)
        {
            await file.ChangeAsync(new() { Modified = time }, Cancel);
        }
    }

    public static async Task<byte[]> GetAsync(this IFileSystem files, string path)
    {
        await using var file = await files.OpenAsync(VirtualPath.Parse(path), OpenMode.Read, Cancel);
        var bytes = new byte[(await file.StatAsync(Cancel)).Length];
        Assert.Equal(bytes.Length, await file.ReadAsync(0, bytes, Cancel));
        return bytes;
    }

    public static async Task MakeAsync(this IFileSystem files, VirtualPath path)
    {
        if (!path.IsRoot && await files.StatAsync(path, LinkHandling.Follow, Cancel) is null)
        {
            await MakeAsync(files, path.Parent);
            await files.MakeDirectoryAsync(path, null, Cancel);
        }
    }

    /// <summary>All names below a directory, with a "/" behind directories, in order.</summary>
    public static async Task<string[]> NamesAsync(this IFileSystem files, string path = "/")
    {
        var names = new List<string>();
        await foreach (var found in Engine().EnumerateAsync(files.At(path), new() { Recurse = true }, Cancel))
        {
            names.Add(found.RelativePath + (found.Entry.IsDirectory ? "/" : ""));
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    public static void Same(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual), $"{expected.Length} and {actual.Length} bytes differ");

    public static Memory Memory() => new(TimeProvider.System);
}
