using System.Security.Cryptography;

namespace Wharf.Client;

/// <summary>Somebody claims to be the host, and nothing known says that it is.</summary>
/// <param name="Host">The host as it was dialled.</param>
/// <param name="Port">Its port.</param>
/// <param name="Kind">The type of its SSH key, "ssh-ed25519" for one, or "X.509" for a certificate.</param>
/// <param name="Fingerprint">"SHA256:" and base64 without padding, as OpenSSH shows it; to be compared with what the server's operator says.</param>
public sealed record TrustQuestion(string Host, int Port, string Kind, string Fingerprint)
{
    /// <summary>The kind of certificates.</summary>
    public const string CertificateKind = "X.509";

    /// <summary>Whether it is a certificate rather than an SSH host key.</summary>
    public bool IsCertificate => Kind == CertificateKind;

    /// <summary>The certificate, DER; empty for an SSH host key.</summary>
    public ReadOnlyMemory<byte> Certificate { get; init; }

    /// <summary>What the system has against the certificate, one sentence; null for an SSH host key.</summary>
    public string? Problem { get; init; }
}

/// <summary>What a caller says to a <see cref="TrustQuestion"/>.</summary>
public enum TrustAnswer
{
    /// <summary>No connection.</summary>
    Refuse,

    /// <summary>It is right, as long as this source lives.</summary>
    AcceptOnce,

    /// <summary>It is right, and remembered: an SSH host key in the first file of known hosts, a certificate in the file of pins.</summary>
    AcceptAndRemember,
}

/// <summary>
/// Whom a source believes to be the server. An SSH host key that is in a file of known hosts, and a certificate that the system's authorities vouch
/// for, are trusted; this decides about all others. One that differs from what was remembered is always refused.
/// </summary>
public sealed class HostTrust
{
    private const int FingerprintBytes = 32;

    private HostTrust()
    {
    }

    /// <summary>Who is not known is refused. The default.</summary>
    public static HostTrust KnownHosts { get; } = new();

    /// <summary>Who is not known is believed the first time, and remembered. Whoever stands in between that first time is believed too.</summary>
    public static HostTrust AcceptNew { get; } = new() { Decide = static (_, _) => new(TrustAnswer.AcceptAndRemember) };

    /// <summary>Everybody is believed: no protection against who stands in between. For tests alone.</summary>
    public static HostTrust AcceptAnyInsecure { get; } = new() { IsInsecure = true };

    /// <summary>Asked about who is not known; null refuses.</summary>
    internal Func<TrustQuestion, CancellationToken, ValueTask<TrustAnswer>>? Decide { get; private init; }

    /// <summary>Only these are believed, whatever files and authorities say; null for no such rule.</summary>
    internal IReadOnlyList<byte[]>? Pins { get; private init; }

    /// <summary>Whether nothing is checked.</summary>
    internal bool IsInsecure { get; private init; }

    /// <summary>Who is not known is asked about. One question is open at a time.</summary>
    public static HostTrust Ask(Func<TrustQuestion, CancellationToken, ValueTask<TrustAnswer>> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        return new() { Decide = decide };
    }

    /// <summary>Only who shows one of these is believed, whatever files and authorities say.</summary>
    /// <param name="fingerprints">SHA-256 of SSH host keys or certificates: "SHA256:" and base64, or hexadecimal digits with or without colons.</param>
    /// <exception cref="ArgumentException">One of them is no fingerprint.</exception>
    public static HostTrust Pinned(params IEnumerable<string> fingerprints)
    {
        ArgumentNullException.ThrowIfNull(fingerprints);
        return new() { Pins = [.. fingerprints.Select(Read)] };
    }

    /// <summary>A fingerprint in OpenSSH's form.</summary>
    internal static string Show(ReadOnlySpan<byte> hash) => "SHA256:" + Convert.ToBase64String(hash).TrimEnd('=');

    /// <summary>Whether that is one of the pins.</summary>
    internal bool Matches(ReadOnlySpan<byte> hash)
    {
        foreach (byte[] pin in Pins ?? [])
        {
            if (CryptographicOperations.FixedTimeEquals(pin, hash))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The bytes of a fingerprint in any of the forms people copy.</summary>
    internal static byte[] Read(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        string text = fingerprint.Trim();
        text = text.StartsWith("SHA256:", StringComparison.OrdinalIgnoreCase) ? text["SHA256:".Length..] : text;
        string digits = text.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length == FingerprintBytes * 2 && digits.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(digits);
        }

        byte[] bytes = new byte[FingerprintBytes + 1];
        string padded = text.TrimEnd('=') + '=';
        return Convert.TryFromBase64String(padded, bytes, out int count) && count == FingerprintBytes
            ? bytes[..count]
            : throw new ArgumentException("A fingerprint is the SHA-256 of a host key or certificate, in base64 or hexadecimal.", nameof(fingerprint));
    }
}
