using Wharf.Files;

namespace Wharf.Tests.Client;

/// <summary>Takes bytes, and cancels somebody when it has had enough.</summary>
internal sealed class CancellingStream(CancellationTokenSource cancels, long after) : MemoryStream
{
    private long _taken;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _taken += buffer.Length;
        if (_taken >= after)
        {
            await cancels.CancelAsync();
        }
    }
}

/// <summary>Fails.</summary>
internal sealed class FailingStream(Exception failure) : MemoryStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromException(failure);
}

internal static class FilesOfTests
{
    /// <summary>Puts a file of zeros there.</summary>
    public static async Task WriteAsync(this IFileSystem files, string path, int length)
    {
        await using var file = await files.OpenAsync(
            VirtualPath.Parse(path), new OpenMode(FileAccess.Write, FileCreation.Truncate), TestContext.Current.CancellationToken);
        await file.WriteAsync(0, new(new byte[length]), TestContext.Current.CancellationToken);
    }
}
