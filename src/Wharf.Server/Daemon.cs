using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Net.Tls;
using Wharf.Server.Accounts;
using Wharf.Server.Certificates;
using Wharf.Server.Listeners;
using Wharf.Server.Logs;

namespace Wharf.Server;

/// <summary>The daemon from its arguments to its exit code: puts the parts together, starts and stops them.</summary>
internal static partial class Daemon
{
    /// <summary>Exit code after a drain.</summary>
    public const int Ended = 0;

    /// <summary>Exit code where a port could not be had: taken, or not for us. Later it may be.</summary>
    public const int CannotStart = 1;

    /// <summary>Exit code for arguments or settings that cannot be used.</summary>
    public const int BadUsage = 2;

    /// <summary>Runs until a signal ends it; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors, TimeProvider clock)
    {
        try
        {
            if (arguments is [SftpServerProgram.Word, .. var rest])
            {
                return await SftpServerProgram.RunAsync(rest, output, clock);
            }

            if (arguments is [ManPage.Option])
            {
                await output.WriteAsync(ManPage.Write(clock.GetUtcNow()));
                return Ended;
            }

            return CommandLine.Read(arguments, output) is { } asked ? await ServeAsync(asked, output, clock) : Ended;
        }
        catch (UsageException wrong)
        {
            await errors.WriteLineAsync(wrong.Message);
            return BadUsage;
        }
        catch (ListenException taken)
        {
            await errors.WriteLineAsync(taken.Message);
            return CannotStart;
        }
    }

    private static async Task<int> ServeAsync(CommandLine asked, TextWriter output, TimeProvider clock)
    {
        var settings = asked.Settings;
        using var loggers = StandardErrorLog.Open(asked.LogFormat, settings.LogLevel, clock);
        var logger = loggers.CreateLogger("Wharf.Server");
        var passive = new PassiveAddress(
            asked.PassiveAddress, settings.PassiveRefresh, clock, Dns.GetHostAddressesAsync, loggers.CreateLogger<PassiveAddress>());

        var demonstrated = asked.Users is null ? Demonstration.MakeUser() : null;
        if (demonstrated is not null)
        {
            asked = asked with { Listen = Demonstration.PossibleHere(asked.Listen, TlsProviders.Default) };
        }

        using var disk = OpenRoot(asked.Root);
        var files = new UserFiles(disk, settings.Files, clock);
        var accounts = new CommandLineAccounts(
            asked.Users ?? [demonstrated!], files.For, asked.Trusted, settings.LoginDelays, clock, loggers.CreateLogger<CommandLineAccounts>())
        {
            Keys = UserKeys.Load(asked.AuthorizedKeys, loggers.CreateLogger<UserKeys>()),
            Required = settings.RequiredMethods,
        };

        var network = new TcpNetwork();
        var lending = new TcpNetwork(new TcpOptions { LendsSockets = true, UrgentInline = false });
        var tls = TlsStore.Open(asked, TlsProviders.OpenSsl, TlsProviders.SslStream, clock, loggers);
        var options = settings.Ftp with
        {
            PassivePorts = asked.PassivePorts,
            PassiveAddress = passive.IsEmpty ? null : passive.ForAsync,
            Tls = tls is null ? null : () => tls.Server,
            SecureFxp = settings.Tls.AllowSscn ? tls?.ForFxp() : null,
        };
        using var servers = new Servers(asked, options, accounts, network, clock, loggers);
        long? descriptors = Descriptors.Limit();
        var places = Descriptors.Bound(settings.Admission, descriptors);
        if (places.Sessions < settings.Admission.Sessions)
        {
            Log.FewDescriptors(logger, descriptors, places.Sessions, settings.Admission.Sessions);
        }

        var admission = new Admission(places, accounts.IsTrusted);

        using var stopping = new Stopping();
        using var responders = new OcspFetch(clock);
        using var hangUp = new HangUp(() => tls?.Ask());
        using var accepting = new CancellationTokenSource();
        var listeners = new List<Listener>();
        try
        {
            foreach (var url in asked.Listen)
            {
                listeners.Add(new Listener(
                    url, await url.OpenAsync(url.Protocol == ListenProtocol.Sftp ? lending : network, settings.Backlog), admission, servers.For(url),
                    settings.AcceptPause, clock, loggers.CreateLogger<Listener>()));
            }

            Task[] loops =
            [
                .. listeners.Select(listener => listener.RunAsync(accepting.Token)), QuietMemory.RunAsync(clock, accepting.Token),
                .. Watch(tls, responders, clock, loggers, accepting.Token),
            ];
            await AnnounceAsync(output, asked, listeners, servers, tls, demonstrated);
            Log.Started(logger, Path.GetFullPath(asked.Root), asked.Users?.Count ?? 1, listeners.Count);

            await stopping.Drain;
            Log.Draining(logger, servers.Count, settings.DrainGrace);
            await accepting.CancelAsync();
            await Task.WhenAll(loops);
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }

        var drained = servers.DrainAsync(settings.DrainGrace);
        if (await Task.WhenAny(drained, stopping.Now) != drained)
        {
            Log.EndedAtOnce(logger, servers.Count);
        }

        Log.Stopped(logger);
        return Ended;
    }

    private static async Task AnnounceAsync(TextWriter output, CommandLine asked, List<Listener> listeners, Servers servers, TlsStore? tls, UserArgument? demonstrated)
    {
        if (demonstrated is not null)
        {
            // Before "ready", so that whoever waits for that word has read them.
            await output.WriteLineAsync(
                $"Serving {Path.GetFullPath(asked.Root)} to the user {demonstrated.Name} with the password {demonstrated.Password}; paste lines to upload and to download:");
            foreach (string command in Demonstration.Commands(
                demonstrated, listeners.Select(listener => (listener.Url.Protocol, listener.Local.Port)), asked.Data, tls, servers.HostKeys?.Keys ?? [],
                asked.Settings.Tls.Certificates.Length == 0))
            {
                await output.WriteLineAsync(command);
            }
        }

        foreach (var key in servers.HostKeys?.Keys ?? [])
        {
            await output.WriteLineAsync($"host key {key.Public}");
        }

        foreach (var certificate in tls?.Certificates ?? [])
        {
            await output.WriteLineAsync($"certificate {certificate.Fingerprint}");
        }

        foreach (var listener in listeners)
        {
            await output.WriteLineAsync($"listening {listener.Url.WithPort(listener.Local.Port)}");
        }

        await output.WriteLineAsync("ready");
        await output.FlushAsync();
    }

    /// <summary>What goes on beside the listeners for their certificates.</summary>
    private static IEnumerable<Task> Watch(
        TlsStore? tls, OcspFetch responders, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancel)
    {
        if (tls is null)
        {
            yield break;
        }

        yield return tls.RunAsync(cancel);
        yield return new CertificateExpiry(tls, clock, loggers.CreateLogger<CertificateExpiry>()).RunAsync(cancel);
        if (tls.Staples)
        {
            yield return new OcspStapler(tls, responders.AskAsync, clock, loggers.CreateLogger<OcspStapler>()).RunAsync(cancel);
        }
    }

    private static LocalDisk OpenRoot(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            return new LocalDisk(Path.GetFullPath(root));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException(
                $"Argument --root cannot be '{FileNames.ForDisplay(root)}' ({FileNames.ForDisplay(refused.Message.TrimEnd('.'))}): possible is a folder that can be read or made.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Started: root {Root}, accounts {Users}, listeners {Listeners}")]
        public static partial void Started(ILogger logger, string root, int users, int listeners);

        [LoggerMessage(LogLevel.Warning, "The process may have {Descriptors} open files: sessions.all is {Sessions} instead of {Asked}")]
        public static partial void FewDescriptors(ILogger logger, long? descriptors, int sessions, int asked);

        [LoggerMessage(LogLevel.Information, "Draining: sessions {Sessions}, grace for their transfers {Grace}")]
        public static partial void Draining(ILogger logger, int sessions, TimeSpan grace);

        [LoggerMessage(LogLevel.Warning, "Asked twice to stop: ending at once, sessions {Sessions}")]
        public static partial void EndedAtOnce(ILogger logger, int sessions);

        [LoggerMessage(LogLevel.Information, "Stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
