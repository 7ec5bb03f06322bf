using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Ftp.Listings;

/// <summary>
/// One listing from its argument to its lines. What can fail fails in <see cref="PrepareAsync"/>, before the data connection;
/// then the lines come in pieces, in the directory's order, as they are read: a million entries cost neither memory nor a pause.
/// </summary>
/// <param name="session">Whose.</param>
/// <param name="options">What to list.</param>
/// <param name="format">How.</param>
/// <param name="lineEnd">What ends a line.</param>
internal sealed partial class Listing(FtpServerSession session, ListOptions options, LineFormat format, ReadOnlyMemory<byte> lineEnd) : IAsyncDisposable
{
    /// <summary>The first piece is small, so that the client sees something at once.</summary>
    private const int FirstPieceBytes = 4 * 1024;

    /// <summary>Later ones fill a send.</summary>
    private const int PieceBytes = 64 * 1024;

    private readonly LineBuffer _lines = new();
    private readonly FtpLimits _limits = session.Options.Limits;
    private readonly Stack<(VirtualPath Path, string Shown, int Depth)> _waiting = new();
    private IAsyncEnumerator<Entry>? _entries;
    private bool _hasEntry;
    private Entry? _single;
    private PatternWalk? _pattern;
    private bool _typedAbsolute;
    private long _unnamed;
    private long _count;
    private int _depth;
    private int _threshold = FirstPieceBytes;

    /// <summary>What is listed.</summary>
    public VirtualPath Path { get; private set; }

    /// <summary>Whether it is a directory's entries, not one entry or a pattern's matches.</summary>
    public bool IsDirectory => _entries is not null;

    /// <summary>Set for MLSD: shows "." and ".." in its own form, as cdir and pdir.</summary>
    public MlstLine? Machine { get; init; }

    /// <summary>Finds what the argument means and reads the first entry.</summary>
    /// <exception cref="FileException">There is no such thing, or it may not be read.</exception>
    public async ValueTask PrepareAsync(CancellationToken cancel)
    {
        _typedAbsolute = options.Path.StartsWith('/');
        Path = session.Resolve(options.Path);
        var entry = await session.Files.StatAsync(Path, LinkHandling.Follow, cancel).ConfigureAwait(false);
        if (entry is { IsDirectory: true } && !options.Itself)
        {
            _entries = Open(Path, cancel);
            _hasEntry = await _entries.MoveNextAsync().ConfigureAwait(false);
            return;
        }

        // A link that dangles is an entry too.
        _single = await session.Files.StatAsync(Path, LinkHandling.Self, cancel).ConfigureAwait(false);
        if (_single is null)
        {
            var from = session.State.Directory;
            int first = Machine is not null ? -1 : PatternWalk.FirstPart(Path, !_typedAbsolute && Path.IsWithin(from) ? from.Depth : 0);
            _pattern = first >= 0
                ? new PatternWalk(session.Files, Path, first, options.All, _limits)
                : throw new FileException(FileError.NotFound, Path);
        }
    }

    /// <summary>The lines. Each piece is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        if (_entries is not null)
        {
            // ls heads its recursive output with the directory itself; a name alone must not begin with "./".
            string shown = Shown(Path) is { Length: > 0 } path ? path : format is NameLine ? "" : ".";
            await foreach (var piece in DirectoryAsync(Path, shown, cancel).ConfigureAwait(false))
            {
                yield return piece;
            }

            while (_waiting.TryPop(out var below) && _count < _limits.ListEntries)
            {
                cancel.ThrowIfCancellationRequested();
                if (!await TryOpenAsync(below.Path, cancel).ConfigureAwait(false))
                {
                    continue;
                }

                if (format is not NameLine)
                {
                    End();
                }

                _depth = below.Depth;
                await foreach (var piece in DirectoryAsync(below.Path, below.Shown, cancel).ConfigureAwait(false))
                {
                    yield return piece;
                }
            }
        }
        else if (_single is not null)
        {
            await LineAsync(Path.Parent, _single, "", ShownSingle(), cancel).ConfigureAwait(false);
        }
        else
        {
            await foreach (var (directory, entry) in _pattern!.MatchesAsync(Detail, cancel).ConfigureAwait(false))
            {
                await LineAsync(directory, entry, Prefix(Shown(directory)), entry.Name, cancel).ConfigureAwait(false);
                if (_lines.Length >= _threshold)
                {
                    yield return Piece();
                }

                if (++_count >= _limits.ListEntries)
                {
                    break;
                }
            }
        }

        yield return _lines.Written;
        if (_unnamed > 0)
        {
            Log.LeftOut(session.Logger, session.Id, Path.ToString(), _unnamed);
        }

        if (_count >= _limits.ListEntries || _pattern is { WasCut: true })
        {
            Log.CutShort(session.Logger, session.Id, Path.ToString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_entries is not null)
        {
            await _entries.DisposeAsync().ConfigureAwait(false);
        }

        _lines.Dispose();
    }

    private EntryDetail Detail => options.Sorts && (options.ByTime || options.BySize) ? EntryDetail.Full : format.Detail;

    /// <summary>The entries of the open directory; names with a slash behind the directory's own go before them in NLST.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> DirectoryAsync(
        VirtualPath directory, string shown, [EnumeratorCancellation] CancellationToken cancel)
    {
        bool namesAlone = format is NameLine;
        string prefix = namesAlone ? Prefix(shown) : "";
        if (options.Recursive && !namesAlone)
        {
            if (_lines.Name(shown))
            {
                _lines.Write((byte)':');
                End();
            }
        }

        if (!format.Head.IsEmpty)
        {
            _lines.Write(format.Head);
            End();
        }

        await SelfAsync(directory, prefix, cancel).ConfigureAwait(false);
        bool onOtherThread = false;
        int firstBelow = _waiting.Count;
        while (_hasEntry && _count < Most)
        {
            var entry = _entries!.Current;
            _count++;
            if (format.ShowsTargets && entry.Kind == EntryKind.Link)
            {
                await LineAsync(directory, entry, prefix, entry.Name, cancel).ConfigureAwait(false);
            }
            else
            {
                Line(entry, prefix, entry.Name, null);
            }

            if (options.Recursive && entry.IsDirectory && _depth < _limits.ListDepth && _waiting.Count < _limits.SortedEntries
                && !entry.Name.Contains('\n'))
            {
                _waiting.Push((directory.Append(entry.Name), Prefix(shown) + entry.Name, _depth + 1));
            }

            if (_lines.Length >= _threshold)
            {
                yield return Piece();
                if (!onOtherThread)
                {
                    // A client that takes everything at once would keep this thread, and so the control connection, to itself.
                    onOtherThread = true;
                    await Task.Yield();
                }

                cancel.ThrowIfCancellationRequested();
            }

            _hasEntry = await _entries.MoveNextAsync().ConfigureAwait(false);
        }

        TurnOver(firstBelow);
    }

    /// <summary>Bounds count for -R; one directory is shown whole.</summary>
    private long Most => options.Recursive ? _limits.ListEntries : long.MaxValue;

    /// <summary>What waits since then comes off the stack in the order it was seen.</summary>
    private void TurnOver(int from)
    {
        if (_waiting.Count - from < 2)
        {
            return;
        }

        var seen = new List<(VirtualPath, string, int)>();
        while (_waiting.Count > from)
        {
            seen.Add(_waiting.Pop());
        }

        foreach (var below in seen)
        {
            _waiting.Push(below);
        }
    }

    private async ValueTask<bool> TryOpenAsync(VirtualPath directory, CancellationToken cancel)
    {
        await _entries!.DisposeAsync().ConfigureAwait(false);
        _entries = Open(directory, cancel);
        try
        {
            _hasEntry = await _entries.MoveNextAsync().ConfigureAwait(false);
            return true;
        }
        catch (FileException)
        {
            return false;
        }
    }

    private IAsyncEnumerator<Entry> Open(VirtualPath directory, CancellationToken cancel)
    {
        var entries = session.Files.ListAsync(directory, Detail, cancel);
        return (options.Sorts ? SortedAsync(entries, cancel) : entries).GetAsyncEnumerator(cancel);
    }

    /// <summary>Collects and sorts; past <see cref="FtpLimits.SortedEntries"/> what was collected goes as it came, and the rest behind it.</summary>
    private async IAsyncEnumerable<Entry> SortedAsync(IAsyncEnumerable<Entry> entries, [EnumeratorCancellation] CancellationToken cancel)
    {
        List<Entry>? collected = [];
        await foreach (var entry in entries.WithCancellation(cancel).ConfigureAwait(false))
        {
            collected?.Add(entry);
            if (collected is { } all && all.Count > _limits.SortedEntries)
            {
                collected = null;
                foreach (var one in all)
                {
                    yield return one;
                }
            }
            else if (collected is null)
            {
                yield return entry;
            }
        }

        if (collected is not null)
        {
            collected.Sort(Compare);
            foreach (var entry in collected)
            {
                yield return entry;
            }
        }
    }

    private int Compare(Entry one, Entry other)
    {
        int order = options.ByTime ? other.Modified.CompareTo(one.Modified) : options.BySize ? other.Length.CompareTo(one.Length) : 0;
        order = order != 0 ? order : string.CompareOrdinal(one.Name, other.Name);
        return options.Reversed ? -order : order;
    }

    /// <summary>"." and "..": with -a, and always in MLSD.</summary>
    private async ValueTask SelfAsync(VirtualPath directory, string prefix, CancellationToken cancel)
    {
        if (Machine is null && !options.All)
        {
            return;
        }

        var self = await session.Files.StatAsync(directory, LinkHandling.Follow, cancel).ConfigureAwait(false);
        var parent = await session.Files.StatAsync(directory.Parent, LinkHandling.Follow, cancel).ConfigureAwait(false);
        if (Machine is not null)
        {
            if (self is not null)
            {
                Machine.WriteSelf(_lines, self, "cdir"u8, ".");
                End();
            }

            if (parent is not null && !directory.IsRoot)
            {
                Machine.WriteSelf(_lines, parent, "pdir"u8, "..");
                End();
            }

            return;
        }

        if (self is not null && parent is not null)
        {
            Line(self, prefix, ".", null);
            Line(parent, prefix, "..", null);
        }
    }

    private async ValueTask LineAsync(VirtualPath directory, Entry entry, string prefix, string name, CancellationToken cancel)
    {
        string? target = null;
        if (format.ShowsTargets && entry.Kind == EntryKind.Link)
        {
            try
            {
                target = await session.Files.ReadLinkAsync(directory.Append(entry.Name), cancel).ConfigureAwait(false);
            }
            catch (FileException)
            {
                // Gone, or not ours to read: the link is shown without it.
                target = null;
            }
        }

        Line(entry, prefix, name, target);
    }

    private void Line(Entry entry, string prefix, string name, string? target)
    {
        int before = _lines.Length;

        // A line that holds LF would be two, and the second one forged (RFC 2640 section 3.1 names CR alone as possible).
        if (name.Contains('\n') || prefix.Contains('\n') || target?.Contains('\n') == true || !format.Write(_lines, entry, prefix, name, target))
        {
            _lines.Cut(before);
            _unnamed++;
            return;
        }

        End();
    }

    private void End() => _lines.Write(lineEnd.Span);

    /// <summary>What is written so far; the caller is done with it when it asks for more.</summary>
    private ReadOnlyMemory<byte> Piece()
    {
        _threshold = PieceBytes;
        var piece = _lines.Written;
        _lines.Clear();
        return piece;
    }

    /// <summary>A directory as the client would name it: seen from the working directory where it lies there, unless typed from the root.</summary>
    private string Shown(VirtualPath path)
    {
        var from = session.State.Directory;
        return _typedAbsolute || !path.IsWithin(from) ? path.Value
            : path == from ? ""
            : path.Value[(from.IsRoot ? 1 : from.Value.Length + 1)..];
    }

    private string ShownSingle() => Shown(Path) is { Length: > 0 } shown ? shown : ".";

    private static string Prefix(string shown) => shown.Length == 0 || shown.EndsWith('/') ? shown : shown + "/";

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Session} listing {Path}: {Count} names that cannot stand in a line were left out")]
        public static partial void LeftOut(ILogger logger, string session, string path, long count);

        [LoggerMessage(LogLevel.Warning, "{Session} listing {Path}: cut short by a limit")]
        public static partial void CutShort(ILogger logger, string session, string path);
    }
}
