using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Client.Transfers;

/// <summary>
/// Lines that were appended, in memory while they are few and in a file beyond <see cref="MostInMemory"/>, so that a plan of a million steps
/// takes no more room than one of some thousand. One appends, and afterwards many may read.
/// </summary>
internal sealed class SyncLog : IAsyncDisposable
{
    /// <summary>Lines kept in memory where no file was asked for.</summary>
    public const int MostInMemory = 50_000;

    private const int BufferBytes = 64 * 1024;

    private List<byte[]>? _lines;
    private LocalDisk? _disk;
    private FilePlace _place;
    private IFile? _file;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private long _written;
    private bool _isTemporary;

    private SyncLog()
    {
    }

    /// <summary>Lines so far.</summary>
    public long Count { get; private set; }

    /// <summary>One in memory, until it is too long for that.</summary>
    public static SyncLog InMemory() => new() { _lines = [] };

    /// <summary>A new one in a file.</summary>
    public static async Task<SyncLog> InFileAsync(FilePlace place, CancellationToken cancel)
    {
        var log = new SyncLog { _place = place };
        log._file = await place.Files.OpenAsync(place.Path, new(FileAccess.ReadWrite, FileCreation.Truncate), cancel).ConfigureAwait(false);
        return log;
    }

    /// <summary>One that was written before.</summary>
    public static async Task<SyncLog?> FindAsync(FilePlace place, CancellationToken cancel)
    {
        if (await place.Files.StatAsync(place.Path, LinkHandling.Follow, cancel).ConfigureAwait(false) is not { IsFile: true } entry)
        {
            return null;
        }

        var log = new SyncLog { _place = place, _written = entry.Length };
        log._file = await place.Files.OpenAsync(place.Path, new(FileAccess.ReadWrite, FileCreation.Existing), cancel).ConfigureAwait(false);
        return log;
    }

    /// <summary>Appends a line, without its end.</summary>
    public async Task AppendAsync(byte[] line, CancellationToken cancel)
    {
        Count++;
        if (_lines is not null)
        {
            _lines.Add(line);
            if (_lines.Count > MostInMemory)
            {
                await SpillAsync(cancel).ConfigureAwait(false);
            }

            return;
        }

        _buffer.Write(line);
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= BufferBytes)
        {
            await FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Appends all lines of another.</summary>
    public async Task AppendAsync(SyncLog other, CancellationToken cancel)
    {
        await foreach (var line in other.ReadAsync(cancel).ConfigureAwait(false))
        {
            await AppendAsync(line, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what waits.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        if (_buffer.WrittenCount == 0)
        {
            return;
        }

        await _file!.WriteAsync(_written, new(_buffer.WrittenMemory), cancel).ConfigureAwait(false);
        _written += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
    }

    /// <summary>All lines, without their ends; one that was cut is left out.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        if (_lines is not null)
        {
            foreach (byte[] line in _lines)
            {
                yield return line;
            }

            yield break;
        }

        await FlushAsync(cancel).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        int begin = 0, end = 0;
        for (long at = 0; ;)
        {
            int newline = buffer.AsSpan(begin, end - begin).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return buffer[begin..(begin + newline)];
                begin += newline + 1;
                continue;
            }

            buffer.AsSpan(begin, end - begin).CopyTo(buffer);
            (begin, end) = (0, end - begin);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int read = await _file!.ReadAsync(at, buffer.AsMemory(end), cancel).ConfigureAwait(false);
            if (read == 0)
            {
                yield break;
            }

            at += read;
            end += read;
        }
    }

    /// <summary>Closes it and takes its file away.</summary>
    public async Task RemoveAsync(CancellationToken cancel)
    {
        await CloseAsync().ConfigureAwait(false);
        if (_place.Files is not null)
        {
            await _place.Files.RemoveFileAsync(_place.Path, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Closes it; a file that nobody asked for goes.</summary>
    public async ValueTask DisposeAsync()
    {
        bool removes = _isTemporary && _file is not null;
        await CloseAsync().ConfigureAwait(false);
        if (removes)
        {
            await _place.Files.RemoveFileAsync(_place.Path, CancellationToken.None).ConfigureAwait(false);
        }

        _disk?.Dispose();
    }

    private async Task CloseAsync()
    {
        if (_file is { } file)
        {
            await FlushAsync(CancellationToken.None).ConfigureAwait(false);
            _file = null;
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task SpillAsync(CancellationToken cancel)
    {
        _disk = new LocalDisk(System.IO.Path.GetTempPath());
        _place = new(_disk, VirtualPath.Root.Append("wharf-plan-" + RandomNumberGenerator.GetHexString(16, lowercase: true)));
        _file = await _disk.OpenAsync(_place.Path, new(FileAccess.ReadWrite, FileCreation.CreateNew) { Mode = 0x180 }, cancel).ConfigureAwait(false);
        _isTemporary = true;
        var lines = _lines!;
        _lines = null;
        Count -= lines.Count;
        foreach (byte[] line in lines)
        {
            await AppendAsync(line, cancel).ConfigureAwait(false);
        }
    }
}
