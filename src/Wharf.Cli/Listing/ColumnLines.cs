using System.Text;

namespace Wharf.Cli.Listing;

/// <summary>Names in columns, down and then across, as ls shows them.</summary>
internal static class ColumnLines
{
    private const int Gap = 2;

    /// <summary>The lines.</summary>
    /// <param name="cells">Each with how wide it is shown.</param>
    /// <param name="width">Columns of the screen.</param>
    public static IEnumerable<string> Arrange(IReadOnlyList<(string Text, int Width)> cells, int width)
    {
        if (cells.Count == 0)
        {
            yield break;
        }

        var (rows, widths) = Fit(cells, width);
        for (int row = 0; row < rows; row++)
        {
            var line = new StringBuilder();
            for (int column = 0; column < widths.Length && column * rows + row < cells.Count; column++)
            {
                var cell = cells[column * rows + row];
                line.Append(cell.Text);
                if ((column + 1) * rows + row < cells.Count)
                {
                    line.Append(' ', widths[column] - cell.Width + Gap);
                }
            }

            yield return line.ToString();
        }
    }

    /// <summary>The fewest rows that fit: each column as wide as its widest.</summary>
    private static (int Rows, int[] Widths) Fit(IReadOnlyList<(string Text, int Width)> cells, int width)
    {
        int narrowest = Math.Max(1, cells.Min(cell => cell.Width));
        int most = Math.Clamp((width + Gap) / (narrowest + Gap), 1, cells.Count);
        for (int columns = most; columns > 1; columns--)
        {
            int rows = (cells.Count + columns - 1) / columns;
            int[] widths = new int[(cells.Count + rows - 1) / rows];
            for (int i = 0; i < cells.Count; i++)
            {
                widths[i / rows] = Math.Max(widths[i / rows], cells[i].Width);
            }

            if (widths.Sum() + Gap * (widths.Length - 1) <= width)
            {
                return (rows, widths);
            }
        }

        return (cells.Count, [cells.Max(cell => cell.Width)]);
    }
}
