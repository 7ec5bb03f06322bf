using System.Text;
using Wharf.Cli.Terminals;

namespace Wharf.Cli.Shell.Editing;

/// <summary>Candidates in columns, filled from top to bottom as ls fills them.</summary>
internal static class CandidateColumns
{
    private const int Gap = 2;

    /// <summary>The lines, none wider than the terminal unless one candidate alone is.</summary>
    public static List<string> Lines(IReadOnlyList<string> candidates, int columns)
    {
        if (candidates.Count == 0)
        {
            return [];
        }

        int[] widths = [.. candidates.Select(candidate => DisplayWidth.Of(candidate))];
        int width = widths.Max() + Gap;

        // The last column needs no gap, but the terminal's last cell stays free: writing there would wrap.
        int across = Math.Max(1, (columns - 1 + Gap) / width);
        int down = (candidates.Count + across - 1) / across;
        var lines = new List<string>(down);
        for (int row = 0; row < down; row++)
        {
            var line = new StringBuilder();
            int blank = 0;
            for (int i = row; i < candidates.Count; i += down)
            {
                line.Append(' ', blank).Append(candidates[i]);
                blank = width - widths[i];
            }

            lines.Add(line.ToString());
        }

        return lines;
    }
}
