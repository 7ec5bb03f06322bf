namespace Wharf.Net.Tls.Portable;

/// <summary>
/// A host's name in letters that no other control connection of this process uses now. SslStream keeps one session for each
/// spelling of a name, while SNI and certificates do not care for letter case (RFC 6066 section 3): so a server that wants
/// its own control connection's session is not shown another one's. The first connection spells the name as it is.
/// </summary>
internal sealed class NameVariant : IDisposable
{
    /// <summary>Letters that change: 2^10 control connections to one host; what is beyond shares the plain name.</summary>
    private const int MostLetters = 10;

    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal);
    private readonly bool _isTaken;
    private bool _isDisposed;

    private NameVariant(string spelling, bool isTaken)
    {
        Spelling = spelling;
        _isTaken = isTaken;
    }

    /// <summary>The name as SslStream is told it.</summary>
    public string Spelling { get; }

    /// <summary>A spelling that is free until it is disposed of.</summary>
    public static NameVariant Take(string name)
    {
        int letters = Math.Min(MostLetters, name.Count(char.IsAsciiLetter));
        lock (Gate)
        {
            for (int number = 0; number < 1 << letters; number++)
            {
                string spelling = Spell(name, number);
                if (Taken.Add(spelling))
                {
                    return new NameVariant(spelling, isTaken: true);
                }
            }
        }

        return new NameVariant(name, isTaken: false);
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (_isTaken && !_isDisposed)
            {
                Taken.Remove(Spelling);
            }

            _isDisposed = true;
        }
    }

    private static string Spell(string name, int number) => string.Create(name.Length, (name, number), static (spelled, state) =>
    {
        for (int i = 0; i < spelled.Length; i++)
        {
            char letter = state.name[i];
            bool flips = char.IsAsciiLetter(letter) && (state.number & 1) != 0;
            state.number = char.IsAsciiLetter(letter) ? state.number >> 1 : state.number;
            spelled[i] = flips ? (char)(letter ^ 0x20) : letter;
        }
    });
}
