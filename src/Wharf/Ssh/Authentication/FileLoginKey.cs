using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Keys;

namespace Wharf.Ssh.Authentication;

/// <summary>
/// A key in an encrypted file, whose public half is known: the passphrase is asked for when the first signature is due, which is
/// when the server wants the key.
/// </summary>
/// <param name="path">For messages.</param>
/// <param name="file">The whole file; owned, and wiped.</param>
/// <param name="half">The public half.</param>
/// <param name="algorithms">What it can do.</param>
/// <param name="passphrase">Asked with the number of the try, from 1; null gives up.</param>
/// <param name="logger">For keys that did not open.</param>
internal sealed partial class FileLoginKey(
    string path, byte[] file, PublicKeyBlob half, IReadOnlyList<string> algorithms, Func<int, CancellationToken, ValueTask<string?>> passphrase, ILogger logger)
    : LoginKey, IDisposable
{
    /// <summary>Most passphrases that are asked for; OpenSSH's number.</summary>
    private const int MostTries = 3;

    private SigningKey? _key;
    private bool _isGivenUp;

    public override PublicKeyBlob Public => half;

    public override IReadOnlyList<string> SignatureAlgorithms => algorithms;

    public override bool AsksFirst => true;

    public override async ValueTask<byte[]?> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        if (_key is null && !_isGivenUp)
        {
            _key = await OpenAsync(path, file, passphrase, logger, cancel).ConfigureAwait(false);
            if (_key is not null && !_key.Public.Equals(half))
            {
                // The public half stands apart from the private one and says nothing about it.
                Log.NotOpened(logger, FileNames.ForDisplay(path), "its private half is of another key than its public one");
                _key.Dispose();
                _key = null;
            }

            _isGivenUp = _key is null;
        }

        return _key?.Sign(algorithm, data.Span);
    }

    /// <summary>Opens a file with passphrases that somebody gives; null where they give up or it cannot be read.</summary>
    public static async ValueTask<SigningKey?> OpenAsync(
        string path, byte[] file, Func<int, CancellationToken, ValueTask<string?>> passphrase, ILogger logger, CancellationToken cancel)
    {
        string reason = "";
        for (int count = 1; count <= MostTries; count++)
        {
            if (await passphrase(count, cancel).ConfigureAwait(false) is not { } words)
            {
                reason = reason.Length == 0 ? "it is encrypted, and nobody gave a passphrase" : reason;
                break;
            }

            try
            {
                // Seconds of computing, which the connection's loop must not stand still for.
                return await Task.Run(() => PrivateKeyFile.Read(file, words, out _, cancel), cancel).ConfigureAwait(false);
            }
            catch (KeyFormatException refused)
            {
                reason = refused.Message;
                if (!refused.IsForPassphrase)
                {
                    break;
                }
            }
        }

        Log.NotOpened(logger, FileNames.ForDisplay(path), reason);
        return null;
    }

    public void Dispose()
    {
        _key?.Dispose();
        CryptographicOperations.ZeroMemory(file);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The key {Path} was wanted and cannot be used: {Reason}")]
        public static partial void NotOpened(ILogger logger, string path, string reason);
    }
}
