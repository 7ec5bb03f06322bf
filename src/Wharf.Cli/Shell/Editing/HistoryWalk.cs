namespace Wharf.Cli.Shell.Editing;

/// <summary>Going up and down the history while a line is edited. What was changed on the way is kept until the line is done.</summary>
/// <param name="lines">Oldest first.</param>
internal sealed class HistoryWalk(IReadOnlyList<string> lines)
{
    private readonly Dictionary<int, string> _edited = [];
    private int _at = lines.Count;

    /// <summary>Where in the history; its count is the new line.</summary>
    public int At => _at;

    public int Count => lines.Count;

    /// <summary>A line as it stands now, with what was changed in it.</summary>
    public string this[int index] => _edited.TryGetValue(index, out string? text) ? text : index < lines.Count ? lines[index] : "";

    /// <summary>The line that is edited stands so now.</summary>
    public void Keep(string current) => _edited[_at] = current;

    /// <summary>Goes to a line; null if there is none.</summary>
    /// <param name="index">Which.</param>
    /// <param name="current">The text of the line that is left.</param>
    public string? Go(int index, string current)
    {
        if (index < 0 || index > lines.Count || index == _at)
        {
            return null;
        }

        Keep(current);
        _at = index;
        return this[index];
    }

    /// <summary>The nearest other line that begins so, towards the old (-1) or the new (+1); null if there is none.</summary>
    public int? FindPrefix(string prefix, string current, int direction)
    {
        for (int i = _at + direction; i >= 0 && i < lines.Count; i += direction)
        {
            if (this[i].StartsWith(prefix, StringComparison.Ordinal) && this[i] != current)
            {
                return i;
            }
        }

        return direction > 0 && _at < lines.Count && this[lines.Count].StartsWith(prefix, StringComparison.Ordinal) ? lines.Count : null;
    }
}
