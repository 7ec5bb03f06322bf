using Wharf.Files;

namespace Wharf.Client.Streams;

/// <summary>A stream as a file system with one file, for whom everything is a file system. Reading alone; of a stream that cannot seek, once.</summary>
/// <param name="stream">Not owned; the file begins where it stands.</param>
internal sealed class StreamFiles(Stream stream) : IFileSystem
{
    /// <summary>The one path.</summary>
    public static VirtualPath Path { get; } = VirtualPath.Parse("/stream");

    private readonly long _begin = stream.CanSeek ? stream.Position : 0;
    private bool _opened;

    public Abilities Abilities => Abilities.None;

    public ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken) => new(path == Path ? Facts() : null);

    public ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        if (path != Path || mode.Access != FileAccess.Read || (_opened && !stream.CanSeek))
        {
            throw new FileException(FileError.NotSupported, "the stream");
        }

        _opened = true;
        return new(new StreamFile(this));
    }

    public IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken) => throw Unfit();

    private static FileException Unfit() => new(FileError.NotSupported, "the stream");

    private Entry Facts() => new()
    {
        Name = Path.Name,
        Kind = EntryKind.File,
        Length = stream.CanSeek ? stream.Length - _begin : 0,
        Known = stream.CanSeek ? EntryFacts.Length : EntryFacts.None,
    };

    private sealed class StreamFile(StreamFiles files) : SequentialFile
    {
        /// <summary>Where the stream stands, from the file's beginning; the first reading of a seekable one puts it there.</summary>
        private long _next = files.CanSeek ? -1 : 0;

        public override ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => new(files.Facts());

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            try
            {
                if (offset != _next && files.CanSeek)
                {
                    files.Seek(offset);
                    _next = offset;
                }

                RequireNext(_next, offset);
                int count = await files.ReadAsync(into, cancellationToken).ConfigureAwait(false);
                _next += count;
                return count;
            }
            catch (IOException failed) when (failed is not FileException)
            {
                // The stream's own failure must not look like one of the connection.
                throw new FileException(FileError.Io, "the stream", failed);
            }
        }
    }

    private bool CanSeek => stream.CanSeek;

    private void Seek(long offset) => stream.Position = _begin + offset;

    private ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel) =>
        stream.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, cancel);
}
