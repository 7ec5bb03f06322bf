using System.Net;
using Wharf.Files;

namespace Wharf.Accounts;

/// <summary>Where a login comes from.</summary>
/// <param name="Address">The client's address; an IPv4-mapped IPv6 address is given as IPv4.</param>
/// <param name="Protocol">"ftp", "ftps" or "sftp".</param>
/// <param name="Session">The session's id, for the log.</param>
/// <param name="Host">The virtual host the client asked for (RFC 7151 HOST); null when it did not.</param>
public sealed record Peer(IPAddress Address, string Protocol, string Session, string? Host = null);

/// <summary>What a client offers as proof. Its text form never shows a secret.</summary>
public abstract record Credential
{
    private Credential()
    {
    }

    /// <summary>A password, as it came over the wire.</summary>
    public sealed record Password(string Value) : Credential
    {
        /// <inheritdoc/>
        public override string ToString() => "Password ***";
    }

    /// <summary>
    /// A key whose private half the client has proven to hold. Made in one place only, where the signature was verified
    /// (Ssh/Authentication/PublicKeyProof): a key that was merely asked about can never be one.
    /// </summary>
    public sealed record ProvenKey : Credential
    {
        internal ProvenKey(PublicKeyBlob key, bool userPresent, bool userVerified)
        {
            Key = key;
            UserPresent = userPresent;
            UserVerified = userVerified;
        }

        /// <summary>The key, or the certificate for it.</summary>
        public PublicKeyBlob Key { get; }

        /// <summary>For security keys: the user touched it. True for all other keys.</summary>
        public bool UserPresent { get; }

        /// <summary>For security keys: the user gave a PIN or finger.</summary>
        public bool UserVerified { get; }
    }

    /// <summary>
    /// A TLS certificate whose private half the client has proven to hold, and that was verified up to an authority of ours. Made in one
    /// place only, behind the handshake of a control connection (Ftp/Protection/SessionProtection).
    /// </summary>
    public sealed record ClientCertificate : Credential
    {
        private ClientCertificate(ReadOnlyMemory<byte> bytes)
        {
            Bytes = bytes;
            Names = CertificateNames.Of(bytes);
        }

        /// <summary>All of it, DER.</summary>
        public ReadOnlyMemory<byte> Bytes { get; }

        /// <summary>
        /// The users it names: mail addresses, DNS names and user principal names among its subject alternative names, else its common
        /// name. Names that could be anything but a user's are not here.
        /// </summary>
        public IReadOnlyList<string> Names { get; }

        /// <summary>Its fingerprint: "SHA256:" and base64 without padding.</summary>
        public string Fingerprint => "SHA256:" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Bytes.Span)).TrimEnd('=');

        /// <summary>Whether it names this user, letter by letter.</summary>
        public bool IsFor(string user) => Names.Contains(user, StringComparer.Ordinal);

        /// <inheritdoc/>
        public override string ToString() => "ClientCertificate " + Fingerprint;

        /// <summary>Of a certificate that a handshake has verified; null where none was shown.</summary>
        internal static ClientCertificate? From(ReadOnlyMemory<byte> verified) => verified.IsEmpty ? null : new(verified);
    }
}

/// <summary>One try to log in.</summary>
/// <param name="User">The claimed name; not to be believed, nor to be logged unescaped.</param>
/// <param name="Credential">The proof.</param>
/// <param name="Peer">Where it comes from.</param>
public sealed record LoginAttempt(string User, Credential Credential, Peer Peer)
{
    /// <summary>What the same session has proven before for the same name, each answered by <see cref="LoginResult.NeedMore"/>.</summary>
    public IReadOnlyList<Credential> Earlier { get; init; } = [];
}

/// <summary>An account that has proven itself, with its file system, already confined and wrapped in its policy.</summary>
/// <param name="Name">The account's name.</param>
/// <param name="Files">All it can see; a session never asks for a permission.</param>
public sealed record Login(string Name, IFileSystem Files);

/// <summary>The answer to a try. A refusal is a value, never an exception.</summary>
public abstract record LoginResult
{
    private LoginResult()
    {
    }

    /// <summary>Logged in.</summary>
    public sealed record Accepted(Login Login) : LoginResult;

    /// <summary>The proof is right and not enough.</summary>
    /// <param name="Methods">What may prove the rest, by SSH's names: "password", "publickey".</param>
    public sealed record NeedMore(IReadOnlyList<string> Methods) : LoginResult;

    /// <summary>Refused.</summary>
    /// <param name="Reason">For the log, never for the client: it would tell a guesser which users exist.</param>
    public sealed record Refused(string Reason) : LoginResult;
}

/// <summary>Where accounts come from. One object serves every protocol. Safe for calls from several threads at once.</summary>
public interface IAccounts
{
    /// <summary>
    /// Checks one try. It takes its time on purpose: the same for unknown users as for known ones, and longer after failures
    /// from the same source.
    /// </summary>
    ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a login with this key could succeed, once proven: a question, never a login. Answers for unknown users as for
    /// known ones without keys, in the same time.
    /// </summary>
    ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken);

    /// <summary>
    /// A protocol has refused a client by itself: a signature that was wrong, a password beyond all bounds, questions about one
    /// key after the other. Counts against its source and takes as long as a refused login. By default nothing is counted.
    /// </summary>
    ValueTask FailedAsync(Peer peer, CancellationToken cancellationToken) => default;

    /// <summary>Whether this address is of a network that is exempt from delays, rate limits and penalties.</summary>
    bool IsTrusted(IPAddress address);
}
