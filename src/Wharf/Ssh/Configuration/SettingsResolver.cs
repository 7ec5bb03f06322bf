using System.Globalization;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Ssh.Configuration;

/// <summary>Puts together how a host is reached: what files of configuration say, below what the caller says.</summary>
/// <param name="files">Whose.</param>
/// <param name="variable">The environment.</param>
/// <param name="localUser">Whose process this is.</param>
/// <param name="logger">For what cannot be understood.</param>
internal sealed partial class SettingsResolver(PersonalFiles files, Func<string, string?> variable, string localUser, ILogger logger)
{
    private static readonly string[] MethodNames = ["publickey", "keyboard-interactive", "password"];

    /// <summary>Reads the files.</summary>
    /// <param name="paths">In the order of their weight.</param>
    /// <param name="host">As the caller named it.</param>
    /// <param name="user">Outweighs what files say.</param>
    /// <param name="port">Outweighs what files say.</param>
    /// <param name="cancel">Gives up.</param>
    public async ValueTask<SshHostSettings> ResolveAsync(IReadOnlyList<string> paths, string host, string? user, int? port, CancellationToken cancel)
    {
        var reader = new ConfigurationReader(files, new ConfigurationQuery(host, user, localUser), logger);
        foreach (string path in paths)
        {
            await reader.ReadAsync(path, cancel).ConfigureAwait(false);
        }

        string hostName = Or(() => reader.HostName, host, "hostname");
        int finalPort = port ?? Number(reader, "port", 1, 65535) ?? KnownHostKeys.DefaultPort;
        string finalUser = user ?? reader.First("user") ?? localUser;
        string? alias = reader.First("hostkeyalias");
        string? Meaning(char token) => token switch
        {
            'd' => files.Home,
            'h' => hostName,
            'k' => alias ?? host,
            'n' => host,
            'p' => finalPort.ToString(CultureInfo.InvariantCulture),
            'r' => finalUser,
            'u' => localUser,
            _ => null,
        };
        IReadOnlyList<string>? Paths(string keyword) => reader.Values.GetValueOrDefault(keyword)?
            .Where(path => !path.Equals("none", StringComparison.OrdinalIgnoreCase))
            .Select(path => Or(() => Tokens.Expand(Tokens.ExpandVariables(path, variable), Meaning), null, keyword))
            .OfType<string>().ToArray();
        string? command = reader.First("proxycommand");
        return new SshHostSettings
        {
            Alias = host,
            HostName = hostName,
            Port = finalPort,
            User = finalUser,
            HostKeyAlias = alias,
            IdentityFiles = Paths("identityfile") ?? [],
            HasIdentityFiles = reader.Values.ContainsKey("identityfile"),
            CertificateFiles = Paths("certificatefile") ?? [],
            IdentitiesOnly = YesNo(reader, "identitiesonly") ?? false,
            IdentityAgent = reader.First("identityagent") is { } agent ? Or(() => AgentPath(agent, Meaning), null, "identityagent") : null,
            ProxyJump = reader.First("proxyjump") is { } jump ? Or(() => ParseJumps(jump), [], "proxyjump") : [],
            ProxyCommand = command is null || command.Trim().Equals("none", StringComparison.OrdinalIgnoreCase)
                ? null
                : Or(() => Tokens.Expand(command, token => token is 'h' or 'p' or 'r' or 'n' or 'd' or 'u' or 'k' ? Meaning(token) : null), null, "proxycommand"),
            UserKnownHostsFiles = Paths("userknownhostsfile"),
            GlobalKnownHostsFiles = Paths("globalknownhostsfile"),
            StrictHostKeyChecking = Strictness(reader),
            HashKnownHosts = YesNo(reader, "hashknownhosts") ?? false,
            HostKeyAlgorithms = reader.First("hostkeyalgorithms"),
            Ciphers = reader.First("ciphers"),
            KexAlgorithms = reader.First("kexalgorithms"),
            Macs = reader.First("macs"),
            Compression = YesNo(reader, "compression"),
            ServerAliveInterval = Time(reader, "serveraliveinterval"),
            ServerAliveCountMax = Number(reader, "serveralivecountmax", 0, int.MaxValue),
            ConnectTimeout = Time(reader, "connecttimeout"),
            Methods = Methods(reader),
            NumberOfPasswordPrompts = Number(reader, "numberofpasswordprompts", 1, 100) ?? 3,
        };
    }

    /// <summary>Hosts as ProxyJump names them: [user@]host[:port] or ssh://..., between commas; "none" names none.</summary>
    /// <exception cref="FormatException">It names none that way.</exception>
    public static IReadOnlyList<JumpHost> ParseJumps(string text)
    {
        text = text.Trim().Trim('"');
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var jumps = text.Split(',').Select(ParseJump).ToArray();
        return jumps.Length <= ConfigurationLimits.MostJumps ? jumps : throw new FormatException($"more than {ConfigurationLimits.MostJumps} hosts on the way");
    }

    private static JumpHost ParseJump(string text)
    {
        string rest = text.Trim();
        rest = rest.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase) ? rest[6..].TrimEnd('/') : rest;
        int at = rest.LastIndexOf('@');
        string? user = at < 0 ? null : rest[..at];
        rest = rest[(at + 1)..];
        string? port = null;
        if (rest.StartsWith('['))
        {
            int close = rest.IndexOf(']', StringComparison.Ordinal);
            if (close < 0)
            {
                throw new FormatException("a [ is not closed");
            }

            port = rest[(close + 1)..].StartsWith(':') ? rest[(close + 2)..] : null;
            rest = rest[1..close];
        }
        else if (rest.Count(c => c == ':') == 1)
        {
            port = rest[(rest.IndexOf(':', StringComparison.Ordinal) + 1)..];
            rest = rest[..rest.IndexOf(':', StringComparison.Ordinal)];
        }

        if (rest.Length == 0 || rest.StartsWith('-') || user is "" || (port is not null && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65535)))
        {
            throw new FormatException("a host on the way is not [user@]host[:port]");
        }

        return new JumpHost(user, rest, port is null ? null : int.Parse(port, CultureInfo.InvariantCulture));
    }

    private string AgentPath(string value, Func<char, string?> meaning) =>
        value.Equals("none", StringComparison.OrdinalIgnoreCase) ? ""
        : value == "SSH_AUTH_SOCK" ? variable("SSH_AUTH_SOCK") ?? ""
        : value.StartsWith('$') && !value.StartsWith("${", StringComparison.Ordinal) ? variable(value[1..]) ?? ""
        : files.Expand(Tokens.Expand(Tokens.ExpandVariables(value, variable), meaning));

    private IReadOnlyList<string> Methods(ConfigurationReader reader)
    {
        var preferred = reader.First("preferredauthentications")?.Split(',') ?? MethodNames;
        return
        [
            .. preferred.Where(method => MethodNames.Contains(method) && (YesNo(reader, method switch
            {
                "publickey" => "pubkeyauthentication",
                "password" => "passwordauthentication",
                _ => "kbdinteractiveauthentication",
            }) ?? true)),
        ];
    }

    private StrictHostKeyChecking Strictness(ConfigurationReader reader) => reader.First("stricthostkeychecking")?.ToLowerInvariant() switch
    {
        null or "ask" => StrictHostKeyChecking.Ask,
        "accept-new" => StrictHostKeyChecking.AcceptNew,
        "no" or "off" or "false" => StrictHostKeyChecking.No,
        "yes" or "true" => StrictHostKeyChecking.Yes,
        _ => Or<StrictHostKeyChecking>(() => throw new FormatException("it is none of yes, no, ask, accept-new"), StrictHostKeyChecking.Yes, "stricthostkeychecking"),
    };

    private bool? YesNo(ConfigurationReader reader, string keyword) => reader.First(keyword)?.ToLowerInvariant() switch
    {
        null => null,
        "yes" or "true" => true,
        "no" or "false" => false,

        // PubkeyAuthentication has "unbound" and "host-bound", which both allow it.
        "unbound" or "host-bound" when keyword == "pubkeyauthentication" => true,
        _ => Or<bool?>(() => throw new FormatException("it is neither yes nor no"), null, keyword),
    };

    private int? Number(ConfigurationReader reader, string keyword, int least, int most) => reader.First(keyword) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number
        : Or<int?>(() => throw new FormatException("it is no number that makes sense"), null, keyword);

    /// <summary>Seconds, or numbers with s, m, h, d, w, one behind the other.</summary>
    private TimeSpan? Time(ConfigurationReader reader, string keyword)
    {
        if (reader.First(keyword) is not { } text || text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        double seconds = 0;
        int at = 0;
        while (at < text.Length)
        {
            int end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            char unit = end < text.Length ? char.ToLowerInvariant(text[end]) : 's';
            int factor = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => 0 };
            if (factor == 0 || !int.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return Or<TimeSpan?>(() => throw new FormatException("it is no time"), null, keyword);
            }

            seconds += (double)number * factor;
            at = end + 1;
        }

        return TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue / 1000));
    }

    /// <summary>The value, or another where it cannot be understood.</summary>
    private T Or<T>(Func<T> read, T otherwise, string keyword)
    {
        try
        {
            return read();
        }
        catch (FormatException unusable)
        {
            Log.ValueLeftOut(logger, keyword, FileNames.ForDisplay(unusable.Message));
            return otherwise;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The configuration's {Keyword} says nothing: {Reason}")]
        public static partial void ValueLeftOut(ILogger logger, string keyword, string reason);
    }
}
