using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Server.Accounts;
using Wharf.Server.Logs;
using Wharf.Server.Settings;
using Wharf.Serving;

namespace Wharf.Server;

/// <summary>
/// "wharfd sftp-server": SFTP on standard input and output, for the Subsystem of an OpenSSH sshd or "sftp -D". Without --root
/// it shows what OpenSSH's own sftp-server shows: the whole machine as this process may see it, beginning in the current folder,
/// which sshd has set to the user's home. Arguments are read by hand: each session starts this program anew, and waits for it.
/// </summary>
internal static class SftpServerProgram
{
    /// <summary>The word behind the program's name.</summary>
    public const string Word = "sftp-server";

    private const string Root = "--root";
    private const string Start = "--start";
    private const string ReadOnlyOption = "--read-only";
    private const string LogLevelOption = "--log-level";
    private const string Set = "--set";
    private const string Help = "--help";

    private static readonly string[] Options = [Root, Start, ReadOnlyOption, LogLevelOption, Set, Help];

    /// <summary>What it is.</summary>
    public const string Summary = "SFTP on standard input and output, as a Subsystem of OpenSSH's sshd.";

    /// <summary>What it takes, and what that means.</summary>
    public static IReadOnlyList<(string Heading, string Meaning)> Arguments { get; } =
    [
        ($"{Root} DIR", "The folder that is served as \"/\". Default: the whole machine, beginning in the current folder."),
        ($"{Start} DIR", "Where a session begins, seen from the root."),
        (ReadOnlyOption, "Nothing may be changed."),
        ($"{LogLevelOption} LEVEL", "Logs on standard error. Default: no log."),
        ($"{Set} NAME=VALUE", "Sets one of the sftp.* settings that wharfd --help-settings lists. May be repeated."),
    ];

    /// <summary>Serves until the input ends; returns the exit code.</summary>
    /// <param name="arguments">Those behind <see cref="Word"/>.</param>
    /// <param name="output">For --help alone; the protocol has the stream itself.</param>
    /// <param name="clock">Every clock.</param>
    /// <exception cref="UsageException">The arguments cannot be used.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TimeProvider clock)
    {
        if (Read(arguments) is not { } asked)
        {
            await WriteHelpAsync(output);
            return Daemon.Ended;
        }

        using var loggers = asked.LogLevel is { } level ? StandardErrorLog.Open(LineFormatter.FormatName, level, clock) : null;
        using var disk = Open(asked.Root ?? "/");
        var policy = asked.Settings.Files;
        var files = new UserFiles(disk, policy with { ReadOnly = policy.ReadOnly || asked.ReadOnly }, clock).For(Environment.UserName);
        string home = asked.Start ?? (asked.Root is null ? Environment.CurrentDirectory : "/");
        var options = asked.Settings.Sftp with { Home = home };
        await using var input = Console.OpenStandardInput();
        await using var to = Console.OpenStandardOutput();
        return await SftpStreams.ServeAsync(
            input, to, new Login(Environment.UserName, files), options, clock, loggers ?? (ILoggerFactory)NullLoggerFactory.Instance, CancellationToken.None);
    }

    /// <summary>The arguments; null where they ask for help.</summary>
    internal static Asked? Read(IReadOnlyList<string> arguments)
    {
        var asked = new Asked();
        var settings = new List<string>();
        for (int i = 0; i < arguments.Count; i++)
        {
            // Both "--root DIR" and "--root=DIR".
            int equals = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i].IndexOf('=', StringComparison.Ordinal) : -1;
            string option = equals < 0 ? arguments[i] : arguments[i][..equals];
            string Value() => equals >= 0 ? arguments[i][(equals + 1)..]
                : i + 1 < arguments.Count ? arguments[++i]
                : throw new UsageException($"Argument {option} of {Word} is given without a value.");
            switch (option)
            {
                case Root:
                    asked = asked with { Root = Path.GetFullPath(Value()) };
                    break;
                case Start:
                    asked = asked with { Start = Value() };
                    break;
                case ReadOnlyOption:
                    asked = asked with { ReadOnly = true };
                    break;
                case LogLevelOption:
                    asked = asked with { LogLevel = SettingTable.Read([$"log.level={Value()}"]).LogLevel };
                    break;
                case Set:
                    settings.Add(Value());
                    break;
                case Help:
                    return null;
                default:
                    throw new UsageException(
                        $"There is no argument '{FileNames.ForDisplay(option)}' of {Word}; the nearest is {NearestName.To(option, Options)}, "
                        + $"and possible are {ValueForm.OneOfWords(Options)}.");
            }
        }

        return asked with { Settings = settings.Count > 0 ? SettingTable.Read(settings) : new ServerSettings() };
    }

    private static LocalDisk Open(string root)
    {
        try
        {
            return new LocalDisk(root);
        }
        catch (FileException refused)
        {
            throw new UsageException($"Argument {Root} of {Word} cannot be '{FileNames.ForDisplay(root)}' ({refused.Error}): possible is a folder that can be read.");
        }
    }

    private static async Task WriteHelpAsync(TextWriter output)
    {
        await output.WriteLineAsync($"wharfd {Word} [OPTIONS]: {Summary}\n");
        foreach (var (heading, meaning) in Arguments)
        {
            await output.WriteLineAsync($"  {heading,-20} {meaning}");
        }
    }

    /// <summary>What was asked for.</summary>
    internal sealed record Asked
    {
        public string? Root { get; init; }

        public string? Start { get; init; }

        public bool ReadOnly { get; init; }

        public LogLevel? LogLevel { get; init; }

        public ServerSettings Settings { get; init; } = new();
    }
}
