using System.Buffers;
using System.Runtime.CompilerServices;
using Wharf.Files;
using Wharf.Files.Layers;

namespace Wharf.Ftp.Client;

/// <summary>
/// The files of an FTP server as text, TYPE A (RFC 959 section 3.1.1.1): lines end as the server has them there, and with LF here. How long a file is
/// that way nobody knows before it is read, so its length is not known, and it is read and written from beginning to end.
/// </summary>
/// <param name="files">The same files as they are; owned.</param>
internal sealed class TextFiles(FtpFiles files) : Layer(files), IRemoteFiles
{
    /// <inheritdoc/>
    public override Abilities Abilities => files.Abilities & ~Abilities.RandomWrites;

    /// <inheritdoc/>
    public async ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken) =>
        await files.FactsAsync(cancellationToken).ConfigureAwait(false) with { HashAlgorithms = [], CopiesFiles = false, WritesSegments = false };

    /// <inheritdoc/>
    public override async ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken) =>
        (await files.StatAsync(path, links, cancellationToken).ConfigureAwait(false))?.WithoutLength();

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Entry> ListAsync(
        VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in files.ListAsync(directory, detail, cancellationToken).ConfigureAwait(false))
        {
            yield return entry.WithoutLength();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        // Small files in blocks behind each other are of TYPE I; what is announced chooses nothing here.
        var file = (FtpFile)await files.OpenAsync(path, mode with { ExpectedLength = 0 }, cancellationToken).ConfigureAwait(false);
        file.Type = 'A';
        return new TextFile(file, path);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken) =>
        throw new FileException(FileError.NotSupported, path);

    /// <inheritdoc/>
    public ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken) => throw new FileException(FileError.NotSupported, from);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => files.DisposeAsync();
}

/// <summary>One such file. Positions are those of the text here; on the wire each line is a byte longer.</summary>
/// <param name="inner">The bytes on the wire; owned.</param>
/// <param name="path">Its name.</param>
internal sealed class TextFile(IFile inner, VirtualPath path) : LayerFile(inner)
{
    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    /// <summary>Bytes of the wire that are read at a time.</summary>
    private const int BufferBytes = 64 * 1024;

    private byte[]? _buffer;
    private int _begin;
    private int _end;
    private long _position;
    private long _wire;
    private byte _last;
    private bool _isHeld;

    /// <inheritdoc/>
    public override async ValueTask<Entry> StatAsync(CancellationToken cancellationToken) =>
        (await Inner.StatAsync(cancellationToken).ConfigureAwait(false)).WithoutLength();

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        RefuseSteps(offset);
        int count = 0;
        while (count < into.Length)
        {
            if (_begin == _end)
            {
                _buffer ??= new byte[BufferBytes];
                (_begin, _end) = (0, await Inner.ReadAsync(_wire, _buffer, cancellationToken).ConfigureAwait(false));
                _wire += _end;
                if (_end == 0)
                {
                    if (_isHeld)
                    {
                        into.Span[count++] = CarriageReturn;
                        _isHeld = false;
                    }

                    break;
                }
            }

            count += ToLocal(into.Span[count..]);
        }

        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        RefuseSteps(offset);
        foreach (var piece in bytes)
        {
            byte[] wire = ArrayPool<byte>.Shared.Rent(piece.Length * 2);
            try
            {
                int count = ToWire(piece.Span, wire);
                await Inner.WriteAsync(_wire, new ReadOnlySequence<byte>(wire, 0, count), cancellationToken).ConfigureAwait(false);
                _wire += count;
                _position += piece.Length;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(wire);
            }
        }
    }

    private void RefuseSteps(long offset)
    {
        if (offset != _position)
        {
            throw new FileException(FileError.NotSupported, path);
        }
    }

    /// <summary>CR LF becomes LF; a CR by itself stays. What has no room stays in the buffer.</summary>
    private int ToLocal(Span<byte> into)
    {
        int count = 0;
        for (; _begin < _end; _begin++)
        {
            byte b = _buffer![_begin];
            bool isAlone = _isHeld && b != LineFeed;
            int needs = (isAlone ? 1 : 0) + (b == CarriageReturn ? 0 : 1);
            if (count + needs > into.Length)
            {
                if (isAlone && count < into.Length)
                {
                    into[count++] = CarriageReturn;
                    _isHeld = false;
                }

                break;
            }

            if (isAlone)
            {
                into[count++] = CarriageReturn;
            }

            _isHeld = b == CarriageReturn;
            if (!_isHeld)
            {
                into[count++] = b;
            }
        }

        return count;
    }

    /// <summary>LF becomes CR LF; where a CR stands before it already, it stays.</summary>
    private int ToWire(ReadOnlySpan<byte> text, Span<byte> wire)
    {
        int count = 0;
        foreach (byte b in text)
        {
            if (b == LineFeed && _last != CarriageReturn)
            {
                wire[count++] = CarriageReturn;
            }

            wire[count++] = _last = b;
        }

        return count;
    }
}
