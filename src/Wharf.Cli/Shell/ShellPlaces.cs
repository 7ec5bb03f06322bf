using Wharf.Cli.Connections;
using Wharf.Cli.Places;
using Wharf.Cli.Shell.Line;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Shell;

/// <summary>
/// What words mean in the shell: paths of the server seen from its directory, of this machine seen from the local one, and URLs. Both
/// directories are those of the moment the command began: a job goes on where it was.
/// </summary>
internal sealed class ShellPlaces : IPlaces
{
    private readonly Server? _server;
    private readonly string? _directory;
    private readonly string _local;
    private readonly Sources _sources;
    private readonly Dictionary<string, string> _patterns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Place> _known = new(StringComparer.Ordinal);

    /// <param name="server">What is open; null for nothing.</param>
    /// <param name="local">The local directory.</param>
    /// <param name="sources">For URLs.</param>
    /// <param name="words">As they were typed.</param>
    public ShellPlaces(Server? server, string local, Sources sources, IEnumerable<Word> words)
    {
        (_server, _directory, _local, _sources) = (server, server?.Directory, local, sources);
        foreach (var word in words)
        {
            // Verbs get texts. Of two that differ in quotes alone, the one that names the least is meant.
            if (!_patterns.TryGetValue(word.Text, out string? other) || other.Length < word.Pattern.Length)
            {
                _patterns[word.Text] = word.Pattern;
            }
        }
    }

    /// <summary>The directory of this machine.</summary>
    public string Local => _local;

    /// <summary>The server's directory as it was when the command began.</summary>
    public string Directory => _directory ?? throw NotConnected();

    /// <summary>The server.</summary>
    /// <exception cref="UsageException">None is open.</exception>
    public Server Server => _server ?? throw NotConnected();

    /// <summary>How a word was typed, as a pattern.</summary>
    public string PatternOf(string text) => _patterns.TryGetValue(text, out string? pattern) ? pattern : text;

    /// <summary>A word that means this place, for a verb that tells URLs from local paths.</summary>
    public string Name(Place place)
    {
        string word = $"{place.Source.Url}#{_known.Count}";
        _known[word] = place;
        return word;
    }

    /// <inheritdoc/>
    public Place There(string text)
    {
        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }

        if (TypedUrl.IsUrl(text))
        {
            return _sources.Place(TypedUrl.Parse(text));
        }

        return new Place(Server.Source, Absolute(PatternOf(text)), text);
    }

    /// <inheritdoc/>
    public Place Here(string text)
    {
        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }

        return TypedUrl.IsUrl(text) ? There(text) : _sources.Local(Path.Combine(_local, Home(text))) with { Text = text };
    }

    /// <summary>A pattern of this machine: shells expand it before a command sees it, and here we are the shell.</summary>
    public Place HerePattern(string text)
    {
        var place = Here(text);
        string pattern = PatternOf(text);
        if (TypedUrl.IsUrl(text) || !PathPattern.IsPattern(pattern))
        {
            return place;
        }

        string from = PathPattern.Escape(_local.Replace('\\', '/'));
        return place with { Pattern = pattern.StartsWith('/') ? pattern : Place.Join(from, Home(pattern)) };
    }

    /// <inheritdoc/>
    public Place Beside(Place first, string text) =>
        _known.TryGetValue(text, out var known) ? known
        : TypedUrl.IsUrl(text) || first.IsLocal ? There(text)
        : new Place(first.Source, PathPattern.Escape(PathPattern.Unescape(Absolute(PatternOf(text)))), text);

    private string Absolute(string pattern) => Server.Absolute(pattern, Directory);

    private static string Home(string text) => text is "~" || text.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + text[1..]
        : text;

    private static UsageException NotConnected() => new("Not connected: open URL connects.");
}
