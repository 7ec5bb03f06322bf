using System.Runtime.CompilerServices;
using System.Text.Json;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// What a synchronisation would do: to be looked at, written as JSON, read again, and carried out. Directories come before what is in them,
/// and what is removed comes last. A long plan lies in a file; disposing takes it away.
/// </summary>
public sealed class SyncPlan : IAsyncDisposable
{
    private readonly SyncHeader _header;
    private readonly SyncLog _log;

    private SyncPlan(SyncHeader header, SyncLog log, SyncCounts counts)
    {
        _header = header;
        _log = log;
        Counts = counts;
    }

    /// <summary>What it makes of the two.</summary>
    public SyncMode Mode => _header.Mode;

    /// <summary>The source's path.</summary>
    public string From => _header.From;

    /// <summary>The target's path.</summary>
    public string To => _header.To;

    /// <summary>How they were compared.</summary>
    public SyncOptions Options => _header.Options;

    /// <summary>What it comes to.</summary>
    public SyncCounts Counts { get; }

    /// <summary>Whether it was begun before, and goes on.</summary>
    public bool IsContinued { get; internal init; }

    /// <summary>Which steps were done, where a journal is kept.</summary>
    internal SyncJournal? Journal { get; init; }

    /// <summary>The steps, in their order.</summary>
    public async IAsyncEnumerable<SyncStep> StepsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (byte[] line in _log.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (IsStep(line))
            {
                yield return JsonSerializer.Deserialize(line, SyncJson.Default.SyncStep)!;
            }
        }
    }

    /// <summary>Writes it: UTF-8, one JSON object a line; the first says what it is, the last what it comes to.</summary>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task SaveAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        await foreach (byte[] line in _log.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            await stream.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads what <see cref="SaveAsync"/> wrote.</summary>
    /// <exception cref="RemoteException">Usage: it is none, not whole, or of another version.</exception>
    public static async Task<SyncPlan> LoadAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var log = SyncLog.InMemory();
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            await log.AppendAsync(System.Text.Encoding.UTF8.GetBytes(line), cancellationToken).ConfigureAwait(false);
        }

        return await FromAsync(log, null, cancellationToken).ConfigureAwait(false)
            ?? throw new RemoteException(RemoteError.Usage, "That is no whole plan of a synchronisation.");
    }

    /// <summary>Closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync().ConfigureAwait(false);
        if (Journal is not null)
        {
            await Journal.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A plan of lines that were just written.</summary>
    internal static SyncPlan Made(SyncHeader header, SyncLog log, SyncCounts counts, SyncJournal? journal) => new(header, log, counts) { Journal = journal };

    /// <summary>The plan in these lines; null where they are not whole. What cannot be read is not a plan.</summary>
    internal static async Task<SyncPlan?> FromAsync(SyncLog log, SyncJournal? journal, CancellationToken cancel)
    {
        SyncHeader? header = null;
        SyncEnd? end = null;
        try
        {
            await foreach (byte[] line in log.ReadAsync(cancel).ConfigureAwait(false))
            {
                header ??= JsonSerializer.Deserialize(line, SyncJson.Default.SyncHeader);
                if (header is not { Version: SyncHeader.CurrentVersion })
                {
                    return null;
                }

                end = IsEnd(line) ? JsonSerializer.Deserialize(line, SyncJson.Default.SyncEnd) : null;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return header is null || end is null ? null : new(header, log, end.Counts) { Journal = journal, IsContinued = journal is not null };
    }

    internal SyncHeader Header => _header;

    internal Task RemoveLogAsync(CancellationToken cancel) => _log.RemoveAsync(cancel);

    private static bool IsEnd(ReadOnlySpan<byte> line) => line.StartsWith("{\"counts\":"u8);

    private static bool IsStep(ReadOnlySpan<byte> line) => !IsEnd(line) && !line.StartsWith("{\"wharfPlan\":"u8);
}

/// <summary>
/// Which steps of a plan were done, on disk: eight bytes each, appended in packs. What is lost of it when the program is killed is only done
/// once more. In memory a bit for each.
/// </summary>
internal sealed class SyncJournal : IAsyncDisposable
{
    private const int PackBytes = 64 * 8;

    private readonly FilePlace _place;
    private readonly IDisposable? _disk;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<ulong> _bits = [];
    private readonly byte[] _pack = new byte[PackBytes];
    private IFile? _file;
    private long _written;
    private int _waiting;

    public SyncJournal(FilePlace plan, IDisposable? disk)
    {
        Plan = plan;
        _place = plan.At(plan.Path.Parent.Append(plan.Path.Name + ".done"));
        _disk = disk;
    }

    /// <summary>Where the plan lies.</summary>
    public FilePlace Plan { get; }

    /// <summary>The last step that is known to be done; -1 for none.</summary>
    public long Last { get; private set; } = -1;

    /// <summary>Begins with nothing done, or with what was done before.</summary>
    public async Task OpenAsync(bool continues, CancellationToken cancel)
    {
        _file = await _place.Files.OpenAsync(
            _place.Path, new(FileAccess.ReadWrite, continues ? FileCreation.OpenOrCreate : FileCreation.Truncate), cancel).ConfigureAwait(false);
        byte[] buffer = new byte[64 * 1024];
        int read;
        while (continues && (read = await _file.ReadAsync(_written, buffer, cancel).ConfigureAwait(false)) >= 8)
        {
            for (int i = 0; i + 8 <= read; i += 8)
            {
                Set(BitConverter.ToInt64(buffer, i));
            }

            _written += read / 8 * 8;
        }
    }

    /// <summary>Whether that step was done.</summary>
    public bool IsDone(long step)
    {
        lock (_bits)
        {
            return step / 64 < _bits.Count && (_bits[(int)(step / 64)] & (1UL << (int)(step % 64))) != 0;
        }
    }

    /// <summary>It is done now.</summary>
    public async Task DoneAsync(long step)
    {
        Set(step);
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            BitConverter.TryWriteBytes(_pack.AsSpan(_waiting), step);
            _waiting += 8;
            if (_waiting == PackBytes)
            {
                await WriteAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes it away: all is done.</summary>
    public async Task RemoveAsync(CancellationToken cancel)
    {
        await CloseAsync().ConfigureAwait(false);
        await _place.Files.RemoveFileAsync(_place.Path, cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _turn.Dispose();
        _disk?.Dispose();
    }

    /// <summary>Writes what waits; also when the run was ended.</summary>
    public async Task FlushAsync()
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await WriteAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WriteAsync()
    {
        if (_waiting > 0 && _file is not null)
        {
            await _file.WriteAsync(_written, new(_pack.AsMemory(0, _waiting)), CancellationToken.None).ConfigureAwait(false);
            _written += _waiting;
            _waiting = 0;
        }
    }

    private async Task CloseAsync()
    {
        if (_file is { } file)
        {
            await FlushAsync().ConfigureAwait(false);
            _file = null;
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Set(long step)
    {
        lock (_bits)
        {
            while (_bits.Count <= step / 64)
            {
                _bits.Add(0);
            }

            Last = Math.Max(Last, step);
            _bits[(int)(step / 64)] |= 1UL << (int)(step % 64);
        }
    }
}
