using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Ssh.KnownHosts;

/// <summary>Whose key is to be checked, and how strictly.</summary>
internal sealed record HostKeyPolicy
{
    /// <summary>The host as it was dialled; what certificates must name unless there is an alias.</summary>
    public required string Host { get; init; }

    /// <summary>Its port.</summary>
    public required int Port { get; init; }

    /// <summary>Another name for it in files and certificates, without a port (OpenSSH's HostKeyAlias).</summary>
    public string? Alias { get; init; }

    /// <summary>What becomes of an unknown one.</summary>
    public StrictHostKeyChecking Strictness { get; init; }

    /// <summary>Asked about an unknown one.</summary>
    public Func<HostKeyQuestion, CancellationToken, ValueTask<HostKeyAnswer>>? Decide { get; init; }

    /// <summary>Where a key is remembered; null for nowhere.</summary>
    public string? RememberIn { get; init; }

    /// <summary>Whether a remembered host is hashed, also where the file's other lines are not.</summary>
    public bool Hashes { get; init; }

    /// <summary>For salts.</summary>
    public Randomness Randomness { get; init; } = Randomness.System;
}

/// <summary>
/// Decides about the host key of one connection, whose signature is verified already: by files of known hosts, by certificates of
/// the CAs they name, and where they know nothing by the caller. Why it refused is an exception for whoever connects.
/// </summary>
/// <param name="policy">Whose, and how strictly.</param>
/// <param name="keys">What the files say of it.</param>
/// <param name="files">Where a key is remembered.</param>
/// <param name="clock">For the validity of certificates.</param>
/// <param name="logger">For what is not used and why.</param>
internal sealed partial class HostKeyCheck(HostKeyPolicy policy, KnownHostKeys keys, PersonalFiles files, TimeProvider clock, ILogger logger)
{
    private PublicKeyBlob? _accepted;

    /// <summary>Why the last key was refused; null where none was.</summary>
    public ConnectionException? Refusal { get; private set; }

    private string Name => FileNames.ForDisplay(keys.Name);

    /// <summary>These signature algorithms, and those of certificates for such keys.</summary>
    public static IReadOnlyList<string> WithCertificates(IReadOnlyList<string> algorithms) =>
        [.. algorithms, .. algorithms.Select(CertifiedKey.NameOf).Except(algorithms)];

    /// <summary>
    /// The signature algorithms to ask for: those first whose key is known, so that a server with several shows the one that can
    /// be checked (as OpenSSH does); certificates first where a CA is known for the host, else last.
    /// </summary>
    /// <param name="algorithms">What may be asked for.</param>
    public IReadOnlyList<string> Order(IReadOnlyList<string> algorithms)
    {
        var certificates = algorithms.Where(name => SignatureAlgorithmNames.WithoutCertificate(name) != name).ToArray();
        var known = algorithms.Except(certificates).Where(name => keys.KnowsType(KeyTypeOf(name))).ToArray();
        string[] ordered = [.. known, .. algorithms.Except(certificates).Except(known)];
        return keys.HasAuthority ? [.. certificates, .. ordered] : [.. ordered, .. certificates];
    }

    /// <summary>Whether this key is the host's.</summary>
    public async ValueTask<bool> AcceptAsync(PublicKeyBlob key, CancellationToken cancel)
    {
        if (key.Equals(_accepted))
        {
            // A rekey shows it again.
            return true;
        }

        var plain = key;
        if (ReadCertificate(key) is { } certificate)
        {
            var authority = keys.FindAuthority(certificate.Authority);
            if (authority.Status == HostKeyStatus.Revoked || keys.Find(certificate.Key).Status == HostKeyStatus.Revoked)
            {
                return Refuse($"the key or the CA of its certificate is marked as revoked in {(authority.Line ?? keys.Find(certificate.Key).Line)!.Place}");
            }

            string? fault = authority.Status == HostKeyStatus.Known
                ? certificate.RefusalForHost(policy.Alias ?? policy.Host, clock.GetUtcNow())
                : "its CA is not known";
            if (fault is null)
            {
                Log.Certified(logger, Name, FileNames.ForDisplay(certificate.KeyId), certificate.Serial, authority.Line!.Place);
                return Accept(key);
            }

            // As OpenSSH: a certificate that does not count leaves the key it is for.
            Log.NotCertified(logger, Name, fault);
            plain = certificate.Key;
        }

        var finding = keys.Find(plain);
        switch (finding.Status)
        {
            case HostKeyStatus.Known:
                Log.Known(logger, Name, plain.Type, finding.Line!.Place);
                return Accept(key);
            case HostKeyStatus.Revoked:
                return Refuse($"its key {plain} is marked as revoked in {finding.Line!.Place}");
            case HostKeyStatus.Changed:
                return Refuse(
                    $"its host key has changed: it shows {plain}, and {finding.Line!.Place} has {finding.Line.Key}. Somebody may stand in between; "
                    + "if the server's operator confirms the new key, remove that line and connect again");
            default:
                return await AskAsync(key, plain, cancel).ConfigureAwait(false);
        }
    }

    private static Certificate? ReadCertificate(PublicKeyBlob key)
    {
        try
        {
            return Certificate.Parse(key);
        }
        catch (WireException)
        {
            // Read and checked once already, before it came here.
            return null;
        }
    }

    private static string KeyTypeOf(string algorithm)
    {
        string plain = SignatureAlgorithmNames.WithoutCertificate(algorithm);
        return plain is RsaPublicKey.Sha256 or RsaPublicKey.Sha512 ? RsaPublicKey.Type : plain;
    }

    private async ValueTask<bool> AskAsync(PublicKeyBlob shown, PublicKeyBlob plain, CancellationToken cancel)
    {
        var answer = policy.Strictness switch
        {
            StrictHostKeyChecking.AcceptNew or StrictHostKeyChecking.No => HostKeyAnswer.AcceptAndRemember,
            StrictHostKeyChecking.Ask when policy.Decide is { } decide =>
                await decide(new HostKeyQuestion(policy.Host, policy.Port, plain), cancel).ConfigureAwait(false),
            _ => HostKeyAnswer.Refuse,
        };
        if (answer == HostKeyAnswer.Refuse)
        {
            return Refuse(
                $"its host key is not known: {plain}. If the server's operator confirms this fingerprint, add the key to "
                + $"{FileNames.ForDisplay(policy.RememberIn ?? "a file of known hosts")} (one login with ssh does), or accept it where the program asks");
        }

        Log.Accepted(logger, Name, $"{plain}", answer);
        if (answer == HostKeyAnswer.AcceptAndRemember)
        {
            await RememberAsync(plain, cancel).ConfigureAwait(false);
        }

        return Accept(shown);
    }

    private async ValueTask RememberAsync(PublicKeyBlob key, CancellationToken cancel)
    {
        if (policy.RememberIn is not { } path)
        {
            return;
        }

        try
        {
            bool hashes = policy.Hashes || await HashesAlreadyAsync(path, cancel).ConfigureAwait(false);
            string host = hashes ? HostPattern.Hash(keys.Name, policy.Randomness) : keys.Name;
            await files.AppendLineAsync(path, $"{host} {new PublicKeyLine(key, "")}", cancel).ConfigureAwait(false);
        }
        catch (FileException failed)
        {
            // The connection is as good without; it will be asked about again.
            Log.NotRemembered(logger, Name, FileNames.ForDisplay(path), failed.Message);
        }
    }

    private async ValueTask<bool> HashesAlreadyAsync(string path, CancellationToken cancel) =>
        await files.ReadTextAsync(path, KnownHostsLimits.MostFileBytes, cancel).ConfigureAwait(false) is { } text
        && KnownHostsFile.Parse(path, text).Lines.LastOrDefault(line => line.Marker == HostKeyMarker.None) is { Hosts.IsHashed: true };

    private bool Accept(PublicKeyBlob key)
    {
        _accepted = key;
        return true;
    }

    private bool Refuse(string why)
    {
        Refusal = new ConnectionException(ConnectionError.NotTrusted, $"{Name} is not trusted: {why}.");
        Log.Refused(logger, Name, why);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Host} has the {Type} key of {Place}")]
        public static partial void Known(ILogger logger, string host, string type, string place);

        [LoggerMessage(LogLevel.Debug, "{Host} has the certificate \"{KeyId}\" ({Serial}) of the CA of {Place}")]
        public static partial void Certified(ILogger logger, string host, string keyId, ulong serial, string place);

        [LoggerMessage(LogLevel.Information, "{Host} has a certificate that does not count: {Reason}; its key is looked for instead")]
        public static partial void NotCertified(ILogger logger, string host, string reason);

        [LoggerMessage(LogLevel.Information, "{Host} was not known; its key {Key} is accepted ({Answer})")]
        public static partial void Accepted(ILogger logger, string host, string key, HostKeyAnswer answer);

        [LoggerMessage(LogLevel.Warning, "{Host} is refused: {Reason}")]
        public static partial void Refused(ILogger logger, string host, string reason);

        [LoggerMessage(LogLevel.Warning, "The key of {Host} cannot be written to {Path}: {Reason}")]
        public static partial void NotRemembered(ILogger logger, string host, string path, string reason);
    }
}
