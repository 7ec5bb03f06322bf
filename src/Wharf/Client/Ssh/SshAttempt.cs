using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh;
using Wharf.Ssh.Agent;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Client.Ssh;

/// <summary>
/// One try to log in at a host: what is said of it is read once, then it is dialled, directly, by a command or through a session
/// with a host on the way, checked and logged in to.
/// </summary>
/// <param name="options">Where and how.</param>
/// <param name="surroundings">The machine.</param>
/// <param name="dialer">For the first host on the way.</param>
/// <param name="clock">For everything that waits.</param>
/// <param name="logger">For what an operator wants to know.</param>
/// <param name="depth">How many hosts are behind this one.</param>
internal sealed partial class SshAttempt(
    SshConnectOptions options, SshSurroundings surroundings, IDialer dialer, TimeProvider clock, ILogger logger, int depth = 0)
{
    private static readonly string[] DefaultKnownHosts = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
    private static readonly string[] DefaultGlobalKnownHosts = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

    private SshHostSettings _settings = null!;

    /// <summary>Reads what the configuration says; how long the connection may take, zero for no bound.</summary>
    /// <exception cref="ConnectionException">An option makes no sense.</exception>
    public async ValueTask<TimeSpan> PrepareAsync(CancellationToken cancel)
    {
        var resolver = new SettingsResolver(surroundings.Files, surroundings.Variable, surroundings.UserName, logger);
        _settings = await resolver.ResolveAsync(options.ConfigFiles, options.Host, options.User, options.Port, cancel).ConfigureAwait(false);
        try
        {
            if (options.ProxyJump is { } jump)
            {
                _settings = _settings with { ProxyJump = SettingsResolver.ParseJumps(jump), ProxyCommand = null };
            }

            if (options.ProxyCommand is { } command)
            {
                _settings = _settings with
                {
                    ProxyJump = [],
                    ProxyCommand = Tokens.Expand(command, token => token switch
                    {
                        'h' => _settings.HostName, 'p' => $"{_settings.Port}", 'r' => _settings.User, _ => null,
                    }),
                };
            }
        }
        catch (FormatException unusable)
        {
            throw new ConnectionException(ConnectionError.NotOffered, $"The way to {FileNames.ForDisplay(options.Host)} makes no sense: {unusable.Message}.");
        }

        return _settings.ConnectTimeout ?? options.Timeouts.Connect;
    }

    /// <summary>A session that is logged in.</summary>
    /// <param name="patience">Stands still while somebody is asked something.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ConnectionException">There is none.</exception>
    public async Task<SshClientSession> LogInAsync(Patience patience, CancellationToken cancel)
    {
        var check = await ReadKnownHostsAsync(patience, cancel).ConfigureAwait(false);
        var algorithms = ChooseAlgorithms(check);
        using var keys = await LoginKeys.CollectAsync(
            options with { Passphrase = patience.Around(options.Passphrase) }, _settings, surroundings.Files, Agent(patience), logger, cancel).ConfigureAwait(false);
        string target = $"{FileNames.ForDisplay(_settings.HostName)}:{_settings.Port}";
        var connection = await DialAsync(patience, cancel).ConfigureAwait(false);
        try
        {
            var session = await SshClientSession.ConnectAsync(
                connection,
                new SshClientOptions
                {
                    Algorithms = algorithms,
                    Limits = options.Limits,
                    AcceptHostKey = check.AcceptAsync,
                    Identity = new ClientIdentity(_settings.User)
                    {
                        Keys = keys.All, Password = patience.Around(options.Password), Keyboard = patience.Around(options.Keyboard), Banner = options.Banner,
                        Methods = _settings.Methods, PasswordTries = _settings.NumberOfPasswordPrompts,
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

    private ValueTask<IConnection> DialAsync(Patience patience, CancellationToken cancel)
    {
        if (_settings.ProxyJump.Count > 0)
        {
            return DialThroughAsync(_settings.ProxyJump, patience, cancel);
        }

        if (_settings.ProxyCommand is { } command)
        {
            // What a URL brings must not become words of a shell.
            return IsHarmless(_settings.HostName) && IsHarmless(_settings.User)
                ? new(surroundings.StartCommand(command, logger))
                : throw new ConnectionException(
                    ConnectionError.NotOffered, $"{FileNames.ForDisplay(options.Host)} or its user cannot stand in a ProxyCommand: only letters, digits and . - _ : @ % + can.");
        }

        return dialer.DialAsync(_settings.HostName, _settings.Port, null, cancel);
    }

    private async ValueTask<IConnection> DialThroughAsync(IReadOnlyList<JumpHost> jumps, Patience patience, CancellationToken cancel)
    {
        if (depth + jumps.Count > ConfigurationLimits.MostJumps)
        {
            throw new ConnectionException(
                ConnectionError.NotOffered, $"More than {ConfigurationLimits.MostJumps} hosts on the way to {FileNames.ForDisplay(options.Host)}.");
        }

        // The last of them is reached through those before it; the first as its own configuration says.
        var last = jumps[^1];
        var own = options with
        {
            Host = last.Host, User = last.User, Port = last.Port, Password = null, Keyboard = null, ProxyCommand = null,
            ProxyJump = jumps.Count == 1 ? null : string.Join(',', jumps.SkipLast(1).Select(Written)),
        };
        var attempt = new SshAttempt(options.ForJump?.Invoke(own) ?? own, surroundings, dialer, clock, logger, depth + 1);
        await attempt.PrepareAsync(cancel).ConfigureAwait(false);
        var session = await attempt.LogInAsync(patience, cancel).ConfigureAwait(false);
        try
        {
            return await session.OpenTunnelAsync(_settings.HostName, _settings.Port, session, cancel).ConfigureAwait(false);
        }
        catch
        {
            if (cancel.IsCancellationRequested)
            {
                session.Abort();
            }

            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Written(JumpHost jump) => $"{(jump.User is null ? "" : jump.User + "@")}[{jump.Host}]{(jump.Port is null ? "" : $":{jump.Port}")}";

    private static bool IsHarmless(string word) =>
        word.Length > 0 && word[0] != '-' && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '@' or '%' or '+');

    private AgentClient? Agent(Patience patience)
    {
        string path = !options.UsesAgent ? "" : _settings.IdentityAgent ?? surroundings.Variable("SSH_AUTH_SOCK") ?? "";
        return path.Length == 0 ? null : new AgentClient(cancel => surroundings.DialAgent(path, cancel), clock, logger) { Hold = patience.Hold };
    }

    private SshAlgorithms ChooseAlgorithms(HostKeyCheck check)
    {
        var usual = SshAlgorithms.Known;
        var all = usual.WithLegacy();
        var chosen = options.Algorithms ?? new SshAlgorithms
        {
            KeyExchanges = Choose("key exchange", usual.KeyExchanges, all.KeyExchanges, _settings.KexAlgorithms),
            Ciphers = Choose("cipher", usual.Ciphers, all.Ciphers, _settings.Ciphers),
            Macs = Choose("MAC", usual.Macs, all.Macs, _settings.Macs),
            Compressions = _settings.Compression == true ? [.. usual.Compressions.Where(name => name != "none"), "none"] : usual.Compressions,
            HostKeys = usual.HostKeys,
        };

        var certified = HostKeyCheck.WithCertificates(chosen.HostKeys);
        string? setting = options.Algorithms is null ? _settings.HostKeyAlgorithms : null;
        var hostKeys = Choose("host key algorithm", certified, HostKeyCheck.WithCertificates(all.HostKeys), setting);
        return chosen with { HostKeys = AlgorithmChoice.IsWhole(setting) ? hostKeys : check.Order(hostKeys) };
    }

    private IReadOnlyList<string> Choose(string kind, IReadOnlyList<string> usual, IReadOnlyList<string> all, string? setting)
    {
        var chosen = AlgorithmChoice.Apply(usual, all, setting);
        return chosen.Count > 0
            ? chosen
            : throw new ConnectionException(
                ConnectionError.NotOffered, $"The configuration for {FileNames.ForDisplay(options.Host)} names no {kind} that is known here.");
    }

    private async ValueTask<HostKeyCheck> ReadKnownHostsAsync(Patience patience, CancellationToken cancel)
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
            Decide = patience.Around(options.HostKeyDecision), RememberIn = own.Count == 0 ? null : surroundings.Files.Expand(own[0]),
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
