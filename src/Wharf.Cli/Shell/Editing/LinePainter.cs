using System.Globalization;
using System.Text;
using Wharf.Cli.Terminals;

namespace Wharf.Cli.Shell.Editing;

/// <summary>
/// Draws a line that may take several rows, and writes only what changed since it was drawn last: a typed character is one
/// character on the wire. A line higher than the screen is shown as far as it fits, with the caret in it.
/// </summary>
internal sealed class LinePainter(ITerminalDevice terminal)
{
    private readonly StringBuilder _out = new();
    private List<Row> _shown = [];
    private int _top;

    /// <summary>The cursor, in rows below the first shown one; and in cells, where the width itself means "behind a full row".</summary>
    private int _row;
    private int _column;

    /// <summary>Rows that exist on the screen below the first shown one, that one too.</summary>
    private int _height = 1;

    public void Paint(LineLayout layout)
    {
        int columns = terminal.Columns;
        int rows = Math.Min(layout.Rows.Count, terminal.Rows);
        _top = Math.Clamp(_top, layout.CaretRow - rows + 1, layout.CaretRow);
        _top = Math.Clamp(_top, 0, layout.Rows.Count - rows);
        List<Row> wanted = [.. layout.Rows.Skip(_top).Take(rows)];
        for (int i = 0; i < wanted.Count; i++)
        {
            PaintRow(i, wanted[i], i < _shown.Count ? _shown[i] : null, columns);
        }

        if (_shown.Count > wanted.Count)
        {
            MoveTo(wanted.Count, 0);
            _out.Append("\e[J");
        }

        _shown = wanted;
        MoveTo(layout.CaretRow - _top, layout.CaretColumn);
        Flush();
    }

    /// <summary>The cursor goes to a new line below all that is shown; what comes next is drawn from there.</summary>
    public void Leave()
    {
        MoveTo(Math.Max(0, _shown.Count - 1), 0);
        _out.Append('\n');
        Flush();
        Forget();
    }

    /// <summary>Takes away what is shown; the cursor stands where it began.</summary>
    public void Erase()
    {
        MoveTo(0, 0);
        _out.Append("\r\e[J");
        Flush();
        Forget();
    }

    /// <summary>The screen is empty, and the cursor at its top.</summary>
    public void ClearScreen()
    {
        _out.Append("\e[H\e[2J");
        Flush();
        Forget();
    }

    /// <summary>Others wrote to the screen; the cursor is at the beginning of a row that is ours.</summary>
    public void Forget()
    {
        _shown = [];
        (_row, _column, _top, _height) = (0, 0, 0, 1);
    }

    public void Ring() => terminal.Write("\a");

    private void PaintRow(int index, Row wanted, Row? shown, int columns)
    {
        int same = 0;
        int column = 0;
        if (shown is not null)
        {
            while (same < wanted.Cells.Count && same < shown.Cells.Count && wanted.Cells[same] == shown.Cells[same])
            {
                column += wanted.Cells[same++].Width;
            }

            if (same == wanted.Cells.Count && same == shown.Cells.Count)
            {
                return;
            }

            if (same < Math.Max(wanted.FromPrompt, shown.FromPrompt))
            {
                // A colour may begin before the first difference.
                (same, column) = (0, 0);
            }

            while (same > 0 && same < wanted.Cells.Count && wanted.Cells[same].Width == 0)
            {
                // A mark belongs to the character before it.
                column -= wanted.Cells[--same].Width;
            }
        }

        MoveTo(index, column);
        for (int i = same; i < wanted.Cells.Count; i++)
        {
            _out.Append(wanted.Cells[i].Text);
            _column += wanted.Cells[i].Width;
        }

        if (_column < columns && (shown is null || shown.Width > _column))
        {
            _out.Append("\e[K");
        }
    }

    private void MoveTo(int row, int column)
    {
        if (row < _row)
        {
            _out.Append(CultureInfo.InvariantCulture, $"\e[{_row - row}A");
            _row = row;
        }

        while (row > _row && _row + 1 >= _height)
        {
            // There is no such row yet, perhaps not even room for it.
            _out.Append("\r\n");
            (_row, _column, _height) = (_row + 1, 0, _height + 1);
        }

        if (row > _row)
        {
            _out.Append(CultureInfo.InvariantCulture, $"\e[{row - _row}B");
            _row = row;
        }

        if (column == _column)
        {
            return;
        }

        _ = column == 0 ? _out.Append('\r') : _out.Append(CultureInfo.InvariantCulture, $"\e[{column + 1}G");
        _column = column;
    }

    private void Flush()
    {
        if (_out.Length > 0)
        {
            terminal.Write(_out.ToString());
            _out.Clear();
        }
    }
}
