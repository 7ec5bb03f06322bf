using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Client.Trust;

/// <summary>
/// Decides about the certificates of one server: by what was remembered for it, by the system's authorities and those of the options, and at
/// last by the caller, who may take his time: the handshake that met the unknown certificate fails, and another follows his answer.
/// </summary>
/// <param name="host">The server.</param>
/// <param name="port">Its port; what is remembered is for both.</param>
/// <param name="trust">The rule.</param>
/// <param name="authorities">Certificates that count as the system's authorities do.</param>
/// <param name="pins">What was remembered; null remembers nothing.</param>
/// <param name="logger">Told whom nobody vouches for.</param>
internal sealed partial class CertificateTrust(
    string host, int port, HostTrust trust, IReadOnlyList<X509Certificate2> authorities, PinFile? pins, ILogger logger)
{
    private readonly Turns _asking = new();
    private readonly Lock _gate = new();
    private readonly List<byte[]> _accepted = [];
    private byte[]? _remembered;
    private byte[]? _pinned;
    private Refusal? _refusal;

    /// <summary>Reads what is remembered; before every connection, since another program may have added or removed it.</summary>
    /// <returns>The certificate that was refused last, for <see cref="RefusedSince"/>.</returns>
    /// <exception cref="ConnectionException">NotTrusted: the file cannot be read.</exception>
    public async ValueTask<Refusal?> PrepareAsync(CancellationToken cancel)
    {
        var before = Volatile.Read(ref _refusal);
        if (pins is null || trust.IsInsecure || trust.Pins is not null)
        {
            return before;
        }

        try
        {
            // What could not be written is remembered here at least.
            _pinned = await pins.FindAsync(host, port, cancel).ConfigureAwait(false) ?? _remembered;
            return before;
        }
        catch (FileException unreadable)
        {
            throw new ConnectionException(
                ConnectionError.NotTrusted, $"What is remembered of {host} cannot be read: {FileNames.ForDisplay(pins.Path)}: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Asked by the engine in the midst of a handshake, on any thread.</summary>
    public bool Accepts(TlsServerCertificate shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        if (trust.IsInsecure)
        {
            return true;
        }

        byte[] hash = SHA256.HashData(shown.Certificate.RawDataMemory.Span);
        if (trust.Pins is not null)
        {
            return trust.Matches(hash) || Refuse(shown, hash, "it is not among those that are pinned", isFinal: true);
        }

        lock (_gate)
        {
            if (_accepted.Exists(accepted => CryptographicOperations.FixedTimeEquals(accepted, hash)))
            {
                return true;
            }
        }

        if (_pinned is { } pinned)
        {
            return CryptographicOperations.FixedTimeEquals(pinned, hash) || Refuse(
                shown, hash,
                $"it has changed: {FileNames.ForDisplay(pins!.Path)} remembers {HostTrust.Show(pinned)}. Somebody may stand in between; if the server's "
                + "operator confirms the new one, remove that line",
                isFinal: true);
        }

        return shown.Problem is null || IsVouchedFor(shown) || Refuse(shown, hash, shown.Problem, isFinal: false);
    }

    /// <summary>The certificate that was refused last, if it is another refusal than that one: what a handshake meanwhile failed for.</summary>
    /// <param name="before">From <see cref="PrepareAsync"/>. Handshakes beside each other meet the same server, so any of theirs does.</param>
    public Refusal? RefusedSince(Refusal? before) => Volatile.Read(ref _refusal) is { } last && last != before ? last : null;

    /// <summary>Asks the caller, where there is one to ask; true has the connection made again.</summary>
    /// <exception cref="ConnectionException">NotTrusted: it stays refused.</exception>
    public async ValueTask DecideAsync(Refusal refusal, Exception cause, CancellationToken cancel)
    {
        if (!refusal.IsFinal && trust.Decide is { } decide && await _asking.TakeAsync(stop => AskAsync(decide, refusal, stop), cancel).ConfigureAwait(false))
        {
            return;
        }

        string advice = refusal.IsFinal ? "" : " If the server's operator confirms this fingerprint, pin it or accept it where the program asks.";
        throw new ConnectionException(
            ConnectionError.NotTrusted,
            $"The certificate of {FileNames.ForDisplay(host)} is not trusted: {refusal.Question.Problem?.TrimEnd('.')}. It is {refusal.Question.Fingerprint}.{advice}", cause);
    }

    private async ValueTask<bool> AskAsync(
        Func<TrustQuestion, CancellationToken, ValueTask<TrustAnswer>> decide, Refusal refusal, CancellationToken cancel)
    {
        lock (_gate)
        {
            // Another connection to the same server has asked meanwhile.
            if (_accepted.Exists(accepted => accepted.AsSpan().SequenceEqual(refusal.Hash)))
            {
                return true;
            }
        }

        var answer = await decide(refusal.Question, cancel).ConfigureAwait(false);
        if (answer == TrustAnswer.Refuse)
        {
            return false;
        }

        Log.Accepted(logger, host, refusal.Question.Fingerprint, answer);
        await AcceptAsync(refusal.Hash, answer == TrustAnswer.AcceptAndRemember, cancel).ConfigureAwait(false);
        return true;
    }

    private async ValueTask AcceptAsync(byte[] hash, bool remembers, CancellationToken cancel)
    {
        lock (_gate)
        {
            _accepted.Add(hash);
        }

        if (!remembers || pins is null)
        {
            return;
        }

        _remembered = hash;

        try
        {
            await pins.AddAsync(host, port, hash, cancel).ConfigureAwait(false);
        }
        catch (FileException failed)
        {
            // The connection is as good without; it will be asked about again.
            Log.NotRemembered(logger, host, FileNames.ForDisplay(pins.Path), failed.Message);
        }
    }

    /// <summary>Whether one of the caller's authorities has issued it, and it is for the host.</summary>
    private bool IsVouchedFor(TlsServerCertificate shown)
    {
        if (authorities.Count == 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // id-kp-serverAuth, RFC 5280 section 4.2.1.12
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities.ToArray());
        chain.ChainPolicy.ExtraStore.AddRange(shown.Others.ToArray());
        try
        {
            return chain.Build(shown.Certificate) && shown.Certificate.MatchesHostname(shown.ServerName);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private bool Refuse(TlsServerCertificate shown, byte[] hash, string why, bool isFinal)
    {
        var question = new TrustQuestion(host, port, TrustQuestion.CertificateKind, HostTrust.Show(hash))
        {
            Certificate = shown.Certificate.RawData,
            Problem = why,
        };
        Log.Refused(logger, host, question.Fingerprint, why);
        Volatile.Write(ref _refusal, new Refusal(question, hash, isFinal));
        return false;
    }

    /// <summary>A certificate that was not accepted.</summary>
    /// <param name="question">What it is.</param>
    /// <param name="hash">Its SHA-256.</param>
    /// <param name="isFinal">Whether nobody is asked.</param>
    internal sealed class Refusal(TrustQuestion question, byte[] hash, bool isFinal)
    {
        public TrustQuestion Question => question;

        public byte[] Hash => hash;

        public bool IsFinal => isFinal;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Host}: the certificate {Fingerprint} is not trusted: {Why}")]
        public static partial void Refused(ILogger logger, string host, string fingerprint, string why);

        [LoggerMessage(LogLevel.Warning, "{Host}: the certificate {Fingerprint}, which nobody vouches for, is accepted by the caller: {Answer}")]
        public static partial void Accepted(ILogger logger, string host, string fingerprint, TrustAnswer answer);

        [LoggerMessage(LogLevel.Warning, "{Host}: the certificate cannot be remembered in {Path}: {Why}")]
        public static partial void NotRemembered(ILogger logger, string host, string path, string why);
    }
}
