using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// A pattern for paths below a directory. Without "/" it matches the last part alone; with one, the whole path, part by part, where "**"
/// stands for any number of parts. A "/" at its end wants a directory. Letters match as they are. The work is bounded by the parts of both.
/// </summary>
internal sealed class PathGlob
{
    private readonly Glob?[] _parts;
    private readonly bool _nameAlone;
    private readonly bool _directory;

    public PathGlob(string pattern)
    {
        _directory = pattern.EndsWith('/');
        string text = _directory ? pattern[..^1] : pattern;
        _nameAlone = !text.Contains('/', StringComparison.Ordinal) && text != "**";

        // Null stands for "**".
        _parts = [.. text.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => part == "**" ? null : new Glob(part))];
    }

    /// <summary>Whether a path fits.</summary>
    /// <param name="path">Below the directory, "/" between parts.</param>
    /// <param name="isDirectory">Whether it is a directory.</param>
    public bool Matches(string path, bool isDirectory)
    {
        if ((_directory && !isDirectory) || _parts.Length == 0)
        {
            return false;
        }

        if (_nameAlone)
        {
            return One(_parts[0]!, path[(path.LastIndexOf('/') + 1)..]);
        }

        // fits[p]: whether the first p parts of the pattern fit the parts of the path so far.
        string[] names = path.Split('/');
        Span<bool> fits = stackalloc bool[_parts.Length + 1];
        fits[0] = true;
        for (int p = 0; p < _parts.Length && _parts[p] is null; p++)
        {
            fits[p + 1] = true;
        }

        foreach (string name in names)
        {
            for (int p = _parts.Length; p > 0; p--)
            {
                fits[p] = _parts[p - 1] is { } part ? fits[p - 1] && One(part, name) : fits[p] || fits[p - 1];
            }

            fits[0] = false;
            for (int p = 0; p < _parts.Length; p++)
            {
                // "**" may also stand for nothing.
                fits[p + 1] |= _parts[p] is null && fits[p];
            }
        }

        return fits[^1];
    }

    private static bool One(Glob part, string name)
    {
        long steps = 0;
        return part.Matches(name, hidden: true, ref steps);
    }
}
