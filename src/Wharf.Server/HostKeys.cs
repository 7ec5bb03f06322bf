using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Ssh.Keys;

namespace Wharf.Server;

/// <summary>
/// The server's own keys, in the daemon's data folder under OpenSSH's names and in its format: ssh_host_ed25519_key and its
/// like, made where a kind has none. Files with a number behind a dot are more keys of the kind, for rotation: the one without
/// a number (or else the lowest) is used, all are announced (hostkeys-00@openssh.com).
/// </summary>
internal sealed partial class HostKeys : IDisposable
{
    private const string Comment = "wharf";

    /// <summary>Largest key file, bytes; the reader's bound.</summary>
    private const int MostFileBytes = 64 * 1024;

    private const UnixFileMode OfOthers = (UnixFileMode)0b111_111;

    /// <summary>The kinds, most wanted first: the word in the file's name, and what is made.</summary>
    private static readonly (string Word, string Type)[] Kinds =
    [
        ("ed25519", "ssh-ed25519"),
        ("ecdsa", "ecdsa-sha2-nistp256"),
        ("rsa", "ssh-rsa"),
    ];

    private readonly List<SigningKey> _keys = [];

    private HostKeys()
    {
    }

    /// <summary>In order of preference; owned here.</summary>
    public IReadOnlyList<SigningKey> Keys => _keys;

    /// <summary>Reads the keys of a folder, and makes it and them where they are missing.</summary>
    /// <exception cref="UsageException">The folder or a file in it cannot be used; the sentence says which and why.</exception>
    public static HostKeys LoadOrCreate(string folder, ILogger<HostKeys> logger)
    {
        var keys = new HostKeys();
        try
        {
            DataFolder.Make(folder);
            foreach (var (word, type) in Kinds)
            {
                string first = Path.Combine(folder, $"ssh_host_{word}_key");
                var files = FilesOf(first);
                if (files.Count == 0)
                {
                    Make(type, first, logger);
                    files = [first];
                }

                foreach (string file in files)
                {
                    keys._keys.Add(Read(file));
                }
            }

            return keys;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            keys.Dispose();
            throw new UsageException(
                $"The host keys in '{FileNames.ForDisplay(folder)}' cannot be used: {FileNames.ForDisplay(unusable.Message.TrimEnd('.'))}.");
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    /// <summary>The file without a number, then those with one in their order.</summary>
    private static List<string> FilesOf(string first)
    {
        string name = Path.GetFileName(first);
        return
        [
            .. from file in Directory.EnumerateFiles(Path.GetDirectoryName(first)!, name + "*")
               let rest = Path.GetFileName(file)[name.Length..]
               let number = NumberOf(rest)
               where number is not null
               orderby number
               select file,
        ];
    }

    /// <summary>What a name ends in: 0 for nothing, 2 for ".2", null for anything else, such as ".pub".</summary>
    private static uint? NumberOf(string rest) =>
        rest.Length == 0 ? 0
        : rest[0] == '.' && uint.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number
        : null;

    private static void Make(string type, string file, ILogger logger)
    {
        using var key = SigningKey.Generate(type);
        byte[] content = PrivateKeyFile.Write(key, Comment);
        try
        {
            DataFolder.WriteWhole(file, content, DataFolder.Private, replace: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Somebody else made one at the same time; that one is as good.
            return;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }

        DataFolder.WriteWhole(file + ".pub", Encoding.UTF8.GetBytes($"{new PublicKeyLine(key.Public, Comment)}\n"), DataFolder.Readable, replace: true);
        Log.Made(logger, FileNames.ForDisplay(file), key.Public.Fingerprint);
    }

    private static SigningKey Read(string file)
    {
        byte[] content = new byte[MostFileBytes + 1];
        try
        {
            using var handle = File.OpenHandle(file);
            if (!OperatingSystem.IsWindows())
            {
                CheckMode(file, File.GetUnixFileMode(handle));
            }

            int count = 0;
            int read;
            while ((read = RandomAccess.Read(handle, content.AsSpan(count), count)) > 0)
            {
                count += read;
            }

            return PrivateKeyFile.Read(content.AsSpan(0, count), out _);
        }
        catch (KeyFormatException unusable)
        {
            throw new UsageException($"The host key '{FileNames.ForDisplay(file)}' cannot be used: {unusable.Message}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>As OpenSSH: a private key that others can read is no longer private.</summary>
    [UnsupportedOSPlatform("windows")]
    private static void CheckMode(string file, UnixFileMode mode)
    {
        if ((mode & OfOthers) != 0)
        {
            throw new UsageException(
                $"The host key '{FileNames.ForDisplay(file)}' has permissions {DataFolder.Octal(mode)}, which are too open: "
                + "chmod 600 it, or remove it to have a new one made.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Made host key {File}, {Fingerprint}")]
        public static partial void Made(ILogger logger, string file, string fingerprint);
    }
}
