using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.Keys;

namespace Wharf.Client.Ssh;

/// <summary>The keys of one login in the order they are offered. Owns what it read.</summary>
internal sealed partial class LoginKeys : IDisposable
{
    private readonly List<LoginKey> _all = [];
    private readonly List<SigningKey> _read = [];

    private LoginKeys()
    {
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<LoginKey> All => _all;

    /// <summary>Gathers them. A file that cannot be used is a line in the log.</summary>
    public static async ValueTask<LoginKeys> CollectAsync(
        SshConnectOptions options, SshHostSettings settings, SshSurroundings surroundings, ILogger logger, CancellationToken cancel)
    {
        var keys = new LoginKeys();
        foreach (var key in options.Keys)
        {
            keys._all.Add(key);
        }

        foreach (string path in options.Identities.Select(identity => identity.Path).Concat(settings.IdentityFiles))
        {
            byte[]? file = null;
            try
            {
                file = await surroundings.Files.ReadAsync(path, KeyLimits.MostFileBytes, cancel).ConfigureAwait(false);
                if (file is null)
                {
                    Log.Missing(logger, FileNames.ForDisplay(path));
                    continue;
                }

                var key = PrivateKeyFile.Read(file, out _);
                keys._read.Add(key);
                keys._all.Add(key);
            }
            catch (KeyFormatException unusable)
            {
                Log.LeftOut(logger, FileNames.ForDisplay(path), unusable.Message);
            }
            catch (FileException unreadable)
            {
                Log.LeftOut(logger, FileNames.ForDisplay(path), unreadable.Message);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(file);
            }
        }

        return keys;
    }

    public void Dispose() => _read.ForEach(key => key.Dispose());

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "There is no key {Path}")]
        public static partial void Missing(ILogger logger, string path);

        [LoggerMessage(LogLevel.Warning, "The key {Path} is not tried: {Reason}")]
        public static partial void LeftOut(ILogger logger, string path, string reason);
    }
}
