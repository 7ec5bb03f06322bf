namespace Wharf.Cli.Shell.Line;

/// <summary>One word of a line.</summary>
/// <param name="Text">As it was meant, quotes and backslashes taken away.</param>
/// <param name="Pattern">As a pattern: a backslash stands before each *, ?, [ and \ that was quoted and so means itself.</param>
internal sealed record Word(string Text, string Pattern);
