using System.Globalization;
using System.Text;

namespace Wharf.Shared;

/// <summary>A page of the manual, written with the macros of man(7). Compiled into each program that writes one about itself.</summary>
internal sealed class Roff
{
    /// <summary>Longest line of the source, so that it can be read and compared too.</summary>
    private const int Width = 78;

    private readonly StringBuilder _text = new();

    /// <summary>Whether nothing stands below the last heading yet: it makes room itself.</summary>
    private bool _isBelowHeading;

    /// <summary>Begins a page.</summary>
    /// <param name="name">The program.</param>
    /// <param name="section">Its section of the manual: 1 for everybody's programs, 8 for daemons.</param>
    /// <param name="summary">What whatis(1) shows: a few words.</param>
    /// <param name="version">The program's.</param>
    /// <param name="date">When it was written.</param>
    public Roff(string name, int section, string summary, string version, DateTimeOffset date)
    {
        // The date is read by programs, which know no minus there.
        _text.Append(CultureInfo.InvariantCulture, $".TH \"{name.ToUpperInvariant()}\" \"{section}\" \"{date:yyyy-MM-dd}\" \"Wharf {version}\" \"Wharf\"\n");

        // Ragged: a line with one long word in it cannot be spread.
        Macro("ad", "l");
        Section("NAME");
        _text.Append(Escaped(name)).Append(" \\- ").Append(Escaped(summary)).Append('\n');
    }

    /// <summary>A heading.</summary>
    public void Section(string title) => Heading("SH", title);

    /// <summary>A heading below a heading.</summary>
    public void Part(string title) => Heading("SS", title);

    /// <summary>A paragraph.</summary>
    public void Paragraph(string text)
    {
        Gap();
        Words(text);
    }

    /// <summary>Something and what it means, which stands indented below or beside it.</summary>
    /// <param name="heading">In bold, but for what follows a blank: that is a value's name, in italics.</param>
    /// <param name="meaning">Sentences.</param>
    public void Item(string heading, string meaning)
    {
        Macro("TP");
        _isBelowHeading = false;
        _text.Append(Heading(heading)).Append('\n');
        Words(meaning);
    }

    /// <summary>Lines as they are.</summary>
    public void Lines(IEnumerable<string> lines)
    {
        Gap();
        Macro("RS", "4");
        Macro("nf");
        foreach (string line in lines)
        {
            _text.Append(Line(line)).Append('\n');
        }

        Macro("fi");
        Macro("RE");
    }

    /// <summary>All of it.</summary>
    public override string ToString() => _text.ToString();

    private void Heading(string macro, string title)
    {
        Macro(macro, title);
        _isBelowHeading = true;
    }

    private void Gap()
    {
        if (!_isBelowHeading)
        {
            Macro("PP");
        }

        _isBelowHeading = false;
    }

    /// <summary>"-l, --long" and "--jobs N": names are bold, a value's is in italics.</summary>
    private static string Heading(string heading) => string.Join(", ", heading.Split(", ").Select(static part =>
    {
        int blank = part.IndexOf(' ', StringComparison.Ordinal);
        string name = $"\\fB{Escaped(blank < 0 ? part : part[..blank])}\\fR";
        return blank < 0 ? name : $"{name} \\fI{Escaped(part[(blank + 1)..])}\\fR";
    }));

    private void Macro(string name, params ReadOnlySpan<string> arguments)
    {
        _text.Append('.').Append(name);
        foreach (string argument in arguments)
        {
            _text.Append(' ').Append(argument.Contains(' ', StringComparison.Ordinal) ? $"\"{Escaped(argument)}\"" : Escaped(argument));
        }

        _text.Append('\n');
    }

    /// <summary>Words, broken into lines.</summary>
    private void Words(string text)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string escaped = Escaped(word);
            if (line.Length > 0 && line.Length + 1 + escaped.Length > Width)
            {
                _text.Append(line).Append('\n');
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(line.Length == 0 ? Protected(escaped) : escaped);
        }

        _text.Append(line).Append('\n');
    }

    private static string Line(string text) => Protected(Escaped(text));

    /// <summary>What begins with a dot is a request.</summary>
    private static string Protected(string escaped) => escaped.StartsWith('.') ? "\\&" + escaped : escaped;

    /// <summary>Each character as itself, also where typographers would have another: what is copied from a page must work.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '\\' => "\\e",
                '-' => "\\-",
                '\'' => "\\(aq",
                '"' => "\\(dq",
                '`' => "\\(ga",
                '^' => "\\(ha",
                '~' => "\\(ti",
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }
}
