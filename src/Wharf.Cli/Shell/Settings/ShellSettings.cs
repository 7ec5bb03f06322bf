using System.Text.Json.Serialization;
using Wharf.Cli.Connections;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell.Settings;

/// <summary>The settings file.</summary>
internal sealed record ShellSettings
{
    /// <summary>Places by name, and how they are connected to.</summary>
    public SortedDictionary<string, Bookmark> Bookmarks { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The bookmark that a word names, with or without lftp's "bm:" before it; null for none.</summary>
    public Bookmark? Find(string text) => Bookmarks.GetValueOrDefault(text.StartsWith("bm:", StringComparison.Ordinal) ? text[3..] : text);
}

/// <summary>A place with a name: a site, and a directory of it.</summary>
internal sealed record Bookmark
{
    /// <summary>Where. Without a password unless the user wanted it there.</summary>
    public required string Url { get; init; }

    /// <summary>How it is connected to: options as on a command line.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The local directory that belongs to it; null for none.</summary>
    public string? Local { get; init; }

    /// <summary>Its options, and before them those that were typed with its name.</summary>
    /// <exception cref="UsageException">One of them is none.</exception>
    public Words With(Words typed) => typed.Over(Words.Parse(Options, [.. ConnectionOptions.All, .. OutputOptions.All]));
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShellSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
