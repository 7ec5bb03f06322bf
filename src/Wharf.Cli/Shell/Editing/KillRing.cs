namespace Wharf.Cli.Shell.Editing;

/// <summary>What was cut out of lines, newest first when asked; kept from line to line.</summary>
internal sealed class KillRing
{
    /// <summary>Pieces that are kept.</summary>
    public const int Slots = 32;

    private readonly List<string> _pieces = [];
    private int _at;

    /// <summary>The piece Ctrl-Y would bring; none if nothing was cut yet.</summary>
    public string? Current => _pieces.Count == 0 ? null : _pieces[_at];

    /// <summary>A piece that was cut out.</summary>
    /// <param name="text">Not empty, or nothing happens.</param>
    /// <param name="joins">The key before cut as well, so that both pieces are one.</param>
    /// <param name="before">It stood before the caret, so that it comes before what it joins.</param>
    public void Add(string text, bool joins, bool before)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (joins && _pieces.Count > 0)
        {
            _pieces[^1] = before ? text + _pieces[^1] : _pieces[^1] + text;
        }
        else
        {
            _pieces.Add(text);
            if (_pieces.Count > Slots)
            {
                _pieces.RemoveAt(0);
            }
        }

        _at = _pieces.Count - 1;
    }

    /// <summary>Turns to the piece before.</summary>
    public void Rotate() => _at = (_at + _pieces.Count - 1) % _pieces.Count;
}
