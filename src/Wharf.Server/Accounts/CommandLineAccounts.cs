using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Server.Accounts;

/// <summary>
/// The accounts given by --user and --authorized-keys. A guesser learns nothing from the answer nor from its time: unknown names, accounts without
/// a password and wrong passwords take the same path. Failures slow down the source they come from, and nobody else.
/// </summary>
/// <param name="users">The accounts.</param>
/// <param name="files">What an account of that name sees.</param>
/// <param name="trusted">Networks without delay.</param>
/// <param name="delays">What failures cost.</param>
/// <param name="clock">Delays and forgetting; only its monotonic side is used.</param>
/// <param name="logger">One line per login and refusal.</param>
internal sealed partial class CommandLineAccounts(
    IEnumerable<UserArgument> users, Func<string, IFileSystem> files, TrustedNetworks trusted, LoginDelays delays, TimeProvider clock,
    ILogger<CommandLineAccounts> logger) : IAccounts
{
    private const int HashBytes = 32;

    /// <summary>Longest part of a claimed name that is logged.</summary>
    private const int MostLoggedName = 128;

    // Comparing keyed hashes instead of passwords hides length and common beginnings, and keeps no password in memory.
    private readonly Keyed _keyed = new(users);
    private readonly FailedSources _sources = new(delays, clock);

    /// <summary>The accounts' keys.</summary>
    public UserKeys Keys { get; init; } = UserKeys.None;

    /// <summary>What a login over SSH must prove.</summary>
    public LoginSequence Required { get; init; } = LoginSequence.Any;

    /// <inheritdoc/>
    public bool IsTrusted(IPAddress address) => trusted.Contains(address);

    /// <inheritdoc/>
    public async ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        var source = Admission.SourceOf(attempt.Peer.Address);
        bool exempt = IsTrusted(attempt.Peer.Address);

        // Earlier failures of this source are paid for before the proof is looked at, right or wrong: otherwise a guesser
        // would hang up on every answer that takes its time and lose nothing.
        var paid = exempt ? TimeSpan.Zero : delays.For(_sources.Failures(source));
        await PauseAsync(paid, cancellationToken);

        IReadOnlyList<string> more = [];
        if ((RefusalOf(attempt) ?? Required.Refusal(attempt, out more)) is not { } reason)
        {
            if (more.Count > 0)
            {
                return new LoginResult.NeedMore(more);
            }

            LogLogin(attempt);
            return new LoginResult.Accepted(new Login(attempt.User, files(attempt.User)));
        }

        Log.Refused(logger, attempt.Peer.Session, ForLog(attempt.User), attempt.Peer.Address, attempt.Peer.Protocol, FileNames.ForDisplay(reason));
        if (!exempt)
        {
            var whole = delays.For(_sources.Failed(source));
            await PauseAsync(whole - paid, cancellationToken);
        }

        return new LoginResult.Refused(reason);
    }

    /// <inheritdoc/>
    public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken)
    {
        string? reason = Keys.RefusalToAsk(key, user, peer.Address, clock.GetUtcNow());
        if (reason is not null)
        {
            Log.KeyNotKnown(logger, peer.Session, ForLog(user), key.Fingerprint, FileNames.ForDisplay(reason));
        }

        return new(reason is null);
    }

    /// <inheritdoc/>
    public async ValueTask FailedAsync(Peer peer, CancellationToken cancellationToken)
    {
        if (!IsTrusted(peer.Address))
        {
            await PauseAsync(delays.For(_sources.Failed(Admission.SourceOf(peer.Address))), cancellationToken);
        }
    }

    private string? RefusalOf(LoginAttempt attempt) => attempt.Credential switch
    {
        Credential.ProvenKey proof => Keys.RefusalToLogIn(proof, attempt.User, attempt.Peer.Address, clock.GetUtcNow()),
        Credential.ClientCertificate certificate => !_keyed.Knows(attempt.User) ? "no such account"
            : certificate.IsFor(attempt.User) ? null
            : "the certificate is for another name",
        _ => _keyed.Check(attempt),
    };

    private void LogLogin(LoginAttempt attempt)
    {
        var peer = attempt.Peer;
        if (attempt.Earlier.Append(attempt.Credential).OfType<Credential.ProvenKey>().FirstOrDefault() is { } proof)
        {
            Log.LoggedInByKey(logger, peer.Session, ForLog(attempt.User), peer.Address, peer.Protocol, proof.Key.Type, proof.Key.Fingerprint);
        }
        else if (attempt.Credential is Credential.ClientCertificate certificate)
        {
            Log.LoggedInByCertificate(logger, peer.Session, ForLog(attempt.User), peer.Address, peer.Protocol, certificate.Fingerprint);
        }
        else
        {
            Log.LoggedIn(logger, peer.Session, ForLog(attempt.User), peer.Address, peer.Protocol);
        }
    }

    private Task PauseAsync(TimeSpan time, CancellationToken cancel) =>
        time > TimeSpan.Zero ? Task.Delay(time, clock, cancel) : Task.CompletedTask;

    private static string ForLog(string user) =>
        user.Length <= MostLoggedName ? FileNames.ForDisplay(user) : FileNames.ForDisplay(user[..MostLoggedName]) + "...";

    /// <summary>The accounts by name, with what their passwords hash to under a key of this process.</summary>
    private sealed class Keyed
    {
        private readonly byte[] _key = RandomNumberGenerator.GetBytes(HashBytes);
        private readonly Dictionary<string, byte[]?> _hashes = new(StringComparer.Ordinal);

        // What nobody's password hashes to: unknown names and accounts without a password are compared with it.
        private readonly byte[] _nobody = RandomNumberGenerator.GetBytes(HashBytes);

        public Keyed(IEnumerable<UserArgument> users)
        {
            foreach (var user in users)
            {
                // An empty password is never one (security case T17), whatever the caller lets through.
                _hashes[user.Name] = string.IsNullOrEmpty(user.Password) ? null : Hash(user.Password);
            }
        }

        /// <summary>Whether there is an account of that name, with a password or without.</summary>
        public bool Knows(string user) => _hashes.ContainsKey(user);

        /// <summary>Null where the attempt proves the account; otherwise why not, for the log.</summary>
        public string? Check(LoginAttempt attempt)
        {
            string? password = (attempt.Credential as Credential.Password)?.Value;
            bool known = _hashes.TryGetValue(attempt.User, out byte[]? expected);
            bool same = CryptographicOperations.FixedTimeEquals(Hash(password ?? ""), expected ?? _nobody);
            return !known ? "no such account"
                : expected is null ? "the account has no password, only keys"
                : string.IsNullOrEmpty(password) ? "no password was given"
                : same ? null
                : "wrong password";
        }

        // UTF-16, so that every string has its own bytes, unpaired surrogates included.
        private byte[] Hash(string password) => HMACSHA256.HashData(_key, MemoryMarshal.AsBytes(password.AsSpan()));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Session} \"{User}\" logged in from {Address} over {Protocol}")]
        public static partial void LoggedIn(ILogger logger, string session, string user, IPAddress address, string protocol);

        [LoggerMessage(LogLevel.Information, "{Session} \"{User}\" logged in from {Address} over {Protocol} by {Type} {Fingerprint}")]
        public static partial void LoggedInByKey(
            ILogger logger, string session, string user, IPAddress address, string protocol, string type, string fingerprint);

        [LoggerMessage(LogLevel.Information, "{Session} \"{User}\" logged in from {Address} over {Protocol} by certificate {Fingerprint}")]
        public static partial void LoggedInByCertificate(
            ILogger logger, string session, string user, IPAddress address, string protocol, string fingerprint);

        [LoggerMessage(LogLevel.Debug, "{Session} \"{User}\" asks about key {Fingerprint}: {Reason}")]
        public static partial void KeyNotKnown(ILogger logger, string session, string user, string fingerprint, string reason);

        [LoggerMessage(LogLevel.Information, "{Session} \"{User}\" refused from {Address} over {Protocol}: {Reason}")]
        public static partial void Refused(ILogger logger, string session, string user, IPAddress address, string protocol, string reason);
    }
}
