using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Client.Ssh;

/// <summary>One try to log in at a host: what is said of it is read once, then it is dialled, checked and logged in to.</summary>
internal sealed partial class SshAttempt(
    SshConnectOptions options, SshSurroundings surroundings, IDialer dialer, TimeProvider clock, ILogger logger)
{
    private static readonly string[] DefaultKnownHosts = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
    private static readonly string[] DefaultGlobalKnownHosts = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

    private SshHostSettings _settings = null!;

    /// <summary>Reads what the configuration says; how long the connection may take, zero for no bound.</summary>
    public ValueTask<TimeSpan> PrepareAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _settings = new SshHostSettings
        {
            Alias = options.Host, HostName = options.Host, Port = options.Port ?? KnownHostKeys.DefaultPort, User = options.User ?? surroundings.UserName,
        };
        return new(_settings.ConnectTimeout ?? options.Timeouts.Connect);
    }

    /// <summary>A session that is logged in.</summary>
    public async Task<SshClientSession> LogInAsync(CancellationToken cancel)
    {
        var check = await ReadKnownHostsAsync(cancel).ConfigureAwait(false);
        var algorithms = options.Algorithms ?? SshAlgorithms.Known;
        using var keys = await LoginKeys.CollectAsync(options, _settings, surroundings, logger, cancel).ConfigureAwait(false);
        string target = $"{FileNames.ForDisplay(_settings.HostName)}:{_settings.Port}";
        var connection = await dialer.DialAsync(_settings.HostName, _settings.Port, null, cancel).ConfigureAwait(false);
        try
        {
            var session = await SshClientSession.ConnectAsync(
                connection,
                new SshClientOptions
                {
                    Algorithms = algorithms with { HostKeys = check.Order(algorithms.HostKeys) },
                    Limits = options.Limits,
                    AcceptHostKey = check.AcceptAsync,
                    Identity = new ClientIdentity(_settings.User)
                    {
                        Keys = keys.All, Password = options.Password, Keyboard = options.Keyboard, Banner = options.Banner, Methods = _settings.Methods,
                        PasswordTries = _settings.NumberOfPasswordPrompts,
                    },
                    Randomness = surroundings.Randomness,
                    Target = target,
                    KeepAlive = _settings.ServerAliveInterval ?? options.KeepAlive,
                    KeepAliveTries = _settings.ServerAliveCountMax ?? options.KeepAliveTries,
                },
                clock, target, cancel).ConfigureAwait(false);
            Log.LoggedIn(
                logger, target, FileNames.ForDisplay(_settings.User), session.ServerVersion, session.Agreed!.KeyExchange.Name, session.Agreed.HostKey,
                session.Agreed.Up.Cipher.Name);
            return session;
        }
        catch (ConnectionException) when (check.Refusal is not null)
        {
            throw check.Refusal;
        }
    }

    private async ValueTask<HostKeyCheck> ReadKnownHostsAsync(CancellationToken cancel)
    {
        var own = options.KnownHostsFiles ?? _settings.UserKnownHostsFiles ?? DefaultKnownHosts;
        var files = new List<KnownHostsFile>();
        foreach (string path in own.Concat(options.KnownHostsFiles is null ? _settings.GlobalKnownHostsFiles ?? DefaultGlobalKnownHosts : []))
        {
            string full = surroundings.Files.Expand(path);
            try
            {
                if (await surroundings.Files.ReadTextAsync(full, KnownHostsLimits.MostFileBytes, cancel).ConfigureAwait(false) is not { } text)
                {
                    continue;
                }

                var file = KnownHostsFile.Parse(full, text);
                files.Add(file);
                foreach (var problem in file.Problems)
                {
                    Log.LineLeftOut(logger, FileNames.ForDisplay(full), problem.Number, problem.Text);
                }
            }
            catch (FileException unreadable)
            {
                // Nothing is trusted for it; what only it knows will be unknown.
                Log.FileLeftOut(logger, FileNames.ForDisplay(full), unreadable.Message);
            }
        }

        var keys = new KnownHostKeys(files, _settings.HostKeyAlias ?? _settings.HostName, _settings.HostKeyAlias is null ? _settings.Port : KnownHostKeys.DefaultPort);
        var policy = new HostKeyPolicy
        {
            Host = _settings.HostName, Port = _settings.Port, Alias = _settings.HostKeyAlias, Strictness = _settings.StrictHostKeyChecking,
            Decide = options.HostKeyDecision, RememberIn = own.Count == 0 ? null : surroundings.Files.Expand(own[0]),
            Hashes = options.HashesKnownHosts || _settings.HashKnownHosts, Randomness = surroundings.Randomness,
        };
        return new HostKeyCheck(policy, keys, surroundings.Files, clock, logger);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Target} lets \"{User}\" in; it is {Version}, with {KeyExchange}, {HostKey} and {Cipher}")]
        public static partial void LoggedIn(
            ILogger logger, string target, string user, string version, string keyExchange, string hostKey, string cipher);

        [LoggerMessage(LogLevel.Warning, "Line {Line} of {Path} says nothing: {Reason}")]
        public static partial void LineLeftOut(ILogger logger, string path, int line, string reason);

        [LoggerMessage(LogLevel.Warning, "{Path} says nothing: {Reason}")]
        public static partial void FileLeftOut(ILogger logger, string path, string reason);
    }
}
