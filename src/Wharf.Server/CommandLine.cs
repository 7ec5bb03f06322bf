using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Wharf.Files;
using Wharf.Net;
using Wharf.Server.Accounts;
using Wharf.Server.Listeners;
using Wharf.Server.Settings;

namespace Wharf.Server;

/// <summary>What the command line asks for, read and checked.</summary>
internal sealed record CommandLine
{
    public const string DefaultRoot = "./files";
    public const string DefaultData = "./wharf-data";

    private static readonly Option<string?> RootOption = Make<string?>("--root", "DIR", $"The folder that is served. Default: {DefaultRoot}, made if absent.");
    private static readonly Option<string[]> UserOption = Make<string[]>("--user", "NAME:PASSWORD", "An account; NAME:@FILE reads the password from a file, NAME alone allows keys only. May be repeated; all see --root.");
    private static readonly Option<string[]> ListenOption = Make<string[]>("--listen", "URL", "Where to listen: ftp://HOST:PORT, ftps://HOST:PORT or sftp://HOST:PORT; port 0 takes a free one, none means 21, 990 or 22. Behind ftp:// may stand ?tls=none, optional (default on loopback) or required (default elsewhere), behind both of FTP ?session-reuse=required or optional, behind sftp:// ?algorithms=default, hardened or the path of a file. May be repeated. Default: ftp://127.0.0.1:2121.");
    private static readonly Option<string[]> AuthorizedKeysOption = Make<string[]>("--authorized-keys", "NAME:FILE", "Public keys that log a --user in over sftp://, in the form of OpenSSH's authorized_keys. May be repeated.");
    private static readonly Option<string?> DataOption = Make<string?>("--data", "DIR", $"The daemon's own folder. Default: {DefaultData}.");
    private static readonly Option<string[]> TrustedOption = Make<string[]>("--trusted", "NETWORK", "An address or network exempt from delays, rate limits, penalties and early drop. May be repeated.");
    private static readonly Option<string?> PassivePortsOption = Make<string?>("--passive-ports", "FIRST-LAST", "Ports of passive data connections, such as 60000-60100. Default: any free one.");
    private static readonly Option<string[]> PassiveAddressOption = Make<string[]>("--passive-address", "ADDR", "What PASV names: an IPv4 address or host name, or NETWORK=ADDR for clients of one network. May be repeated. Default: the address the client reached.");
    private static readonly Option<string?> LogFormatOption = Make<string?>("--log-format", "text|json", "How the log on standard error looks. Default: text.");
    private static readonly Option<string[]> SetOption = Make<string[]>("--set", "NAME=VALUE", "Sets one of the settings that --help-settings lists. May be repeated.");
    private static readonly Option<bool> HelpSettingsOption = new("--help-settings") { Description = "Lists name, unit, default and meaning of every setting." };
    private static readonly Option<bool> VersionOption = new("--version") { Description = "Says the version." };

    /// <summary>All of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        RootOption, UserOption, AuthorizedKeysOption, ListenOption, DataOption, TrustedOption, PassivePortsOption, PassiveAddressOption, LogFormatOption,
        SetOption, HelpSettingsOption, VersionOption,
    ];

    /// <summary>The version, three numbers.</summary>
    public static string Version { get; } = typeof(CommandLine).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>The folder that is served.</summary>
    public string Root { get; private init; } = DefaultRoot;

    /// <summary>The daemon's own folder.</summary>
    public string Data { get; private init; } = DefaultData;

    /// <summary>The accounts; null where neither an account nor a listener was given, and the daemon shows itself to one made-up user.</summary>
    public IReadOnlyList<UserArgument>? Users { get; private init; }

    /// <summary>Which keys log in.</summary>
    public IReadOnlyList<AuthorizedKeysArgument> AuthorizedKeys { get; private init; } = [];

    /// <summary>Where to listen.</summary>
    public IReadOnlyList<ListenUrl> Listen { get; init; } = [];

    /// <summary>Networks without delays.</summary>
    public TrustedNetworks Trusted { get; private init; } = TrustedNetworks.None;

    /// <summary>Ports of passive data connections.</summary>
    public PortRange PassivePorts { get; private init; }

    /// <summary>What PASV names, as it was written.</summary>
    public IReadOnlyList<string> PassiveAddress { get; private init; } = [];

    /// <summary>"text" or "json".</summary>
    public string LogFormat { get; private init; } = Logs.LineFormatter.FormatName;

    /// <summary>What --set made.</summary>
    public ServerSettings Settings { get; private init; } = new();

    /// <summary>Reads the arguments. Where they ask only to be told something, that is written and null returned.</summary>
    /// <exception cref="UsageException">They cannot be used.</exception>
    public static CommandLine? Read(IReadOnlyList<string> arguments, TextWriter output)
    {
        var root = new RootCommand("Serves files over FTP, FTPS and SFTP (wharfd sftp-server --help: SFTP on standard input and output, below another sshd). With neither --user nor --listen: ./files on ftp://127.0.0.1:2121 (TLS offered), ftps://127.0.0.1:2990 and sftp://127.0.0.1:2222 to one user with a random password.");
        foreach (var own in root.Options.Where(option => option.Name == "--version").ToArray())
        {
            // The framework's version option refuses to stand beside others and prints the commit too.
            root.Options.Remove(own);
        }

        root.Directives.Clear();
        foreach (var option in Options)
        {
            root.Options.Add(option);
        }

        // No response files: "@FILE" has a meaning of our own. No bundling: "-x" is never an option here.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        Check(parsed);
        if (parsed.GetValue(VersionOption))
        {
            output.WriteLine($"wharfd {Version}");
            return null;
        }

        if (parsed.GetValue(HelpSettingsOption))
        {
            SettingTable.WriteHelp(output);
            return null;
        }

        if (parsed.Action is System.CommandLine.Help.HelpAction)
        {
            parsed.Invoke(new InvocationConfiguration { Output = output });
            return null;
        }

        return Build(parsed);
    }

    private static CommandLine Build(ParseResult parsed)
    {
        string[] users = parsed.GetValue(UserOption) ?? [];
        string[] listen = parsed.GetValue(ListenOption) ?? [];
        if (users.Length == 0 && listen.Length > 0)
        {
            throw new UsageException(
                $"Argument --listen is given ('{FileNames.ForDisplay(listen[0])}') but no --user: possible is --user NAME:PASSWORD beside it, since nothing is open to everybody by omission.");
        }

        var accounts = users.Length == 0 ? null : users.Select(UserArgument.Parse).ToArray();
        if (accounts?.GroupBy(user => user.Name).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            throw new UsageException($"Argument --user gives '{FileNames.ForDisplay(twice.Key)}' twice: possible is each name once.");
        }

        AuthorizedKeysArgument[] keys = [.. (parsed.GetValue(AuthorizedKeysOption) ?? []).Select(AuthorizedKeysArgument.Parse)];
        AuthorizedKeysArgument.Check(keys, accounts);

        string format = parsed.GetValue(LogFormatOption) ?? Logs.LineFormatter.FormatName;
        if (format is not (Logs.LineFormatter.FormatName or Logs.JsonFormatter.FormatName))
        {
            throw new UsageException($"Argument --log-format cannot be '{FileNames.ForDisplay(format)}': possible is text or json.");
        }

        return new CommandLine
        {
            Root = Folder("--root", parsed.GetValue(RootOption) ?? DefaultRoot),
            Data = Folder("--data", parsed.GetValue(DataOption) ?? DefaultData),
            Users = accounts,
            AuthorizedKeys = keys,
            Listen = listen.Length > 0 ? [.. listen.Select(ListenUrl.Parse)]
                : accounts is null ? Demonstration.Listeners
                : [new ListenUrl(ListenProtocol.Ftp, "127.0.0.1", 2121)],
            Trusted = TrustedNetworks.Parse(parsed.GetValue(TrustedOption) ?? []),
            PassivePorts = parsed.GetValue(PassivePortsOption) is { } ports ? ParsePorts(ports) : PortRange.Any,
            PassiveAddress = parsed.GetValue(PassiveAddressOption) ?? [],
            LogFormat = format,
            Settings = SettingTable.Read(parsed.GetValue(SetOption) ?? []),
        };
    }

    private static PortRange ParsePorts(string text)
    {
        string[] ends = text.Split('-');
        if (ends.Length == 2
            && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            && first >= 1024 && first <= last)
        {
            return new PortRange(first, last);
        }

        throw new UsageException(
            $"Argument --passive-ports cannot be '{FileNames.ForDisplay(text)}': possible is FIRST-LAST between 1024 and 65535, such as 60000-60100.");
    }

    private static string Folder(string option, string text) => text.Length > 0 && !text.Contains('\0')
        ? text
        : throw new UsageException($"Argument {option} cannot be '{FileNames.ForDisplay(text)}': possible is the path of a folder.");

    /// <summary>Turns what the parser found into one sentence of ours.</summary>
    private static void Check(ParseResult parsed)
    {
        string[] names = [.. Options.Select(option => option.Name), "--help"];

        // A first word in brackets is a directive to the parser, and an unknown directive is nothing at all; here it is a mistake.
        string? given = parsed.Tokens.FirstOrDefault(token => token.Type == TokenType.Directive)?.Value ?? (parsed.UnmatchedTokens is [var first, ..] ? first : null);
        if (given is not null)
        {
            throw new UsageException(
                $"There is no argument '{FileNames.ForDisplay(given)}'; the nearest is {NearestName.To(given, names)}, and possible are {ValueForm.OneOfWords(names)}.");
        }

        foreach (var option in Options.Where(option => option.HelpName is not null))
        {
            if (parsed.GetResult(option) is not { Implicit: false } result)
            {
                continue;
            }

            if (result.Tokens.Count < result.IdentifierTokenCount)
            {
                throw new UsageException($"Argument {option.Name} is given without a value: possible is {option.Name} {option.HelpName}.");
            }

            if (option.Arity.MaximumNumberOfValues == 1 && result.Tokens.Count > 1)
            {
                throw new UsageException(
                    $"Argument {option.Name} is given {result.Tokens.Count} values, last '{FileNames.ForDisplay(result.Tokens[^1].Value)}': possible is one {option.HelpName}.");
            }
        }

        if (parsed.Errors.Count > 0)
        {
            throw new UsageException(FileNames.ForDisplay(parsed.Errors[0].Message));
        }
    }

    private static Option<T> Make<T>(string name, string value, string meaning) => new(name)
    {
        HelpName = value,
        Description = meaning,
        AllowMultipleArgumentsPerToken = false,
    };
}
