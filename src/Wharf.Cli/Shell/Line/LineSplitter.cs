using System.Text;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Shell.Line;

/// <summary>What a line may have beside words.</summary>
/// <param name="Operators">Whether ; &amp; &amp;&amp; and || divide it. sftp knows none of them.</param>
/// <param name="CommentsWithin">Whether # begins a comment within a word too, as sftp has it; else only where a word could begin.</param>
internal sealed record LineRules(bool Operators, bool CommentsWithin)
{
    /// <summary>sftp's, for batches that were written for it.</summary>
    public static LineRules OfSftp { get; } = new(false, true);

    /// <summary>Ours, where a person types.</summary>
    public static LineRules Usual { get; } = new(true, false);
}

/// <summary>
/// Divides a line into commands and words as OpenSSH's sftp does: blanks between words, single and double quotes, a backslash before one
/// character. Quoted *, ? and [ mean themselves.
/// </summary>
internal sealed class LineSplitter
{
    private const char None = '\0';

    private readonly string _line;
    private readonly LineRules _rules;
    private readonly List<Statement> _statements = [];
    private readonly List<Word> _words = [];
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _pattern = new();
    private RunsWhen _when;
    private int _begin;
    private int _at;
    private bool _inWord;
    private char _quote;

    private LineSplitter(string line, LineRules rules) => (_line, _rules) = (line, rules);

    /// <summary>The commands of a line; none for a blank one or a comment.</summary>
    /// <exception cref="UsageException">A quote is not closed.</exception>
    public static IReadOnlyList<Statement> Split(string line, LineRules rules)
    {
        var splitter = new LineSplitter(line, rules);
        splitter.Run();
        return splitter._statements;
    }

    /// <summary>What of a line is being typed at its end, for completion: its finished words, and the last one, which may be open.</summary>
    public static OpenLine SplitOpen(string line, LineRules rules)
    {
        var splitter = new LineSplitter(line, rules);
        int wordBegins = line.Length;
        bool any = false;
        while (splitter._at < line.Length)
        {
            bool before = splitter._inWord;
            int at = splitter._at;
            if (!splitter.Step())
            {
                break;
            }

            if (!before && splitter._inWord)
            {
                (wordBegins, any) = (at, true);
            }
        }

        return splitter._inWord && any
            ? new OpenLine([.. splitter._words], new Word(splitter._text.ToString(), splitter._pattern.ToString()), wordBegins, splitter._quote)
            : new OpenLine([.. splitter._words], new Word("", ""), line.Length, None);
    }

    private void Run()
    {
        while (_at < _line.Length && Step())
        {
        }

        if (_quote != None)
        {
            throw new UsageException("Unterminated quoted argument");
        }

        EndStatement(_at, background: false, RunsWhen.Always);
    }

    /// <summary>Takes one character, or what belongs together; false where nothing counts any more.</summary>
    private bool Step()
    {
        char c = _line[_at];
        if (_quote != None)
        {
            Quoted(c);
        }
        else if (c is ' ' or '\t' or '\r' or '\n')
        {
            EndWord();
            _at++;
        }
        else if (c is '"' or '\'')
        {
            (_inWord, _quote) = (true, c);
            _at++;
        }
        else if (c == '\\')
        {
            Add(_at + 1 < _line.Length ? _line[_at + 1] : '\\', quoted: true);
            _at += 2;
        }
        else if (c == '#' && (_rules.CommentsWithin || !_inWord))
        {
            EndWord();
            return false;
        }
        else if (c == '!' && !_inWord && _words.Count == 0)
        {
            string source = _line[_at..];
            _statements.Add(new Statement([new Word("!", "!")], source) { Shell = source[1..], When = _when });
            _at = _begin = _line.Length;
            return false;
        }
        else if (!_rules.Operators || !Operator(c))
        {
            Add(c, quoted: false);
            _at++;
        }

        return true;
    }

    private void Quoted(char c)
    {
        if (c == _quote)
        {
            _quote = None;
            _at++;
        }
        else if (c == '\\' && _at + 1 < _line.Length && _line[_at + 1] == _quote)
        {
            Add(_quote, quoted: true);
            _at += 2;
        }
        else
        {
            Add(c, quoted: true);
            _at++;
        }
    }

    private bool Operator(char c)
    {
        char next = _at + 1 < _line.Length ? _line[_at + 1] : ' ';
        switch (c)
        {
            case ';':
                EndStatement(_at, background: false, RunsWhen.Always);
                _at++;
                break;
            case '&' when next == '&':
                EndStatement(_at, background: false, RunsWhen.Succeeded);
                _at += 2;
                break;
            case '|' when next == '|':
                EndStatement(_at, background: false, RunsWhen.Failed);
                _at += 2;
                break;
            case '&' when next is ' ' or '\t' or ';' or '#':
                // Within a name it is a character as any other: "a&b".
                EndStatement(_at, background: true, RunsWhen.Always);
                _at++;
                break;
            default:
                return false;
        }

        _begin = _at;
        return true;
    }

    private void Add(char c, bool quoted)
    {
        _inWord = true;
        _text.Append(c);
        if (c == '\\' || (quoted && c is '*' or '?' or '['))
        {
            _pattern.Append('\\');
        }

        _pattern.Append(c);
    }

    private void EndWord()
    {
        if (_inWord)
        {
            _words.Add(new Word(_text.ToString(), _pattern.ToString()));
            _text.Clear();
            _pattern.Clear();
            _inWord = false;
        }
    }

    private void EndStatement(int end, bool background, RunsWhen next)
    {
        EndWord();
        if (_words.Count > 0)
        {
            _statements.Add(new Statement([.. _words], _line[_begin..end].Trim()) { InBackground = background, When = _when });
            _words.Clear();
        }

        _when = next;
    }
}

/// <summary>A line that is still typed.</summary>
/// <param name="Words">Those that are finished, of the last command.</param>
/// <param name="Open">The one at the end; empty behind a blank.</param>
/// <param name="Begins">Where that begins in the line, its quote with it.</param>
/// <param name="Quote">The quote that is open; NUL for none.</param>
internal sealed record OpenLine(IReadOnlyList<Word> Words, Word Open, int Begins, char Quote);
