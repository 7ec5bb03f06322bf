using System.Globalization;
using System.Text;
using Wharf.Cli.Terminals;
using Wharf.Files;

namespace Wharf.Cli.Shell.Editing;

/// <summary>One character as it is drawn.</summary>
/// <param name="Text">What is written, with the escapes of colours around it.</param>
/// <param name="Width">Cells it takes.</param>
internal readonly record struct Cell(string Text, int Width);

/// <summary>A row of the terminal.</summary>
/// <param name="Cells">From the left.</param>
/// <param name="FromPrompt">So many of them belong to the prompt.</param>
internal sealed record Row(List<Cell> Cells, int FromPrompt)
{
    public int Width => Cells.Sum(cell => cell.Width);
}

/// <summary>
/// How prompt and line lie in rows of a given width. Characters nobody can see are shown as readline shows them (^X), bytes that
/// are no UTF-8 as <see cref="FileNames.ForDisplay"/> does; none of them is broken between two rows.
/// </summary>
internal sealed class LineLayout
{
    private readonly List<Row> _rows = [];
    private readonly int _columns;
    private List<Cell> _row = [];
    private int _fromPrompt;
    private int _column;

    private LineLayout(int columns) => _columns = columns;

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>Row of the caret, from 0.</summary>
    public int CaretRow { get; private set; }

    /// <summary>Cells left of the caret.</summary>
    public int CaretColumn { get; private set; }

    /// <param name="prompt">May have colours and line breaks.</param>
    /// <param name="text">The line.</param>
    /// <param name="caret">Where in the line.</param>
    /// <param name="columns">Width of the terminal.</param>
    /// <param name="masked">Every character of the line is shown as a star.</param>
    public static LineLayout Of(string prompt, string text, int caret, int columns, bool masked = false)
    {
        var layout = new LineLayout(columns);
        layout.AddPrompt(prompt);
        int at = 0;
        while (at < text.Length)
        {
            if (at == caret)
            {
                layout.MarkCaret(NextWidth(text, at, masked));
            }

            int length = StringInfo.GetNextTextElementLength(text, at);
            layout.AddElement(text.Substring(at, length), masked);
            at += length;
        }

        if (caret >= text.Length)
        {
            layout.MarkCaret(1);
        }

        layout.EndRow();
        return layout;
    }

    private static int NextWidth(string text, int at, bool masked) =>
        text[at] == '\n' ? 0 : Show(text.Substring(at, StringInfo.GetNextTextElementLength(text, at)), masked).Width;

    private static Cell Show(string element, bool masked)
    {
        if (masked)
        {
            return new("*", 1);
        }

        string shown = element switch
        {
            [< ' ' and var control] => $"^{(char)(control + '@')}",
            ['\x7f'] => "^?",
            _ when element.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || char.IsControl(element[0]) => FileNames.ForDisplay(element),
            _ => element,
        };
        return new(shown, DisplayWidth.Of(shown));
    }

    private void AddPrompt(string prompt)
    {
        var escapes = new StringBuilder();
        int at = 0;
        while (at < prompt.Length)
        {
            int escape = DisplayWidth.EscapeLength(prompt.AsSpan(at));
            if (escape > 0)
            {
                escapes.Append(prompt, at, escape);
                at += escape;
                continue;
            }

            int length = StringInfo.GetNextTextElementLength(prompt, at);
            string element = prompt.Substring(at, length);
            at += length;
            if (element == "\n")
            {
                EndRow();
                continue;
            }

            var cell = Show(element, masked: false);
            Add(cell with { Text = escapes + cell.Text });
            escapes.Clear();
            _fromPrompt = _row.Count;
        }

        if (escapes.Length > 0 && _row.Count > 0)
        {
            _row[^1] = _row[^1] with { Text = _row[^1].Text + escapes };
        }
    }

    private void AddElement(string element, bool masked)
    {
        if (element == "\n" && !masked)
        {
            EndRow();
        }
        else
        {
            Add(Show(element, masked));
        }
    }

    private void Add(Cell cell)
    {
        if (_column + cell.Width > _columns)
        {
            EndRow();
        }

        _row.Add(cell);
        _column += cell.Width;
    }

    /// <summary>The caret stands where the next character will be drawn, which may be the row below.</summary>
    private void MarkCaret(int width)
    {
        if (_column + width > _columns)
        {
            EndRow();
        }

        (CaretRow, CaretColumn) = (_rows.Count, Math.Min(_column, _columns - 1));
    }

    private void EndRow()
    {
        _rows.Add(new Row(_row, _fromPrompt));
        _row = [];
        (_fromPrompt, _column) = (0, 0);
    }
}
