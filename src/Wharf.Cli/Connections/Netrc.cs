using System.Text;
using Wharf.Cli.Writing;
using Wharf.Client;

namespace Wharf.Cli.Connections;

/// <summary>What ~/.netrc says about a host.</summary>
/// <param name="Login">The user; null where it names none.</param>
/// <param name="Password">The password; null where it has none.</param>
internal sealed record NetrcEntry(string? Login, string? Password)
{
    /// <summary>Keeps the password out of logs.</summary>
    public override string ToString() => nameof(NetrcEntry);
}

/// <summary>The file of logins that ftp(1) and curl read: "machine HOST login USER password PASSWORD", "default" for all others.</summary>
internal static class Netrc
{
    /// <summary>A longer file is not read, bytes.</summary>
    private const long MostBytes = 1024 * 1024;

    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>What the user's file says about a server; null for nothing. As with ftp(1), a file that others may read does not count.</summary>
    public static NetrcEntry? Find(RemoteUrl server, Surroundings around, Notices notices)
    {
        string path = around.Variable("NETRC") ?? Path.Combine(around.Home, ".netrc");
        string text;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MostBytes)
            {
                return null;
            }

            text = File.ReadAllText(path, Encoding.UTF8);
            if (Find(text, server.Host, server.User) is not { } entry)
            {
                return null;
            }

            if (entry.Password is not null && !OperatingSystem.IsWindows() && (file.UnixFileMode & OthersRead) != 0)
            {
                notices.Warn($"{path} is not used: others may read the passwords in it, chmod 600 keeps them");
                return null;
            }

            return entry;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            notices.Warn($"{path} cannot be read: {unreadable.Message.TrimEnd('.')}");
            return null;
        }
    }

    /// <summary>The first entry for a host, and for the user where one is known; else the default.</summary>
    public static NetrcEntry? Find(string text, string host, string? user)
    {
        NetrcEntry? found = null;
        bool fits = false;
        foreach (var (key, value) in Tokens(text))
        {
            if (key is "machine" or "default")
            {
                if (Accepts(found, user))
                {
                    return found;
                }

                fits = key == "default" || string.Equals(value, host, StringComparison.OrdinalIgnoreCase);
                found = fits ? new NetrcEntry(null, null) : null;
            }
            else if (fits)
            {
                found = key switch
                {
                    "login" => found! with { Login = value },
                    "password" => found! with { Password = value },
                    _ => found,
                };
            }
        }

        return Accepts(found, user) ? found : null;
    }

    private static bool Accepts(NetrcEntry? entry, string? user) => entry is not null && (user is null || entry.Login is null || entry.Login == user);

    /// <summary>Words in pairs; macros, which end at an empty line, are passed over.</summary>
    private static IEnumerable<(string Key, string Value)> Tokens(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        string? key = null;
        bool macro = false;
        foreach (string line in lines)
        {
            if (macro)
            {
                macro = line.Length > 0;
                continue;
            }

            foreach (string word in WordsOf(line))
            {
                if (key is not null)
                {
                    yield return (key, word);
                    key = null;
                }
                else if (word == "default")
                {
                    yield return (word, "");
                }
                else if (word == "macdef")
                {
                    macro = true;
                    break;
                }
                else if (word is "machine" or "login" or "password" or "account")
                {
                    key = word;
                }
            }
        }
    }

    /// <summary>Words of a line; in quotation marks they may have blanks, and a backslash keeps what is behind it.</summary>
    private static IEnumerable<string> WordsOf(string line)
    {
        for (int i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }

            if (line[i] == '#')
            {
                yield break;
            }

            bool quoted = line[i] == '"';
            i += quoted ? 1 : 0;
            var word = new StringBuilder();
            while (i < line.Length && (quoted ? line[i] != '"' : !char.IsWhiteSpace(line[i])))
            {
                i += line[i] == '\\' && i + 1 < line.Length ? 1 : 0;
                word.Append(line[i++]);
            }

            i += quoted ? 1 : 0;
            yield return word.ToString();
        }
    }
}
