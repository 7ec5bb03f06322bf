namespace Wharf.Ftp.Languages;

/// <summary>A language replies can be said in, RFC 2640 section 4. English is the one the code is written in.</summary>
/// <param name="tag">Its RFC 5646 tag, as FEAT and LANG show it.</param>
/// <param name="phrases">From the English format to this language's, with the same arguments.</param>
internal sealed class Language(string tag, IReadOnlyDictionary<string, string> phrases)
{
    /// <summary>Every language there is; English first, and with no phrases of its own.</summary>
    public static IReadOnlyList<Language> All { get; } = [new("EN", new Dictionary<string, string>()), German.Language];

    /// <summary>Its RFC 5646 tag.</summary>
    public string Tag { get; } = tag;

    /// <summary>Its format for an English one; null where it has none, and English is said.</summary>
    public string? Say(string english) => phrases.GetValueOrDefault(english);

    /// <summary>Whether it can say that.</summary>
    public bool Knows(string english) => phrases.ContainsKey(english);
}
