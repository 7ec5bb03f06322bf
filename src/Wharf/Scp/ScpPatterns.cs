using System.Text;
using Wharf.Files;

namespace Wharf.Scp;

/// <summary>
/// What the patterns of one command name. OpenSSH's client sends them as they are, for the shell at the far end to expand; so
/// they mean what they mean there: names in order, nothing hidden without a dot, and a pattern that fits nothing is a name.
/// </summary>
internal sealed class ScpPatterns(IFileSystem files, ScpLimits limits)
{
    /// <summary>Character comparisons that one compared name may take before it counts as several.</summary>
    private const int StepsPerName = 64;

    private long _steps = (long)limits.GlobSteps * StepsPerName;

    /// <summary>The paths a word names, and whether the bounds cut them short.</summary>
    public async ValueTask<(IReadOnlyList<VirtualPath> Paths, bool Cut)> ExpandAsync(ShellWord word, CancellationToken cancel)
    {
        if (!word.IsPattern)
        {
            return ([VirtualPath.Parse(word.Text)], false);
        }

        List<VirtualPath> paths = [VirtualPath.Root];
        bool cut = false;
        foreach (string part in VirtualPath.Parse(word.Pattern).Parts())
        {
            var longer = new List<VirtualPath>();
            foreach (var path in paths)
            {
                if (!Glob.IsPattern(part))
                {
                    longer.Add(path.Append(Unquoted(part)));
                    continue;
                }

                var glob = new Glob(part);
                var entries = files.ListAsync(path, EntryDetail.Names, cancel).GetAsyncEnumerator(cancel);
                await using var closing = entries.ConfigureAwait(false);
                while (!cut && await TryNextAsync(entries).ConfigureAwait(false))
                {
                    _steps -= StepsPerName;
                    if (glob.Matches(entries.Current.Name, hidden: false, ref _steps))
                    {
                        longer.Add(path.Append(entries.Current.Name));
                    }

                    cut = _steps <= 0 || longer.Count >= limits.Matches;
                }
            }

            paths = longer;
        }

        var found = new List<VirtualPath>();
        foreach (var path in paths)
        {
            if (await ExistsAsync(path, cancel).ConfigureAwait(false))
            {
                found.Add(path);
            }
        }

        found.Sort((one, other) => string.CompareOrdinal(one.Value, other.Value));
        return found.Count > 0 ? (found, cut) : ([VirtualPath.Parse(word.Text)], cut);
    }

    private static string Unquoted(string part)
    {
        var text = new StringBuilder(part.Length);
        for (int i = 0; i < part.Length; i++)
        {
            i += part[i] == '\\' && i + 1 < part.Length ? 1 : 0;
            text.Append(part[i]);
        }

        return text.ToString();
    }

    /// <summary>A directory that cannot be read, or is none, has no matches.</summary>
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

    private async ValueTask<bool> ExistsAsync(VirtualPath path, CancellationToken cancel)
    {
        try
        {
            return await files.StatAsync(path, LinkHandling.Self, cancel).ConfigureAwait(false) is not null;
        }
        catch (FileException)
        {
            return false;
        }
    }
}
