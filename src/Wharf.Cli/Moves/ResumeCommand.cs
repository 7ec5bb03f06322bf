using System.Text.RegularExpressions;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Moves;

/// <summary>The command that goes on where an interrupted one stopped, as it can be typed.</summary>
internal static partial class ResumeCommand
{
    /// <summary>"Interrupted. To go on: wharf get --resume sftp://host/big".</summary>
    public static string Sentence(VerbCall call, string verb)
    {
        if (call.Typed.Count == 0)
        {
            // In the shell.
            return "Interrupted. The same command again does the rest.";
        }

        string[] words = call.Words.Has(MoveOptions.Resume) ? [.. call.ToResume, .. call.Typed] : ["--resume", .. call.ToResume, .. call.Typed];
        return $"Interrupted. To go on: wharf {verb} {string.Join(' ', words.Select(Quoted))}";
    }

    private static string Quoted(string word)
    {
        string text = WithoutPassword(word);
        return Plain().IsMatch(text) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string WithoutPassword(string word)
    {
        try
        {
            return TypedUrl.IsUrl(word) ? TypedUrl.Parse(word).Text : word;
        }
        catch (UsageException)
        {
            // The value of an option that looks like a URL.
            return word;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_@%+=:,./-]+$")]
    private static partial Regex Plain();
}
