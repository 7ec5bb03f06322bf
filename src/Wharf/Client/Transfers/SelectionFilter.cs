using System.Text.RegularExpressions;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>A <see cref="Selection"/>, made ready to be asked often.</summary>
internal sealed class SelectionFilter(Selection selection)
{
    private readonly PathGlob[] _include = [.. selection.Include.Select(pattern => new PathGlob(pattern))];
    private readonly PathGlob[] _exclude = [.. selection.Exclude.Select(pattern => new PathGlob(pattern))];

    // Paths come from servers: an expression must not be made to take for ever.
    private readonly Regex[] _includeExpressions = [.. selection.IncludeExpressions.Select(Read)];
    private readonly Regex[] _excludeExpressions = [.. selection.ExcludeExpressions.Select(Read)];

    /// <summary>Whether some files are left out for what they are, so that a directory may turn out to have none.</summary>
    public bool ChoosesFiles =>
        _include.Length > 0 || _includeExpressions.Length > 0 || selection.NewerThan is not null || selection.OlderThan is not null || selection.LeastBytes > 0
        || selection.MostBytes < long.MaxValue;

    /// <summary>Whether a directory is entered.</summary>
    public bool TakesDirectory(string relativePath) => !Array.Exists(_exclude, glob => glob.Matches(relativePath, isDirectory: true))
        && (selection.Only.Count == 0 || selection.Only.Any(one => IsWithin(relativePath, one) || IsWithin(one, relativePath)))
        && Accepts(relativePath + "/");

    /// <summary>Whether a file of that name may take part, whatever else it is.</summary>
    public bool TakesName(string relativePath) => !Array.Exists(_exclude, glob => glob.Matches(relativePath, isDirectory: false))
        && (selection.Only.Count == 0 || selection.Only.Any(one => IsWithin(relativePath, one)))
        && (_include.Length == 0 || Array.Exists(_include, glob => glob.Matches(relativePath, isDirectory: false)))
        && Accepts(relativePath);

    /// <summary>Whether a file, or a link, takes part. What is not known of it leaves nothing out.</summary>
    public bool TakesFile(string relativePath, Entry entry)
    {
        if (!TakesName(relativePath))
        {
            return false;
        }

        if (entry.Known.HasFlag(EntryFacts.Modified)
            && ((selection.NewerThan is { } newer && entry.Modified + entry.ModifiedPrecision < newer.UtcDateTime)
                || (selection.OlderThan is { } older && entry.Modified >= older.UtcDateTime)))
        {
            return false;
        }

        return !entry.IsFile || !entry.Known.HasFlag(EntryFacts.Length)
            || (entry.Length >= selection.LeastBytes && entry.Length <= selection.MostBytes);
    }

    private static bool IsWithin(string path, string directory) => directory.Length == 0
        || (path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || path[directory.Length] == '/'));

    private static Regex Read(string expression) => new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private bool Accepts(string path) =>
        Array.Exists(_includeExpressions, expression => expression.IsMatch(path))
        || (!Array.Exists(_excludeExpressions, expression => expression.IsMatch(path))
            && (_includeExpressions.Length == 0 || _excludeExpressions.Length > 0 || path.EndsWith('/')));
}
