using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp.Client;

/// <summary>From the greeting to a session that can be used: TLS, the login, and what the server is.</summary>
internal sealed partial class FtpLogin(string name, FtpClientOptions options, ControlDialogue dialogue, IConnection control, DataConnections data, ILogger logger)
{
    /// <summary>The facts we want of MLST and MLSD (RFC 3659 section 7.5); a server that knows others too is told to leave them out.</summary>
    private static readonly string[] WantedFacts = ["type", "size", "modify", "create", "perm", "unique", "UNIX.mode", "UNIX.owner", "UNIX.group", "UNIX.uid", "UNIX.gid"];

    /// <summary>What the server says it can do.</summary>
    public ServerFeatures Features { get; private set; } = ServerFeatures.None;

    /// <summary>What it calls itself.</summary>
    public string Software { get; private set; } = "";

    /// <summary>SYST's answer; "" where it has none.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>Where the login begins.</summary>
    public VirtualPath Home { get; private set; }

    private bool UserIsNobody => options.User is "anonymous" or "ftp" or "";

    /// <summary>Does it all.</summary>
    /// <exception cref="ConnectionException">The server does not let us in, or not as the caller wants it.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (options is { Tls: null, Security: FtpTls.Required or FtpTls.Implicit })
        {
            throw new ConnectionException(ConnectionError.NotOffered, "TLS is required, but there is no engine for it.");
        }

        var greeting = options.Security == FtpTls.Implicit
            ? await BeginImplicitAsync(cancel).ConfigureAwait(false)
            : await GreetedAsync(dialogue.Start(), cancel).ConfigureAwait(false);
        Software = string.Join('\n', greeting.Lines);
        if (options.Security is FtpTls.WhenOffered or FtpTls.Required && options.Tls is not null)
        {
            await AuthAsync(cancel).ConfigureAwait(false);
        }

        RefuseClearPassword();
        await IdentifyAsync(cancel).ConfigureAwait(false);
        await ProtectAsync(cancel).ConfigureAwait(false);
        await LookAroundAsync(cancel).ConfigureAwait(false);
    }

    private async ValueTask<ServerReply> AskAsync(string verb, string? argument, CancellationToken cancel)
    {
        var command = new PendingCommand(verb, argument);
        await dialogue.SendAsync([command], cancel).ConfigureAwait(false);
        return await dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
    }

    private async ValueTask<ServerReply> BeginImplicitAsync(CancellationToken cancel)
    {
        await dialogue.GoOnOverAsync(connection => HandshakeAsync(connection, cancel)).ConfigureAwait(false);
        return await GreetedAsync(dialogue.Greeting, cancel).ConfigureAwait(false);
    }

    /// <summary>The greeting; 120 says that it takes a while (RFC 959 section 5.4).</summary>
    private async ValueTask<ServerReply> GreetedAsync(PendingCommand greeting, CancellationToken cancel)
    {
        var reply = await dialogue.ReplyAsync(greeting.Final, cancel).ConfigureAwait(false);
        return reply.IsSuccess ? reply : throw Failed(reply, IsBusy(reply) ? ConnectionError.Busy : ConnectionError.Protocol, "does not take the connection");
    }

    private async ValueTask AuthAsync(CancellationToken cancel)
    {
        var auth = new PendingCommand("AUTH", "TLS") { EndsReadingOn = 234 };
        await dialogue.SendAsync([auth], cancel).ConfigureAwait(false);
        var reply = await dialogue.ReplyAsync(auth.Final, cancel).ConfigureAwait(false);
        if (reply.Code == 234)
        {
            await dialogue.GoOnOverAsync(connection => HandshakeAsync(connection, cancel)).ConfigureAwait(false);
            return;
        }

        if (options.Security == FtpTls.Required)
        {
            throw Failed(reply, ConnectionError.NotOffered, "does not offer TLS, which is required");
        }

        Log.NoTls(logger, name, FileNames.ForDisplay(reply.ToString()));
    }

    private async ValueTask<IConnection> HandshakeAsync(IConnection connection, CancellationToken cancel)
    {
        try
        {
            var tls = await options.Tls!.ConnectAsync(connection, new TlsRequest(options.Host), cancel).ConfigureAwait(false);
            data.ControlTls = tls;
            Log.Tls(logger, name, tls.Facts.Protocol, tls.Facts.CipherSuite);
            return tls;
        }
        catch (TlsException failed)
        {
            throw new ConnectionException(ReplyErrors.Of(failed.Fault), $"No TLS with {name}: {failed.Message}", failed);
        }
        catch (IOException broken)
        {
            throw new ConnectionException(ConnectionError.Lost, $"The connection to {name} broke during TLS's handshake: {broken.Message}", broken);
        }
    }

    /// <summary>RFC 959 has passwords in clear; to another machine that is the caller's decision, and never one by silence.</summary>
    private void RefuseClearPassword()
    {
        if (data.ControlTls is null && !UserIsNobody && !options.AllowsCleartextPassword && !IPAddress.IsLoopback(control.Remote.Address))
        {
            throw new ConnectionException(
                ConnectionError.NotOffered,
                $"{name} has no TLS, and the password of {FileNames.ForDisplay(options.User)} would go in clear: use ftps:// if it has that, or allow passwords in clear.");
        }
    }

    private async ValueTask IdentifyAsync(CancellationToken cancel)
    {
        string user = options.User.Length == 0 ? "anonymous" : options.User;
        var reply = await AskAsync("USER", user, cancel).ConfigureAwait(false);
        if (reply.Code == 331)
        {
            string? password = options.Password is { } ask ? await ask(cancel).ConfigureAwait(false) : null;
            password ??= UserIsNobody ? "anonymous@" : null;
            if (password is null)
            {
                throw new ConnectionException(ConnectionError.LoginRefused, $"{name} wants a password for {FileNames.ForDisplay(user)}, and there is none.");
            }

            try
            {
                reply = await AskAsync("PASS", password, cancel).ConfigureAwait(false);
            }
            catch (FileException)
            {
                // Its message would show the password.
                throw new ConnectionException(ConnectionError.LoginRefused, "A password of FTP has no CR, LF or NUL in it.");
            }
        }

        if (reply.Code == 332)
        {
            reply = options.Account is { } account
                ? await AskAsync("ACCT", account, cancel).ConfigureAwait(false)
                : throw Failed(reply, ConnectionError.LoginRefused, "wants an account besides the password");
        }

        if (!reply.IsSuccess)
        {
            throw Failed(reply, IsBusy(reply) ? ConnectionError.Busy : ConnectionError.LoginRefused, $"refuses {FileNames.ForDisplay(user)}");
        }

        Log.LoggedIn(logger, name, FileNames.ForDisplay(user));
    }

    /// <summary>RFC 4217 section 9: PBSZ 0, then PROT P.</summary>
    private async ValueTask ProtectAsync(CancellationToken cancel)
    {
        if (data.ControlTls is null)
        {
            return;
        }

        _ = await AskAsync("PBSZ", "0", cancel).ConfigureAwait(false);
        var reply = await AskAsync("PROT", "P", cancel).ConfigureAwait(false);
        data.Protects = reply.IsSuccess;
        if (!reply.IsSuccess)
        {
            if (options.Security is FtpTls.Required or FtpTls.Implicit)
            {
                throw Failed(reply, ConnectionError.NotOffered, "does not protect data connections");
            }

            Log.ClearData(logger, name, FileNames.ForDisplay(reply.ToString()));
        }
    }

    private async ValueTask LookAroundAsync(CancellationToken cancel)
    {
        Features = new ServerFeatures(await AskAsync("FEAT", null, cancel).ConfigureAwait(false));
        var asked = new List<PendingCommand>();
        if (Features.Has("CLNT"))
        {
            asked.Add(new PendingCommand("CLNT", "Wharf"));
        }

        if (Features.Has("UTF8"))
        {
            // Most have it on; draft-ietf-ftpext-utf-8-option-00's servers want to be told.
            asked.Add(new PendingCommand("OPTS", "UTF8 ON"));
        }

        if (Features["MLST"] is { } facts && FactsToAsk(facts) is { } list)
        {
            asked.Add(new PendingCommand("OPTS", "MLST " + list));
        }

        if (!Features.Mlst || !Features.IsThere)
        {
            asked.Add(new PendingCommand("SYST"));
        }

        var directory = new PendingCommand("PWD");
        var type = new PendingCommand("TYPE", "I");
        asked.AddRange([directory, type]);
        if (Features.IsThere)
        {
            // A server with FEAT reads its input by lines.
            await dialogue.SendAsync(asked, cancel).ConfigureAwait(false);
        }

        foreach (var command in asked)
        {
            if (!Features.IsThere)
            {
                await dialogue.SendAsync([command], cancel).ConfigureAwait(false);
            }

            var reply = await dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
            if (command.Verb == "SYST" && reply.IsSuccess)
            {
                Kind = reply.Text;
            }
            else if (command == directory)
            {
                Home = reply.IsSuccess ? Quoted(reply.Text) : VirtualPath.Root;
            }
            else if (command == type && !reply.IsSuccess)
            {
                throw Failed(reply, ConnectionError.NotOffered, "has no binary transfers");
            }
        }
    }

    /// <summary>The facts to choose, where the server has not chosen what we want by itself; null where it has.</summary>
    private static string? FactsToAsk(string offered)
    {
        string[] facts = offered.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var wanted = facts.Where(fact => WantedFacts.Contains(fact.TrimEnd('*'), StringComparer.OrdinalIgnoreCase)).ToArray();
        return wanted.All(fact => fact.EndsWith('*')) ? null : string.Concat(wanted.Select(fact => fact.TrimEnd('*') + ";"));
    }

    /// <summary>The directory of 257, RFC 959 appendix II: in quotes, a quote doubled.</summary>
    private static VirtualPath Quoted(string text)
    {
        int open = text.IndexOf('"', StringComparison.Ordinal);
        if (open < 0)
        {
            return VirtualPath.Root;
        }

        var path = new System.Text.StringBuilder();
        for (int i = open + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                if (i + 1 == text.Length || text[i + 1] != '"')
                {
                    break;
                }

                i++;
            }

            path.Append(text[i]);
        }

        return path.Length > 0 && path[0] == '/' && path.Length <= VirtualPath.MaxLength && !path.ToString().Contains('\0', StringComparison.Ordinal) ? VirtualPath.Parse(path.ToString()) : VirtualPath.Root;
    }

    /// <summary>Whether a refusal is about how many there are, not about who.</summary>
    private static bool IsBusy(ServerReply reply) =>
        reply.Code == 421 || reply.Says("too many", "maximum number", "connection limit", "maximum login");

    private ConnectionException Failed(ServerReply reply, ConnectionError error, string what) =>
        new(error, $"{name} {what}: {FileNames.ForDisplay(reply.ToString())}") { ServerReply = reply.ToString() };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Session} has no TLS: {Reply}")]
        public static partial void NoTls(ILogger logger, string session, string reply);

        [LoggerMessage(LogLevel.Debug, "{Session} is inside {Protocol}, {CipherSuite}")]
        public static partial void Tls(ILogger logger, string session, string protocol, string cipherSuite);

        [LoggerMessage(LogLevel.Warning, "{Session} does not protect data connections, they go in clear: {Reply}")]
        public static partial void ClearData(ILogger logger, string session, string reply);

        [LoggerMessage(LogLevel.Information, "{Session} logged in as {User}")]
        public static partial void LoggedIn(ILogger logger, string session, string user);
    }
}
