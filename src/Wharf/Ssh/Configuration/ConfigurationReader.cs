using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Ssh.Configuration;

/// <summary>Who connects where, as files of configuration ask about it.</summary>
/// <param name="Host">As it was named.</param>
/// <param name="User">As it was named; null for nobody.</param>
/// <param name="LocalUser">Whose process this is.</param>
internal sealed record ConfigurationQuery(string Host, string? User, string LocalUser);

/// <summary>
/// Reads files as ssh_config(5) describes them, for one host: blocks of Host and Match that do not mean it say nothing, and of each
/// keyword the first value counts, but for those that add up. A line that cannot be understood is a line in the log.
/// </summary>
internal sealed partial class ConfigurationReader(PersonalFiles files, ConfigurationQuery query, ILogger logger)
{
    // What is read here; other keywords are for terminals, forwarding and their like.
    private static readonly string[] Known =
    [
        "hostname", "port", "user", "identityfile", "identitiesonly", "identityagent", "certificatefile", "proxyjump", "proxycommand",
        "userknownhostsfile", "globalknownhostsfile", "stricthostkeychecking", "hashknownhosts", "hostkeyalgorithms", "ciphers", "kexalgorithms",
        "macs", "hostkeyalias", "serveraliveinterval", "serveralivecountmax", "connecttimeout", "preferredauthentications", "passwordauthentication",
        "kbdinteractiveauthentication", "challengeresponseauthentication", "pubkeyauthentication", "numberofpasswordprompts", "compression",
    ];

    private readonly Dictionary<string, List<string>> _values = [];
    private int _filesRead;

    /// <summary>Values by keyword, in lower case.</summary>
    public IReadOnlyDictionary<string, List<string>> Values => _values;

    /// <summary>The first argument of a keyword; null where nobody said it.</summary>
    public string? First(string keyword) => _values.GetValueOrDefault(keyword)?[0];

    /// <summary>Reads one file; one that is not there says nothing.</summary>
    public ValueTask ReadAsync(string path, CancellationToken cancel) => ReadAsync(path, true, 0, cancel);

    private async ValueTask ReadAsync(string path, bool isActive, int depth, CancellationToken cancel)
    {
        string full = files.Expand(path);
        string? text = null;
        try
        {
            text = ++_filesRead > ConfigurationLimits.MostFiles
                ? throw new FormatException($"more than {ConfigurationLimits.MostFiles} files are included")
                : await files.ReadTextAsync(full, ConfigurationLimits.MostFileBytes, cancel).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (unreadable is FileException or FormatException)
        {
            Log.FileLeftOut(logger, FileNames.ForDisplay(full), unreadable.Message);
        }

        int number = 0;
        bool active = isActive;
        foreach (string one in text?.Split('\n') ?? [])
        {
            number++;
            try
            {
                if (ConfigurationLine.Parse(one) is not { } line)
                {
                    continue;
                }

                switch (line.Keyword)
                {
                    case "host":
                        active = isActive && Wildcards.MatchList(line.Arguments, query.Host);
                        break;
                    case "match":
                        active = isActive && Matches(line.Arguments, full, number);
                        break;
                    case "include" when active:
                        await IncludeAsync(line.Arguments, full, depth, cancel).ConfigureAwait(false);
                        break;
                    default:
                        if (active)
                        {
                            Take(line, full, number);
                        }

                        break;
                }
            }
            catch (FormatException unusable)
            {
                Log.LineLeftOut(logger, FileNames.ForDisplay(full), number, unusable.Message);
            }
        }
    }

    private void Take(ConfigurationLine line, string path, int number)
    {
        string keyword = line.Keyword == "challengeresponseauthentication" ? "kbdinteractiveauthentication" : line.Keyword;
        if (Array.IndexOf(Known, keyword) < 0)
        {
            Log.KeywordLeftOut(logger, FileNames.ForDisplay(path), number, FileNames.ForDisplay(keyword));
            return;
        }

        switch (keyword)
        {
            case "identityfile" or "certificatefile":
                // These add up; the same one twice counts once.
                if (!_values.TryGetValue(keyword, out var all))
                {
                    _values[keyword] = all = [];
                }

                if (!all.Contains(line.Arguments[0]))
                {
                    all.Add(line.Arguments[0]);
                }

                break;
            case "proxyjump" or "proxycommand":
                // Whichever of both stands first.
                if (!_values.ContainsKey("proxyjump") && !_values.ContainsKey("proxycommand"))
                {
                    _values[keyword] = [line.Rest];
                }

                break;
            case "userknownhostsfile" or "globalknownhostsfile":
                _values.TryAdd(keyword, [.. line.Arguments]);
                break;
            default:
                _values.TryAdd(keyword, [line.Arguments[0]]);
                break;
        }
    }

    private async ValueTask IncludeAsync(IReadOnlyList<string> patterns, string from, int depth, CancellationToken cancel)
    {
        if (depth >= ConfigurationLimits.MostDepth)
        {
            throw new FormatException($"Include goes deeper than {ConfigurationLimits.MostDepth}");
        }

        foreach (string pattern in patterns)
        {
            // Seen from the home's .ssh, or in the system's file from the system's folder.
            bool isRelative = !pattern.StartsWith('~') && !Path.IsPathRooted(pattern);
            string path = files.Expand(!isRelative ? pattern : from.StartsWith("/etc/ssh/", StringComparison.Ordinal) ? "/etc/ssh/" + pattern : "~/.ssh/" + pattern);
            foreach (string file in await GlobAsync(path, cancel).ConfigureAwait(false))
            {
                await ReadAsync(file, true, depth + 1, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Files of a pattern, in order; * and ? do not match a leading dot, nor a slash.</summary>
    private async ValueTask<IReadOnlyList<string>> GlobAsync(string pattern, CancellationToken cancel)
    {
        List<string> found = [""];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!part.AsSpan().ContainsAny('*', '?'))
            {
                found = [.. found.Select(folder => $"{folder}/{part}")];
                continue;
            }

            var next = new List<string>();
            foreach (string folder in found)
            {
                var names = await files.NamesAsync(folder.Length == 0 ? "/" : folder, 10_000, cancel).ConfigureAwait(false);
                next.AddRange(names.Where(name => (name[0] != '.' || part[0] == '.') && Wildcards.Match(part, name)).Select(name => $"{folder}/{name}"));
            }

            found = next.Count <= ConfigurationLimits.MostFiles ? next : next[..ConfigurationLimits.MostFiles];
        }

        return found;
    }

    private bool Matches(IReadOnlyList<string> arguments, string path, int number)
    {
        bool matches = true;
        for (int i = 0; i < arguments.Count; i++)
        {
            string criterion = arguments[i];
            int equals = criterion.IndexOf('=', StringComparison.Ordinal);
            string? value = equals < 0 ? null : criterion[(equals + 1)..];
            criterion = (equals < 0 ? criterion : criterion[..equals]).ToLowerInvariant();
            bool negated = criterion.StartsWith('!');
            criterion = criterion.TrimStart('!');
            if (criterion == "all")
            {
                matches &= !negated;
                continue;
            }

            if (criterion is "canonical" or "final")
            {
                // There is no second reading here.
                matches &= negated;
                continue;
            }

            value ??= ++i < arguments.Count ? arguments[i] : throw new FormatException($"Match {criterion} has no value");
            if (criterion == "exec")
            {
                // A library that runs whatever a file names would be a surprise.
                Log.NotRun(logger, FileNames.ForDisplay(path), number);
                return false;
            }

            string? subject = criterion switch
            {
                "host" => HostName,
                "originalhost" => query.Host,
                "user" => query.User ?? First("user") ?? query.LocalUser,
                "localuser" => query.LocalUser,
                _ => null,
            };
            if (subject is null)
            {
                Log.CriterionLeftOut(logger, FileNames.ForDisplay(path), number, FileNames.ForDisplay(criterion));
                return false;
            }

            matches &= Wildcards.MatchList(value.Split(','), subject) != negated;
        }

        return matches;
    }

    /// <summary>The name to dial, as far as is known by now.</summary>
    public string HostName => First("hostname") is { } name ? Tokens.Expand(name, token => token == 'h' ? query.Host : null) : query.Host;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Path} says nothing: {Reason}")]
        public static partial void FileLeftOut(ILogger logger, string path, string reason);

        [LoggerMessage(LogLevel.Warning, "Line {Line} of {Path} says nothing: {Reason}")]
        public static partial void LineLeftOut(ILogger logger, string path, int line, string reason);

        [LoggerMessage(LogLevel.Debug, "Line {Line} of {Path} has {Keyword}, which means nothing here")]
        public static partial void KeywordLeftOut(ILogger logger, string path, int line, string keyword);

        [LoggerMessage(LogLevel.Warning, "Line {Line} of {Path} has Match exec: the command is not run, and the block does not match")]
        public static partial void NotRun(ILogger logger, string path, int line);

        [LoggerMessage(LogLevel.Debug, "Line {Line} of {Path} has Match {Criterion}, which is not known here: the block does not match")]
        public static partial void CriterionLeftOut(ILogger logger, string path, int line, string criterion);
    }
}
