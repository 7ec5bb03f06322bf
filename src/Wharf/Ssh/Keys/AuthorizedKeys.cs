using System.Net;
using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A line of authorized_keys that gives nobody access.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">Why, for the log.</param>
public sealed record AuthorizedKeysProblem(int Line, string Text);

/// <summary>
/// The keys of one account, in the form of OpenSSH's authorized_keys: plain keys, and CAs whose certificates count. A line
/// that cannot be understood gives nobody access and is told as a problem; the others count. Never changes.
/// </summary>
public sealed class AuthorizedKeys
{
    private const char ByteOrderMark = '\uFEFF';
    private const string Unknown = "the key is not authorized";

    private readonly Dictionary<PublicKeyBlob, List<Entry>> _keys = [];
    private readonly Dictionary<PublicKeyBlob, List<Entry>> _authorities = [];
    private readonly List<AuthorizedKeysProblem> _problems = [];

    private AuthorizedKeys()
    {
    }

    /// <summary>Nobody's key.</summary>
    public static AuthorizedKeys None { get; } = new();

    /// <summary>Lines that count.</summary>
    public int Count { get; private set; }

    /// <summary>Lines that do not, and why.</summary>
    public IReadOnlyList<AuthorizedKeysProblem> Problems => _problems;

    /// <summary>Reads a whole file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="zone">The time zone of an expiry-time without "Z"; the machine's unless told.</param>
    public static AuthorizedKeys Parse(string text, TimeZoneInfo? zone = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var keys = new AuthorizedKeys();
        int number = 0;
        foreach (var line in text.AsSpan().TrimStart(ByteOrderMark).Split('\n'))
        {
            number++;
            var trimmed = text.AsSpan().TrimStart(ByteOrderMark)[line].Trim();
            if (trimmed.IsEmpty || trimmed[0] == '#')
            {
                continue;
            }

            try
            {
                keys.Add(trimmed, zone ?? TimeZoneInfo.Local);
            }
            catch (KeyFormatException unusable)
            {
                keys._problems.Add(new AuthorizedKeysProblem(number, unusable.Message));
            }
        }

        return keys;
    }

    /// <summary>
    /// Why a login with this key could not succeed, for the log; null where it could, once proven. The answer to a question,
    /// never a login.
    /// </summary>
    /// <param name="key">A key or a certificate; may be anything at all.</param>
    /// <param name="user">The claimed name, which a certificate must name unless the CA's line says otherwise.</param>
    /// <param name="address">Where the client is.</param>
    /// <param name="now">The time.</param>
    public string? RefusalToAsk(PublicKeyBlob key, string user, IPAddress address, DateTimeOffset now) =>
        Refusal(key, user, address, now, proof: null);

    /// <summary>Why this is no login, for the log; null where it is one. Security keys must have been touched unless the line says otherwise.</summary>
    /// <inheritdoc cref="RefusalToAsk"/>
    /// <param name="proof">The key with what its signature proved.</param>
    /// <param name="user">The claimed name, which a certificate must name unless the CA's line says otherwise.</param>
    /// <param name="address">Where the client is.</param>
    /// <param name="now">The time.</param>
    public string? RefusalToLogIn(Credential.ProvenKey proof, string user, IPAddress address, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return Refusal(proof.Key, user, address, now, proof);
    }

    private string? Refusal(PublicKeyBlob key, string user, IPAddress address, DateTimeOffset now, Credential.ProvenKey? proof)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(address);
        if (string.IsNullOrEmpty(user))
        {
            return "no user was named";
        }

        if (_keys.TryGetValue(key, out var entries))
        {
            return FirstWithout(entries, entry =>
                entry.Options.Refusal(address, now)
                ?? Absence(proof, entry.IsSecurityKey, entry.Options.AllowsAbsence, entry.Options.NeedsVerification));
        }

        if (_authorities.Count == 0 || PublicKeyTable.FindCertificate(key.Type) is null)
        {
            return Unknown;
        }

        try
        {
            using var certified = PublicKey.Parse(key);
            return certified is not null ? Refusal(certified, user, address, now, proof) : Unknown;
        }
        catch (WireException broken)
        {
            return $"the certificate cannot be used: {broken.Message}";
        }
    }

    private string? Refusal(PublicKey certified, string user, IPAddress address, DateTimeOffset now, Credential.ProvenKey? proof)
    {
        if (certified.Certificate is not { } certificate || !_authorities.TryGetValue(certificate.Authority, out var entries))
        {
            return "the certificate's CA is not authorized";
        }

        // Both the CA's line and the certificate must allow absence; either may demand more.
        return FirstWithout(entries, entry =>
            entry.Options.Refusal(address, now)
            ?? certificate.Refusal(entry.Options.Principals ?? [user], address, now)
            ?? Absence(
                proof,
                certified.IsSecurityKey,
                entry.Options.AllowsAbsence && certificate.AllowsAbsence,
                entry.Options.NeedsVerification || certificate.NeedsVerification));
    }

    /// <summary>What a signature must show besides the key. OpenSSH forgets verify-required where the key can verify nobody; we do not.</summary>
    private static string? Absence(Credential.ProvenKey? proof, bool isSecurityKey, bool allowsAbsence, bool needsVerification) =>
        needsVerification && !isSecurityKey ? "a key that verifies its user is required"
        : proof is null ? null
        : isSecurityKey && !allowsAbsence && !proof.UserPresent ? "nobody touched the security key"
        : needsVerification && !proof.UserVerified ? "the security key did not verify its user"
        : null;

    /// <summary>Null where one of the lines has nothing against it; otherwise what the first has.</summary>
    private static string? FirstWithout(List<Entry> entries, Func<Entry, string?> refusal)
    {
        string? first = null;
        foreach (var entry in entries)
        {
            if (refusal(entry) is not { } reason)
            {
                return null;
            }

            first ??= reason;
        }

        return first ?? Unknown;
    }

    private void Add(ReadOnlySpan<char> line, TimeZoneInfo zone)
    {
        var options = AuthorizedKeyOptions.None;
        if (!PublicKeyLine.LooksLikeKey(line))
        {
            options = AuthorizedKeyOptions.Read(ref line, zone);
            line = line.Trim();
        }

        var key = PublicKeyLine.Parse(line.ToString()).Key;
        if (PublicKeyTable.FindCertificate(key.Type) is not null)
        {
            throw new KeyFormatException("a certificate stands where a key belongs; what counts is its CA's key behind cert-authority");
        }

        bool isSecurityKey = key.Type is SecurityKey.Ed25519Type or SecurityKey.EcdsaType;
        if (options.NeedsVerification && !options.IsAuthority && !isSecurityKey)
        {
            throw new KeyFormatException("option verify-required stands before a key that can verify nobody");
        }

        var entries = options.IsAuthority ? _authorities : _keys;
        if (!entries.TryGetValue(key, out var same))
        {
            entries[key] = same = [];
        }

        same.Add(new Entry(options, isSecurityKey));
        Count++;
    }

    private sealed record Entry(AuthorizedKeyOptions Options, bool IsSecurityKey);
}
