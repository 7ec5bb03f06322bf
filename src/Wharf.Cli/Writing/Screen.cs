namespace Wharf.Cli.Writing;

/// <summary>What output is shown on.</summary>
/// <param name="OutputIsTerminal">Whether standard output is one.</param>
/// <param name="ErrorsAreTerminal">Whether standard error is one: progress is drawn there.</param>
/// <param name="Width">Columns.</param>
/// <param name="Colours">Whether it may be coloured: a terminal, and no NO_COLOR.</param>
internal sealed record Screen(bool OutputIsTerminal, bool ErrorsAreTerminal, int Width, bool Colours)
{
    /// <summary>Where nothing says how wide it is.</summary>
    public const int UsualWidth = 80;

    /// <summary>None: a file or a pipe.</summary>
    public static Screen None { get; } = new(false, false, UsualWidth, false);
}
