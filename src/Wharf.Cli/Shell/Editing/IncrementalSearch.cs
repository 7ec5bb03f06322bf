namespace Wharf.Cli.Shell.Editing;

/// <summary>A search through the history that narrows with every key, shown as readline shows it.</summary>
/// <param name="walk">Where to search.</param>
/// <param name="backward">Towards the old lines first.</param>
internal sealed class IncrementalSearch(HistoryWalk walk, bool backward)
{
    private readonly Stack<(string Wanted, int Index, int Position, bool Failed, bool Backward)> _before = new();
    private bool _backward = backward;
    private int _index = walk.At;
    private int _position = -1;
    private bool _failed;

    /// <summary>What is searched for.</summary>
    public string Wanted { get; private set; } = "";

    /// <summary>The line found; where nothing was searched for yet, the one the search began at.</summary>
    public int Index => _index;

    /// <summary>Where in that line; -1 before anything was found.</summary>
    public int Position => _position;

    /// <summary>What stands in the prompt's place.</summary>
    public string Prompt => $"({(_failed ? "failed " : "")}{(_backward ? "reverse-" : "")}i-search)`{Wanted}': ";

    /// <summary>One more character; false when no line has it.</summary>
    public bool Narrow(string text)
    {
        Remember();
        Wanted += text;
        return Find(_position, fromHere: true);
    }

    /// <summary>The next match in a direction; false when there is none.</summary>
    /// <param name="backward">Towards the old.</param>
    /// <param name="last">What was searched for the last time, if nothing is yet.</param>
    public bool Again(bool backward, string last)
    {
        Remember();
        bool anew = Wanted.Length == 0;
        _backward = backward;
        if (anew)
        {
            Wanted = last;
        }

        return Wanted.Length == 0 || Find(_position, fromHere: anew);
    }

    /// <summary>Takes the last key back; false if there was none.</summary>
    public bool Widen()
    {
        if (!_before.TryPop(out var before))
        {
            return false;
        }

        (Wanted, _index, _position, _failed, _backward) = before;
        return true;
    }

    private void Remember() => _before.Push((Wanted, _index, _position, _failed, _backward));

    private bool Find(int position, bool fromHere)
    {
        int step = _backward ? -1 : 1;
        string here = walk[_index];
        int from = position < 0 ? (_backward ? here.Length : 0) : fromHere ? position : position + step;
        int found = Within(here, from);
        int index = _index;
        while (found < 0)
        {
            index += step;
            if (index < 0 || index > walk.Count)
            {
                _failed = true;
                return false;
            }

            // The same line once more is no answer to "the one before".
            string line = walk[index];
            found = line == here && !fromHere ? -1 : Within(line, _backward ? line.Length : 0);
        }

        (_index, _position, _failed) = (index, found, false);
        return true;
    }

    /// <summary>Where a match begins, at this place or farther in the direction of the search; -1 if none does.</summary>
    private int Within(string line, int from)
    {
        int step = _backward ? -1 : 1;
        int last = line.Length - Wanted.Length;
        for (int i = _backward ? Math.Min(from, last) : from; i >= 0 && i <= last; i += step)
        {
            if (string.CompareOrdinal(line, i, Wanted, 0, Wanted.Length) == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
