using System.Globalization;
using System.Text;
using Wharf.Cli.Terminals;

namespace Wharf.Tests.Cli.Terminals;

/// <summary>
/// What a terminal shows: a grid of cells that understands what programs write to it, as far as ours and tmux-like ones use ECMA-48.
/// Colours are dropped. Lines wrap as on a VT100: the cursor waits in the last column until one more character comes.
/// </summary>
internal sealed class Screen
{
    private readonly List<string> _gone = [];
    private readonly StringBuilder _sequence = new();
    private string[][] _cells;
    private char? _high;
    private bool _wraps;
    private (int Row, int Column) _saved;

    public Screen(int columns, int rows)
    {
        (Columns, Rows) = (columns, rows);
        _cells = [.. Enumerable.Range(0, rows).Select(_ => Blank())];
    }

    public int Columns { get; private set; }

    public int Rows { get; private set; }

    /// <summary>From 0, at the top.</summary>
    public int CursorRow { get; private set; }

    /// <summary>From 0, at the left.</summary>
    public int CursorColumn { get; private set; }

    /// <summary>How often it rang.</summary>
    public int Bells { get; private set; }

    /// <summary>Whether pasted text would come in brackets.</summary>
    public bool BracketsPaste { get; private set; }

    /// <summary>What is shown, row by row, without blanks at the end and without empty rows at the bottom.</summary>
    public string Text => string.Join('\n', Lines).TrimEnd('\n');

    /// <summary>What scrolled out at the top too.</summary>
    public string AllText => string.Join('\n', _gone.Concat(Lines)).TrimEnd('\n');

    /// <summary>Every row.</summary>
    public IEnumerable<string> Lines => _cells.Select(Show);

    /// <summary>The row of the cursor up to the cursor.</summary>
    public string BeforeCursor => string.Concat(_cells[CursorRow].Take(CursorColumn));

    public bool Contains(string text) => Text.Contains(text, StringComparison.Ordinal);

    /// <summary>Other size, as xterm does it: nothing is wrapped anew.</summary>
    public void Resize(int columns, int rows)
    {
        while (CursorRow >= rows)
        {
            Scroll();
            CursorRow--;
        }

        var old = _cells;
        (Columns, Rows) = (columns, rows);
        _cells = [.. Enumerable.Range(0, rows).Select(_ => Blank())];
        for (int row = 0; row < Math.Min(rows, old.Length); row++)
        {
            Array.Copy(old[row], _cells[row], Math.Min(columns, old[row].Length));
        }

        CursorColumn = Math.Min(CursorColumn, columns - 1);
        _wraps = false;
    }

    /// <summary>What a program writes.</summary>
    public void Write(string text)
    {
        foreach (char c in text)
        {
            if (_sequence.Length > 0)
            {
                _sequence.Append(c);
                Continue(c);
            }
            else if (char.IsHighSurrogate(c))
            {
                _high = c;
            }
            else if (c >= ' ' && c != '\x7f')
            {
                Put(_high is { } high && char.IsLowSurrogate(c) ? new string([high, c]) : c.ToString());
                _high = null;
            }
            else
            {
                Control(c);
            }
        }
    }

    private static string Show(string[] row) => string.Concat(row).TrimEnd(' ');

    private string[] Blank()
    {
        string[] row = new string[Columns];
        Array.Fill(row, " ");
        return row;
    }

    private void Control(char c)
    {
        switch (c)
        {
            case '\r':
                (CursorColumn, _wraps) = (0, false);
                break;
            case '\n':
                LineFeed();
                break;
            case '\b':
                (CursorColumn, _wraps) = (Math.Max(0, CursorColumn - 1), false);
                break;
            case '\t':
                CursorColumn = Math.Min(Columns - 1, (CursorColumn / 8 + 1) * 8);
                break;
            case '\a':
                Bells++;
                break;
            case '\e':
                _sequence.Append(c);
                break;
        }
    }

    private void LineFeed()
    {
        _wraps = false;
        if (CursorRow < Rows - 1)
        {
            CursorRow++;
        }
        else
        {
            Scroll();
        }
    }

    private void Scroll()
    {
        _gone.Add(Show(_cells[0]));
        _cells = [.. _cells[1..], Blank()];
    }

    private void Put(string character)
    {
        int width = DisplayWidth.Of(character);
        if (width == 0)
        {
            int column = _wraps ? CursorColumn : Math.Max(0, CursorColumn - 1);
            while (column > 0 && _cells[CursorRow][column].Length == 0)
            {
                column--;
            }

            _cells[CursorRow][column] += character;
            return;
        }

        if (_wraps || CursorColumn + width > Columns)
        {
            CursorColumn = 0;
            LineFeed();
        }

        _cells[CursorRow][CursorColumn] = character;
        if (width == 2)
        {
            _cells[CursorRow][CursorColumn + 1] = "";
        }

        CursorColumn += width;
        if (CursorColumn >= Columns)
        {
            (CursorColumn, _wraps) = (Columns - 1, true);
        }
    }

    private void Continue(char c)
    {
        char kind = _sequence.Length > 1 ? _sequence[1] : '\0';
        bool over = kind switch
        {
            '\0' => false,
            '[' => _sequence.Length > 2 && c is >= '@' and <= '~',
            ']' => c == '\a' || _sequence.ToString().EndsWith("\e\\", StringComparison.Ordinal),
            '(' or ')' => _sequence.Length == 3,
            _ => true,
        };
        if (!over)
        {
            return;
        }

        string sequence = _sequence.ToString();
        _sequence.Clear();
        if (kind == '[')
        {
            Perform(sequence[2..^1], c);
        }
        else if (kind == '7')
        {
            _saved = (CursorRow, CursorColumn);
        }
        else if (kind == '8')
        {
            (CursorRow, CursorColumn) = _saved;
        }
    }

    private void Perform(string parameters, char final)
    {
        int[] numbers = [.. parameters.TrimStart('?', '>', '=').Split(';').Select(n => int.TryParse(n, CultureInfo.InvariantCulture, out int v) ? v : 0)];
        int first = Math.Max(1, numbers[0]);
        if (final is not ('m' or 'h' or 'l'))
        {
            _wraps = false;
        }

        switch (final)
        {
            case 'A':
                CursorRow = Math.Max(0, CursorRow - first);
                break;
            case 'B':
                CursorRow = Math.Min(Rows - 1, CursorRow + first);
                break;
            case 'C':
                CursorColumn = Math.Min(Columns - 1, CursorColumn + first);
                break;
            case 'D':
                CursorColumn = Math.Max(0, CursorColumn - first);
                break;
            case 'G':
                CursorColumn = Math.Min(Columns, first) - 1;
                break;
            case 'H' or 'f':
                CursorRow = Math.Min(Rows, first) - 1;
                CursorColumn = Math.Min(Columns, numbers.Length > 1 ? Math.Max(1, numbers[1]) : 1) - 1;
                break;
            case 'J':
                EraseDisplay(numbers[0]);
                break;
            case 'K':
                EraseLine(numbers[0]);
                break;
            case 'h' or 'l' when parameters == "?2004":
                BracketsPaste = final == 'h';
                break;
            case 'm' or 'h' or 'l':
                break;
            default:
                throw new InvalidOperationException($"The screen of the tests does not know CSI {parameters}{final}.");
        }
    }

    private void EraseDisplay(int which)
    {
        if (which == 0)
        {
            EraseLine(0);
            for (int row = CursorRow + 1; row < Rows; row++)
            {
                _cells[row] = Blank();
            }
        }
        else if (which == 1)
        {
            EraseLine(1);
            for (int row = 0; row < CursorRow; row++)
            {
                _cells[row] = Blank();
            }
        }
        else if (which == 2)
        {
            _cells = [.. Enumerable.Range(0, Rows).Select(_ => Blank())];
        }
    }

    private void EraseLine(int which)
    {
        int from = which == 0 ? CursorColumn : 0;
        int to = which == 1 ? CursorColumn + 1 : Columns;
        Array.Fill(_cells[CursorRow], " ", from, to - from);
    }
}
