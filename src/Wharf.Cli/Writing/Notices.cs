using Wharf.Files;

namespace Wharf.Cli.Writing;

/// <summary>Something that stands on the lines of a terminal and moves: progress. It makes way for a line, and comes back below it.</summary>
internal interface IStandingLines
{
    /// <summary>Clears them.</summary>
    void Hide();

    /// <summary>Draws them again.</summary>
    void Show();
}

/// <summary>What else there is to say, on standard error: notices and warnings, which --quiet silences, and errors. Safe for several threads.</summary>
/// <param name="errors">Standard error. Lent.</param>
/// <param name="isQuiet">Whether only errors are told.</param>
/// <param name="prefix">Before errors and warnings: "wharf: "; the shell has none.</param>
internal sealed class Notices(TextWriter errors, bool isQuiet, string prefix = "wharf: ")
{
    private readonly Lock _gate = new();
    private IStandingLines? _standing;

    /// <summary>Whether notices are silenced.</summary>
    public bool IsQuiet => isQuiet;

    /// <summary>What makes way for lines; null for nothing.</summary>
    public IStandingLines? Standing
    {
        set
        {
            lock (_gate)
            {
                _standing?.Hide();
                _standing = value;
            }
        }
    }

    /// <summary>Lets what stands draw, while nobody else writes.</summary>
    public void Draw(Action<TextWriter> draw)
    {
        lock (_gate)
        {
            draw(errors);
            errors.Flush();
        }
    }

    /// <summary>A notice.</summary>
    public void Say(string text)
    {
        if (!isQuiet)
        {
            Line(text);
        }
    }

    /// <summary>A warning.</summary>
    public void Warn(string text)
    {
        if (!isQuiet)
        {
            Line($"{prefix}warning: {text}");
        }
    }

    /// <summary>An error.</summary>
    public void Error(string text) => Line(prefix + text);

    /// <summary>A line of the dialogue with a server, which --verbose asked for.</summary>
    public void Wire(string text) => Line(text);

    private void Line(string text)
    {
        lock (_gate)
        {
            _standing?.Hide();
            errors.Write(FileNames.ForDisplay(text) + "\n");
            errors.Flush();
            _standing?.Show();
        }
    }
}
