using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Agent;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Client.Ssh;

/// <summary>
/// The keys of one login in OpenSSH's order: those at hand, certificates, keys of the agent that files name, other keys of the agent,
/// keys of files. Owns what it read. What cannot be used is a line in the log.
/// </summary>
internal sealed partial class LoginKeys : IDisposable
{
    private static readonly string[] DefaultFiles =
        ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ecdsa_sk", "~/.ssh/id_ed25519", "~/.ssh/id_ed25519_sk"];

    private readonly SshConnectOptions _options;
    private readonly PersonalFiles _files;
    private readonly ILogger _logger;
    private readonly List<LoginKey> _all = [];
    private readonly List<IDisposable> _owned = [];

    private LoginKeys(SshConnectOptions options, PersonalFiles files, ILogger logger)
    {
        _options = options;
        _files = files;
        _logger = logger;
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<LoginKey> All => _all;

    /// <summary>Gathers them.</summary>
    public static async ValueTask<LoginKeys> CollectAsync(
        SshConnectOptions options, SshHostSettings settings, PersonalFiles files, AgentClient? agent, ILogger logger, CancellationToken cancel)
    {
        var keys = new LoginKeys(options, files, logger);
        try
        {
            await keys.CollectAsync(settings, agent, cancel).ConfigureAwait(false);
            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    public void Dispose() => _owned.ForEach(key => key.Dispose());

    private async ValueTask CollectAsync(SshHostSettings settings, AgentClient? agent, CancellationToken cancel)
    {
        bool isTold = _options.Identities.Count > 0 || settings.HasIdentityFiles;
        var identities = _options.Identities.Concat(settings.IdentityFiles.Select(path => new SshIdentity(path)))
            .Concat(isTold || !_options.UsesDefaultIdentities ? [] : DefaultFiles.Select(path => new SshIdentity(path)));
        var ofFiles = new List<FileKey>();
        foreach (var identity in identities)
        {
            if (await ReadAsync(identity, isTold, cancel).ConfigureAwait(false) is { } key)
            {
                ofFiles.Add(key);
            }
        }

        var ofAgent = agent is null ? [] : await agent.ListAsync(cancel).ConfigureAwait(false);
        var named = new List<LoginKey>();
        foreach (var key in ofFiles)
        {
            if (ofAgent.FirstOrDefault(one => one.Key.Equals(key.Public)) is { } held)
            {
                key.Key = new AgentLoginKey(agent!, held);
                named.Add(key.Key);
            }
        }

        _all.AddRange(_options.Keys.Select(key => (LoginKey)key));
        foreach (string path in settings.CertificateFiles)
        {
            if (await ReadCertificateAsync(path, true, cancel).ConfigureAwait(false) is { } certificate)
            {
                ofFiles.Find(key => IsFor(certificate, key.Public))?.Certificates.Add(certificate);
            }
        }

        foreach (var key in ofFiles)
        {
            _all.AddRange(key.Key is null ? [] : key.Certificates.Select(certificate => new CertifiedLoginKey(key.Key, certificate)));
        }

        _all.AddRange(named);
        if (!settings.IdentitiesOnly)
        {
            _all.AddRange(ofAgent.Where(one => !ofFiles.Exists(key => key.Public.Equals(one.Key))).Select(one => new AgentLoginKey(agent!, one)));
        }

        foreach (var key in ofFiles)
        {
            if (key.Key is null)
            {
                Log.LeftOut(_logger, FileNames.ForDisplay(key.Path), "only its public half is here, and no agent has the other");
            }
            else if (key.Key is not AgentLoginKey)
            {
                _all.Add(key.Key);
            }
        }
    }

    private async ValueTask<FileKey?> ReadAsync(SshIdentity identity, bool isTold, CancellationToken cancel)
    {
        byte[]? file = null;
        bool isKept = false;
        string path = _files.Expand(identity.Path);
        try
        {
            file = await _files.ReadAsync(path, KeyLimits.MostFileBytes, cancel).ConfigureAwait(false);
            if (file is null)
            {
                Log.Missing(_logger, isTold ? LogLevel.Warning : LogLevel.Debug, FileNames.ForDisplay(path));
                return null;
            }

            var key = ReadPublicLine(file) is { } line ? new FileKey(path, line) : await OpenAsync(path, file, cancel).ConfigureAwait(false);
            if (key is null)
            {
                return null;
            }

            isKept = key.Key is FileLoginKey;
            if (await ReadCertificateAsync(identity.Certificate ?? $"{path}-cert.pub", identity.Certificate is not null, cancel).ConfigureAwait(false) is { } certificate)
            {
                if (IsFor(certificate, key.Public))
                {
                    key.Certificates.Add(certificate);
                }
                else
                {
                    Log.LeftOut(_logger, FileNames.ForDisplay(path), "the certificate beside it is for another key; the key alone is tried");
                }
            }

            return key;
        }
        catch (Exception unusable) when (unusable is KeyFormatException or FileException or WireException)
        {
            Log.LeftOut(_logger, FileNames.ForDisplay(path), unusable.Message);
            return null;
        }
        finally
        {
            if (!isKept)
            {
                CryptographicOperations.ZeroMemory(file);
            }
        }
    }

    /// <summary>A file of a private key; its public half is in it, or beside it, or known once it is opened.</summary>
    private async ValueTask<FileKey?> OpenAsync(string path, byte[] file, CancellationToken cancel)
    {
        var half = PrivateKeyFile.ReadPublic(file, out bool isEncrypted);
        if (half?.Type is SecurityKey.Ed25519Type or SecurityKey.EcdsaType)
        {
            // The token holds the other half, and the agent knows how to ask it.
            return new FileKey(path, half);
        }

        if (!isEncrypted)
        {
            var key = PrivateKeyFile.Read(file, out _);
            _owned.Add(key);
            return new FileKey(path, key.Public) { Key = key };
        }

        half ??= await ReadPublicFileAsync($"{path}.pub", cancel).ConfigureAwait(false);
        ValueTask<string?> Ask(int count, CancellationToken token) =>
            _options.Passphrase is { } ask ? ask(new PassphraseQuestion(path, count), token) : new((string?)null);
        if (half is null)
        {
            // Nothing to show a server before it is open.
            var key = await FileLoginKey.OpenAsync(path, file, Ask, _logger, cancel).ConfigureAwait(false);
            if (key is null)
            {
                return null;
            }

            _owned.Add(key);
            return new FileKey(path, key.Public) { Key = key };
        }

        using var parsed = PublicKey.Parse(half) ?? throw new KeyFormatException("keys of its type are not supported");
        var lazy = new FileLoginKey(path, file, half, parsed.SignatureAlgorithms, Ask, _logger);
        _owned.Add(lazy);
        return new FileKey(path, half) { Key = lazy };
    }

    private async ValueTask<PublicKeyBlob?> ReadPublicFileAsync(string path, CancellationToken cancel) =>
        await _files.ReadAsync(path, KeyLimits.MostFileBytes, cancel).ConfigureAwait(false) is { } file ? ReadPublicLine(file) : null;

    private async ValueTask<PublicKeyBlob?> ReadCertificateAsync(string path, bool isTold, CancellationToken cancel)
    {
        try
        {
            if (await ReadPublicFileAsync(path, cancel).ConfigureAwait(false) is { } certificate)
            {
                return certificate;
            }

            Log.Missing(_logger, isTold ? LogLevel.Warning : LogLevel.Trace, FileNames.ForDisplay(path));
        }
        catch (Exception unusable) when (unusable is KeyFormatException or FileException)
        {
            Log.LeftOut(_logger, FileNames.ForDisplay(path), unusable.Message);
        }

        return null;
    }

    /// <summary>What a .pub file has; null where it is none.</summary>
    private static PublicKeyBlob? ReadPublicLine(byte[] file)
    {
        string text = FileNames.Decode(file);
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        string line = end < 0 ? text : text[..end];
        return !line.StartsWith("-----", StringComparison.Ordinal) && PublicKeyLine.LooksLikeKey(line) ? PublicKeyLine.Parse(line).Key : null;
    }

    private static bool IsFor(PublicKeyBlob certificate, PublicKeyBlob key) => Certificate.Parse(certificate)?.Key.Equals(key) ?? false;

    /// <summary>A key that a file names.</summary>
    private sealed class FileKey(string path, PublicKeyBlob half)
    {
        public string Path => path;

        public PublicKeyBlob Public => half;

        /// <summary>What signs; null where nothing here does.</summary>
        public LoginKey? Key { get; set; }

        public List<PublicKeyBlob> Certificates { get; } = [];
    }

    private static partial class Log
    {
        [LoggerMessage("There is no key {Path}")]
        public static partial void Missing(ILogger logger, LogLevel level, string path);

        [LoggerMessage(LogLevel.Warning, "The key {Path} is not tried: {Reason}")]
        public static partial void LeftOut(ILogger logger, string path, string reason);
    }
}
