using Microsoft.Extensions.Logging;
using System.Text;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Messages;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication;

/// <summary>The server's side of the authentication protocol (RFC 4252), for one connection, after SSH_MSG_SERVICE_ACCEPT.</summary>
/// <param name="transport">Below.</param>
/// <param name="accounts">Who may log in.</param>
/// <param name="limits">Bounds.</param>
/// <param name="logger">For refusals.</param>
internal sealed partial class ServerAuthentication(
    IAuthenticationTransport transport, IAccounts accounts, AuthenticationLimits limits, ILogger logger)
{
    // RFC 4253 section 11.1.
    private const uint ProtocolError = 2;
    private const uint ServiceNotAvailable = 7;
    private const uint IllegalUserName = 15;

    /// <summary>Longest part of a claimed name that is logged.</summary>
    private const int MostLoggedName = 128;

    private readonly List<Credential> _earlier = [];
    private IReadOnlyList<string> _needed = MethodTable.Proofs;
    private UserauthRequest _request;
    private AuthenticationMethod? _awaits;
    private int _requests;
    private int _failures;
    private int _unpunished;
    private bool _isLoggedIn;

    /// <summary>A text for the client to show before the login (RFC 4252 section 5.4); null for none.</summary>
    public string? Banner { get; init; }

    /// <summary>What a login may begin with, of "publickey" and "password"; later steps are up to the accounts.</summary>
    public IReadOnlyList<string> First { get; init; } = MethodTable.Proofs;

    /// <summary>Signature algorithms that users' keys may be used with; what server-sig-algs says.</summary>
    public IReadOnlyList<string> SignatureAlgorithms { get; init; } = SignatureAlgorithmNames.Default;

    /// <summary>For methods.</summary>
    public IAuthenticationTransport Transport => transport;

    /// <summary>For methods.</summary>
    public IAccounts Accounts => accounts;

    /// <summary>For methods.</summary>
    public AuthenticationLimits Limits => limits;

    /// <summary>Handles one message from 50 to 79; one at a time.</summary>
    /// <param name="number">Its first byte.</param>
    /// <param name="fields">What follows it; unchanged until the step is returned.</param>
    /// <param name="cancel">The session ends.</param>
    /// <exception cref="WireException">The message is broken: the session ends.</exception>
    public ValueTask<AuthenticationStep> HandleAsync(byte number, ReadOnlyMemory<byte> fields, CancellationToken cancel) =>
        _isLoggedIn ? new(AuthenticationStep.GoOn.Instance)
        : number == UserauthRequest.Number ? RequestAsync(Read<UserauthRequest>(fields), cancel)
        : number == UserauthInfoResponse.Number && _awaits is not null ? AnswerAsync(Read<UserauthInfoResponse>(fields), cancel)
        : new(AuthenticationStep.Unimplemented.Instance);

    private static TMessage Read<TMessage>(ReadOnlyMemory<byte> fields)
        where TMessage : struct, IMessage<TMessage>
    {
        var reader = new WireReader(fields);
        var message = TMessage.Read(ref reader);
        reader.End();
        return message;
    }

    private async ValueTask<AuthenticationStep> RequestAsync(UserauthRequest request, CancellationToken cancel)
    {
        // RFC 4256 section 3.1: a new request abandons a question that is open.
        _awaits = null;
        if (Offence(request) is { } end)
        {
            return end;
        }

        if (_requests++ == 0)
        {
            Restart();
            if (Banner is { } banner)
            {
                transport.Send(new UserauthBanner(banner, ""));
            }
        }
        else if (request.User != _request.User)
        {
            // RFC 4252 section 5: what was proven for one name is nothing for another.
            Log.NameChanged(logger, transport.Peer.Session, ForLog(_request.User), ForLog(request.User));
            Restart();
        }

        // The fields are the packet's and gone with it.
        _request = request with { Fields = default };
        var method = MethodTable.Find(request.Method);
        var outcome = method is null || (method.Proves.Length > 0 && !_needed.Contains(method.Proves))
            ? new MethodOutcome.Refused("the method is not offered")
            : await method.RunAsync(this, request, cancel).ConfigureAwait(false);
        return await ConcludeAsync(outcome, cancel).ConfigureAwait(false);
    }

    private ValueTask<AuthenticationStep> AnswerAsync(UserauthInfoResponse response, CancellationToken cancel)
    {
        var outcome = _awaits!.Answered(this, response);
        _awaits = null;
        return ConcludeAsync(outcome, cancel);
    }

    private AuthenticationStep.End? Offence(in UserauthRequest request) =>
        request.Service != UserauthRequest.Connection ? new(ServiceNotAvailable, "There is no such service.")
        : Encoding.UTF8.GetByteCount(request.User) > limits.NameBytes ? new(IllegalUserName, "The user name is too long.")
        : _requests >= limits.Requests ? new(ProtocolError, "Too many requests before the login.")
        : null;

    private void Restart()
    {
        _earlier.Clear();
        _needed = First;
    }

    private ValueTask<AuthenticationStep> ConcludeAsync(MethodOutcome outcome, CancellationToken cancel)
    {
        switch (outcome)
        {
            case MethodOutcome.Proof proof:
                return LogInAsync(proof.Credential, cancel);
            case MethodOutcome.Replied replied:
                _awaits = replied.Awaits;
                return new(AuthenticationStep.GoOn.Instance);
            case MethodOutcome.Refused refused:
                return RefuseAsync(refused, cancel);
            default:
                throw new InvalidOperationException($"No such outcome: {outcome}.");
        }
    }

    private async ValueTask<AuthenticationStep> LogInAsync(Credential credential, CancellationToken cancel)
    {
        var attempt = new LoginAttempt(_request.User, credential, transport.Peer) { Earlier = [.. _earlier] };
        switch (await accounts.LogInAsync(attempt, cancel).ConfigureAwait(false))
        {
            case LoginResult.Accepted accepted:
                _isLoggedIn = true;
                _earlier.Clear();
                transport.Send(default(UserauthSuccess));
                return new AuthenticationStep.LoggedIn(accepted.Login);
            case LoginResult.NeedMore more:
                _earlier.Add(credential);
                _needed = more.Methods;
                Log.NeedsMore(logger, transport.Peer.Session, ForLog(_request.User), _request.Method, string.Join(',', more.Methods));
                transport.Send(new UserauthFailure(Offered, PartialSuccess: true));
                return AuthenticationStep.GoOn.Instance;
            default:
                // The accounts have logged and counted it, and taken their time.
                return await FailAsync(cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask<AuthenticationStep> RefuseAsync(MethodOutcome.Refused refused, CancellationToken cancel)
    {
        string session = transport.Peer.Session;
        if (refused.IsGuess)
        {
            Log.Refused(logger, session, ForLog(_request.User), transport.Peer.Address, ForLog(_request.Method), refused.Reason);
            await accounts.FailedAsync(transport.Peer, cancel).ConfigureAwait(false);
        }
        else
        {
            Log.NotTaken(logger, session, ForLog(_request.User), ForLog(_request.Method), refused.Reason);
            if (_requests == 1 && _request.Method == "none")
            {
                // As every client begins.
                transport.Send(new UserauthFailure(Offered, PartialSuccess: false));
                return AuthenticationStep.GoOn.Instance;
            }

            _unpunished++;
        }

        return await FailAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The same answer to every refusal, whatever was wrong and whoever it was (security case T18).</summary>
    private async ValueTask<AuthenticationStep> FailAsync(CancellationToken cancel)
    {
        if (++_failures < limits.Tries)
        {
            transport.Send(new UserauthFailure(Offered, PartialSuccess: false));
            return AuthenticationStep.GoOn.Instance;
        }

        Log.TooManyTries(logger, transport.Peer.Session, ForLog(_request.User), transport.Peer.Address, _failures);
        if (_unpunished > 0)
        {
            // Asking about keys is free until the tries are used up; then it counts once, or it would be a way to look for users.
            await accounts.FailedAsync(transport.Peer, cancel).ConfigureAwait(false);
        }

        return new AuthenticationStep.End(ProtocolError, "Too many authentication failures.") { IsOutOfTries = true };
    }

    private string[] Offered => [.. MethodTable.Rows.Where(row => row.IsListed && _needed.Contains(row.Proves)).Select(row => row.Name)];

    private static string ForLog(string text) =>
        text.Length <= MostLoggedName ? FileNames.ForDisplay(text) : FileNames.ForDisplay(text[..MostLoggedName]) + "...";

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Session} \"{User}\" refused from {Address} by {Method}: {Reason}")]
        public static partial void Refused(ILogger logger, string session, string user, System.Net.IPAddress address, string method, string reason);

        [LoggerMessage(LogLevel.Debug, "{Session} \"{User}\" not taken by {Method}: {Reason}")]
        public static partial void NotTaken(ILogger logger, string session, string user, string method, string reason);

        [LoggerMessage(LogLevel.Information, "{Session} \"{User}\" has proven {Method} and needs {More}")]
        public static partial void NeedsMore(ILogger logger, string session, string user, string method, string more);

        [LoggerMessage(LogLevel.Information, "{Session} \"{Before}\" now calls itself \"{After}\" and begins anew")]
        public static partial void NameChanged(ILogger logger, string session, string before, string after);

        [LoggerMessage(LogLevel.Warning, "{Session} \"{User}\" from {Address} failed {Failures} times: closed")]
        public static partial void TooManyTries(ILogger logger, string session, string user, System.Net.IPAddress address, int failures);
    }
}
