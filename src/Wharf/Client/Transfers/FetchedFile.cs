using System.Buffers;
using System.Security.Cryptography;
using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Client.Transfers;

/// <summary>A remote file's content, fetched whole: in memory while it is short, else in a file of this machine that goes with it.</summary>
internal sealed class FetchedFile : IFile
{
    /// <summary>A longer one lies in a file.</summary>
    public const int MostInMemory = 1024 * 1024;

    private readonly IFileSystem _place;
    private readonly VirtualPath _path;
    private readonly IFile _content;
    private readonly Entry _entry;

    private FetchedFile(IFileSystem place, VirtualPath path, IFile content, Entry entry) => (_place, _path, _content, _entry) = (place, path, content, entry);

    /// <summary>Fetches it.</summary>
    /// <param name="source">Stays the caller's.</param>
    /// <param name="clock">The engine's.</param>
    /// <param name="moved">Told of bytes that came.</param>
    /// <param name="cancel">Ends the call.</param>
    public static async Task<FetchedFile> OfAsync(IFile source, TimeProvider clock, Action<long> moved, CancellationToken cancel)
    {
        var entry = await source.StatAsync(cancel).ConfigureAwait(false);
        bool isShort = entry.Known.HasFlag(EntryFacts.Length) && entry.Length is > 0 and <= MostInMemory;
        IFileSystem place = isShort ? new Memory(clock) : new LocalDisk(System.IO.Path.GetTempPath());
        var path = VirtualPath.Root.Append("wharf-copy-" + RandomNumberGenerator.GetHexString(16, lowercase: true));
        IFile? content = null;
        try
        {
            content = await place.OpenAsync(path, new(FileAccess.ReadWrite, FileCreation.CreateNew) { Mode = 0x180 }, cancel).ConfigureAwait(false);
            await ByteCopy.CopyAsync(source, content, BulkRange.Whole with { InOrder = true, Moved = moved }, cancel).ConfigureAwait(false);
            return new(place, path, content, entry);
        }
        catch
        {
            await RemoveAsync(place, path, content).ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => new(_entry);

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) => _content.ReadAsync(offset, into, cancellationToken);

    public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) => throw new FileException(FileError.Denied, _path);

    public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => throw new FileException(FileError.NotSupported, _path);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

    public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

    public ValueTask DisposeAsync() => new(RemoveAsync(_place, _path, _content));

    private static async Task RemoveAsync(IFileSystem place, VirtualPath path, IFile? content)
    {
        if (content is not null)
        {
            await content.DisposeAsync().ConfigureAwait(false);
            await place.RemoveFileAsync(path, CancellationToken.None).ConfigureAwait(false);
        }

        (place as IDisposable)?.Dispose();
    }
}
