using System.Buffers;

namespace Wharf.Cli.Verbs;

/// <summary>A mode as chmod(1) takes it: octal, or "u+rwX,go-w".</summary>
internal sealed class ModeChange
{
    private const int AllBits = 0xFFF; // 07777

    private static readonly SearchValues<char> Everybody = SearchValues.Create("ugoa");
    private static readonly SearchValues<char> Letters = SearchValues.Create("rwxXst");

    private readonly int? _mode;
    private readonly List<Clause> _clauses = [];

    private ModeChange(int? mode) => _mode = mode;

    /// <summary>Whether what was there has to be known.</summary>
    public bool NeedsMode => _mode is null;

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says what is possible.</exception>
    public static ModeChange Parse(string text)
    {
        const string Possible = "an octal number such as 644, or letters such as u+x, go-w or a=rX";
        if (text.Length is > 0 and <= 5 && text.All(digit => digit is >= '0' and <= '7'))
        {
            int mode = Convert.ToInt32(text, 8);
            return mode <= AllBits ? new ModeChange(mode) : throw new FormatException(Possible);
        }

        var change = new ModeChange(null);
        foreach (string part in text.Split(','))
        {
            int at = part.AsSpan().IndexOfAny('+', '-', '=');
            if (at < 0 || part.AsSpan(0, at).IndexOfAnyExcept(Everybody) >= 0)
            {
                throw new FormatException(Possible);
            }

            string who = at == 0 || part.AsSpan(0, at).Contains('a') ? "ugo" : part[..at];
            while (at < part.Length)
            {
                int end = part.AsSpan(at + 1).IndexOfAny('+', '-', '=') is >= 0 and int next ? at + 1 + next : part.Length;
                string bits = part[(at + 1)..end];
                if (bits.AsSpan().IndexOfAnyExcept(Letters) >= 0)
                {
                    throw new FormatException(Possible);
                }

                change._clauses.Add(new Clause(who, part[at], bits));
                at = end;
            }
        }

        return change;
    }

    /// <summary>The new mode.</summary>
    /// <param name="mode">What was there.</param>
    /// <param name="isDirectory">X means x there, and where anybody may execute already.</param>
    public int Apply(int mode, bool isDirectory)
    {
        if (_mode is { } octal)
        {
            return octal;
        }

        foreach (var clause in _clauses)
        {
            int mask = 0, bits = 0;
            foreach (char who in clause.Who)
            {
                int shift = who switch { 'u' => 6, 'g' => 3, _ => 0 };
                mask |= 7 << shift;
                bits |= clause.Bits.Contains('r', StringComparison.Ordinal) ? 4 << shift : 0;
                bits |= clause.Bits.Contains('w', StringComparison.Ordinal) ? 2 << shift : 0;
                bool executes = clause.Bits.Contains('x', StringComparison.Ordinal)
                    || (clause.Bits.Contains('X', StringComparison.Ordinal) && (isDirectory || (mode & 0x49) != 0));
                bits |= executes ? 1 << shift : 0;
                int special = who switch { 'u' => 0x800, 'g' => 0x400, _ => 0 };
                mask |= special;
                bits |= clause.Bits.Contains('s', StringComparison.Ordinal) ? special : 0;
            }

            bool sticky = clause.Bits.Contains('t', StringComparison.Ordinal) && clause.Who.Contains('o', StringComparison.Ordinal);
            bits |= sticky ? 0x200 : 0;
            mask |= clause.Who.Contains('o', StringComparison.Ordinal) ? 0x200 : 0;
            mode = clause.Operation switch
            {
                '+' => mode | bits,
                '-' => mode & ~bits,
                _ => (mode & ~mask) | bits,
            };
        }

        return mode;
    }

    private sealed record Clause(string Who, char Operation, string Bits);
}
