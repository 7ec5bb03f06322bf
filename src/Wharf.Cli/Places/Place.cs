using System.Text;
using Wharf.Client;

namespace Wharf.Cli.Places;

/// <summary>What a word of a command line means: a file or directory of a source, or a pattern for several.</summary>
/// <param name="Source">Where it is; this machine is a source too (file:).</param>
/// <param name="Pattern">
/// The path as <see cref="RemoteSource"/> takes it, with *, ? and [] for what may stand there, "**" for any directories, and a backslash before a
/// character that means itself.
/// </param>
/// <param name="Text">As it was typed, without a password: for messages.</param>
internal sealed record Place(RemoteSource Source, string Pattern, string Text)
{
    /// <summary>Whether it is on this machine.</summary>
    public bool IsLocal => Source.Url.Scheme == RemoteScheme.File;

    /// <summary>Whether it stands for several.</summary>
    public bool IsPattern => PathPattern.IsPattern(Pattern);

    /// <summary>The path, if it is one; of a pattern what it would be if all its characters meant themselves.</summary>
    public string Path => PathPattern.Unescape(Pattern);

    /// <summary>Whether it ends in a slash: "into that directory".</summary>
    public bool IsInto => Pattern.EndsWith('/');

    /// <summary>What is known of it already, where it was found by a pattern; null where nobody has looked.</summary>
    public RemoteEntry? Entry { get; init; }

    /// <summary>The place for one path of the same source.</summary>
    public Place At(string path, string text) => this with { Pattern = PathPattern.Escape(path), Text = text, Entry = null };

    /// <summary>What has a name in this directory.</summary>
    public Place Below(string name) => At(Join(Path, name), Join(Text, name));

    /// <summary>A path and a name below it.</summary>
    public static string Join(string directory, string name) => directory.Length == 0 || directory.EndsWith('/') ? directory + name : $"{directory}/{name}";
}

/// <summary>The text of patterns.</summary>
internal static class PathPattern
{
    private const string Special = "*?[\\";

    /// <summary>Whether a character in it stands for others.</summary>
    public static bool IsPattern(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '*' or '?' or '[')
            {
                return true;
            }

            i += text[i] == '\\' ? 1 : 0;
        }

        return false;
    }

    /// <summary>A pattern that only this text fits.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
        {
            return text;
        }

        var pattern = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            _ = Special.Contains(c, StringComparison.Ordinal) ? pattern.Append('\\').Append(c) : pattern.Append(c);
        }

        return pattern.ToString();
    }

    /// <summary>The text with each backslash taken off what stands behind it.</summary>
    public static string Unescape(string pattern)
    {
        if (!pattern.Contains('\\', StringComparison.Ordinal))
        {
            return pattern;
        }

        var text = new StringBuilder(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
        {
            i += pattern[i] == '\\' && i + 1 < pattern.Length ? 1 : 0;
            text.Append(pattern[i]);
        }

        return text.ToString();
    }
}
