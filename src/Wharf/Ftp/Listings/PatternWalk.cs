using System.Runtime.CompilerServices;
using Wharf.Files;

namespace Wharf.Ftp.Listings;

/// <summary>
/// What a pattern over several directories matches, found without recursion: directories that matched so far wait on a stack.
/// Bounded by <see cref="FtpLimits.GlobSteps"/> in work and <see cref="FtpLimits.SortedEntries"/> in directories that wait.
/// </summary>
internal sealed class PatternWalk
{
    /// <summary>Character comparisons that one compared name may take before it counts as several.</summary>
    private const int StepsPerName = 64;

    private readonly IFileSystem _files;
    private readonly VirtualPath _base;
    private readonly string[] _parts;
    private readonly Glob?[] _globs;
    private readonly bool _hidden;
    private readonly int _mostWaiting;
    private long _steps;

    /// <param name="files">Where to look.</param>
    /// <param name="path">The pattern, already resolved: its ".." are gone.</param>
    /// <param name="first">Its first part that is one.</param>
    /// <param name="hidden">Whether '*' matches a leading dot.</param>
    /// <param name="limits">The bounds.</param>
    public PatternWalk(IFileSystem files, VirtualPath path, int first, bool hidden, FtpLimits limits)
    {
        _files = files;
        _hidden = hidden;
        _steps = (long)limits.GlobSteps * StepsPerName;
        _mostWaiting = limits.SortedEntries;
        string[] parts = path.Parts();
        foreach (string part in parts[..first])
        {
            _base = _base.Append(part);
        }

        _parts = parts[first..];
        _globs = [.. _parts.Select(part => Glob.IsPattern(part) ? new Glob(part) : null)];
    }

    /// <summary>The first part that is a pattern, from a depth on (a working directory's name is none, whatever it holds); -1 for none.</summary>
    public static int FirstPart(VirtualPath path, int from) => Array.FindIndex(path.Parts(), from, Glob.IsPattern);

    /// <summary>Whether the bounds cut it short.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The matches with the directory each lies in.</summary>
    public async IAsyncEnumerable<(VirtualPath Directory, Entry Entry)> MatchesAsync(
        EntryDetail detail, [EnumeratorCancellation] CancellationToken cancel)
    {
        var waiting = new Stack<(VirtualPath Directory, int Part)>([(_base, 0)]);
        while (waiting.TryPop(out var here) && !WasCut)
        {
            bool isLast = here.Part == _parts.Length - 1;
            if (_globs[here.Part] is not { } glob)
            {
                _steps -= StepsPerName;
                WasCut = _steps <= 0;
                var path = here.Directory.Append(_parts[here.Part]);
                if (await TryStatAsync(path, isLast ? LinkHandling.Self : LinkHandling.Follow, cancel).ConfigureAwait(false) is not { } entry)
                {
                    continue;
                }

                if (isLast)
                {
                    yield return (here.Directory, entry);
                }
                else if (entry.IsDirectory)
                {
                    waiting.Push((path, here.Part + 1));
                }

                continue;
            }

            var entries = _files.ListAsync(here.Directory, isLast ? detail : EntryDetail.Names, cancel).GetAsyncEnumerator(cancel);
            await using var closing = entries.ConfigureAwait(false);
            while (!WasCut && await TryNextAsync(entries).ConfigureAwait(false))
            {
                var entry = entries.Current;
                _steps -= StepsPerName;
                bool fits = glob.Matches(entry.Name, _hidden, ref _steps);
                WasCut = _steps <= 0;
                if (!fits)
                {
                    continue;
                }

                if (isLast)
                {
                    yield return (here.Directory, entry);
                }
                else if (await IsDirectoryAsync(here.Directory, entry, cancel).ConfigureAwait(false))
                {
                    WasCut |= waiting.Count >= _mostWaiting;
                    waiting.Push((here.Directory.Append(entry.Name), here.Part + 1));
                }
            }
        }
    }

    /// <summary>A directory that cannot be read has no matches.</summary>
    private static async ValueTask<bool> TryNextAsync(IAsyncEnumerator<Entry> entries)
    {
        try
        {
            return await entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (FileException)
        {
            return false;
        }
    }

    private async ValueTask<Entry?> TryStatAsync(VirtualPath path, LinkHandling links, CancellationToken cancel)
    {
        try
        {
            return await _files.StatAsync(path, links, cancel).ConfigureAwait(false);
        }
        catch (FileException)
        {
            return null;
        }
    }

    private async ValueTask<bool> IsDirectoryAsync(VirtualPath directory, Entry entry, CancellationToken cancel) => entry.Kind switch
    {
        EntryKind.Directory => true,
        EntryKind.Link or EntryKind.Unknown =>
            await TryStatAsync(directory.Append(entry.Name), LinkHandling.Follow, cancel).ConfigureAwait(false) is { IsDirectory: true },
        _ => false,
    };
}
