using Wharf.Files;
using Wharf.Ftp;
using Wharf.Server.Settings;

namespace Wharf.Server.Listeners;

/// <summary>What may stand behind the question mark of a --listen URL: one row for each key.</summary>
/// <param name="name">The word before the equals sign.</param>
/// <param name="protocols">Whose URLs may have it.</param>
/// <param name="possible">What a value may be, in words.</param>
/// <param name="apply">The URL with this value; null where the text is none.</param>
internal sealed class ListenKey(string name, IReadOnlyList<ListenProtocol> protocols, string possible, Func<ListenUrl, string, ListenUrl?> apply)
{
    private static readonly (string Word, TlsUse Use)[] TlsUses = [("none", TlsUse.None), ("optional", TlsUse.Optional), ("required", TlsUse.Required)];

    private static readonly ListenKey[] Rows =
    [
        new("tls", [ListenProtocol.Ftp], ValueForm.OneOfWords([.. TlsUses.Select(use => use.Word)]), (url, value) =>
            Array.Find(TlsUses, use => use.Word == value) is { Word: not null } use ? url with { Tls = use.Use } : null),
        new("session-reuse", [ListenProtocol.Ftp, ListenProtocol.Ftps], "required or optional", (url, value) =>
            value is "required" or "optional" ? url with { RequiresSessionReuse = value == "required" } : null),
        new("algorithms", [ListenProtocol.Sftp], "default, hardened or the path of a file", (url, value) =>
            value.Length > 0 && !value.Contains('\0') ? url with { Algorithms = value } : null),
    ];

    /// <summary>The URL with what a query says: keys in any order, each once, with '&amp;' between.</summary>
    /// <param name="url">What stands before the question mark.</param>
    /// <param name="text">All of it as it was written, for messages.</param>
    /// <param name="query">What stands behind.</param>
    /// <exception cref="UsageException">It is none of that protocol.</exception>
    public static ListenUrl Read(ListenUrl url, string text, string query)
    {
        var given = new HashSet<ListenKey>();
        foreach (string part in query.Split('&'))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string word = equals < 0 ? part : part[..equals];
            var row = Find(word, url.Protocol, text);
            if (!given.Add(row))
            {
                throw new UsageException($"Argument --listen cannot be '{FileNames.ForDisplay(text)}', which gives {word} twice: possible is each once.");
            }

            url = row.Apply(url, equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]))
                ?? throw new UsageException($"Argument --listen cannot be '{FileNames.ForDisplay(text)}': possible is {row.Usage}.");
        }

        return url;
    }

    private string Name { get; } = name;

    private string Usage { get; } = $"{name}={possible}";

    private IReadOnlyList<ListenProtocol> Protocols { get; } = protocols;

    private Func<ListenUrl, string, ListenUrl?> Apply { get; } = apply;

    private static ListenKey Find(string word, ListenProtocol protocol, string text)
    {
        var own = Rows.Where(row => row.Protocols.Contains(protocol)).ToList();
        if (own.Find(row => row.Name == word) is { } found)
        {
            return found;
        }

        string fault = Array.Find(Rows, row => row.Name == word) is { } other
            ? $"{word} is only for {ValueForm.OneOfWords([.. other.Protocols.Select(others => others.Scheme + "://")])}"
            : $"there is no '{FileNames.ForDisplay(word)}', and the nearest is {NearestName.To(word, own.Select(row => row.Name))}";
        throw new UsageException(
            $"Argument --listen cannot be '{FileNames.ForDisplay(text)}', since {fault}: possible behind '?' of {protocol.Scheme}:// is "
            + $"{string.Join("; ", own.Select(row => row.Usage))}.");
    }
}
