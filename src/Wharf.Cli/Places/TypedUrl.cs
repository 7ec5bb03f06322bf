using System.Text.RegularExpressions;
using Wharf.Cli.Syntax;
using Wharf.Client;

namespace Wharf.Cli.Places;

/// <summary>
/// A URL as somebody typed it, whose path may be a pattern: there *, ?, [ and a backslash are what they are in <see cref="Place.Pattern"/>, and
/// written with a percent sign (%2A) they mean themselves. A blank may stand in the path as it is.
/// </summary>
/// <param name="Server">The URL without its path: where the source begins.</param>
/// <param name="Pattern">The path, below the login's directory unless it begins with a slash.</param>
/// <param name="Text">All of it without the password.</param>
/// <param name="Password">The password it had; null for none.</param>
internal sealed partial record TypedUrl(RemoteUrl Server, string Pattern, string Text, string? Password)
{
    /// <summary>Whether a word is a URL rather than a path.</summary>
    public static bool IsUrl(string text) => Scheme().IsMatch(text);

    /// <summary>Reads one.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static TypedUrl Parse(string text)
    {
        RemoteUrl url;
        try
        {
            // What was escaped by percent signs gets the pattern's escape before both become the same character.
            int path = PathBegins(text);
            url = RemoteUrl.Parse(text[..path] + Escaped().Replace(text[path..], "%5C$0").Replace(" ", "%20", StringComparison.Ordinal));
        }
        catch (RemoteException bad) when (bad.Error == RemoteError.Usage)
        {
            throw new UsageException(bad.Message.TrimEnd('.') + ".");
        }

        string shown = url.ToString();
        string server = shown[..PathBegins(shown)];

        // The scheme's own port is left out of the text, but who names it means it, whatever ~/.ssh/config says.
        server += url.NamesPort && !AnyPort().IsMatch(server) ? FormattableString.Invariant($":{url.Port}") : "";
        string pattern = url.Path;
        return new TypedUrl(
            RemoteUrl.Parse(url.IsRemote ? server : LocalServer(url.Scheme, pattern)),
            url.IsBelowHome || pattern.StartsWith('/') ? pattern : "/" + pattern,
            url.IsRemote ? RemoteUrl.Parse(text[..PathBegins(text)]).ToString() + text[PathBegins(text)..] : text,
            url.Password);
    }

    /// <summary>Where a source of this machine begins: Windows has several disks.</summary>
    public static string LocalServer(RemoteScheme scheme, string path) =>
        scheme == RemoteScheme.File && OperatingSystem.IsWindows() ? $"file:///{path.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()}/"
        : scheme == RemoteScheme.File ? "file:///"
        : "memory:///";

    /// <summary>Where the path begins: at the slash behind the host, or at the end.</summary>
    private static int PathBegins(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        int authority = text.AsSpan(colon + 1).StartsWith("//") ? colon + 3 : colon + 1;
        int slash = text.IndexOf('/', authority);
        return slash < 0 ? text.Length : slash;
    }

    [GeneratedRegex("^(ftp|ftpes|ftps|sftp)://|^(file|memory):", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex("%(2A|3F|5B|5C)", RegexOptions.IgnoreCase)]
    private static partial Regex Escaped();

    [GeneratedRegex(@":\d+$")]
    private static partial Regex AnyPort();
}
