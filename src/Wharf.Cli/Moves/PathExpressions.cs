using System.Text.RegularExpressions;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Moves;

/// <summary>
/// Which files of a tree take part by regular expressions, as lftp's mirror has it: on the path below the tree, that of a directory with a slash at
/// its end. Only the shell's mirror takes these options.
/// </summary>
internal static class PathExpressions
{
    public static Option<string> Exclude { get; } = new("--exclude", "REGEX", "Leaves out what has this in its path; a directory's ends with a slash.", Read) { Letters = "x", Repeats = true };

    public static Option<string> Include { get; } = new("--include", "REGEX", "Only files that have this in their path; with --exclude: these all the same.", Read) { Letters = "i", Repeats = true };

    private static string Read(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return text;
        }
        catch (Exception bad) when (bad is ArgumentException or NotSupportedException)
        {
            throw new FormatException("a regular expression without references back");
        }
    }
}
