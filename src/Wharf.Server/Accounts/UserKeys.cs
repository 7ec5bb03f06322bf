using System.Net;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Keys;

namespace Wharf.Server.Accounts;

/// <summary>The keys of --authorized-keys by account, read once at the start. An account without keys is like one that does not exist.</summary>
/// <param name="files">What was read; an account may have several.</param>
internal sealed partial class UserKeys(IEnumerable<(string Name, AuthorizedKeys Keys)> files)
{
    /// <summary>Largest file of keys, bytes.</summary>
    private const int MostFileBytes = 1 << 20;

    private readonly ILookup<string, AuthorizedKeys> _files = files.ToLookup(file => file.Name, file => file.Keys, StringComparer.Ordinal);

    /// <summary>Nobody has a key.</summary>
    public static UserKeys None { get; } = new([]);

    /// <summary>Reads the files. A line that cannot be used gives nobody access and is a warning.</summary>
    /// <exception cref="UsageException">A file cannot be read.</exception>
    public static UserKeys Load(IEnumerable<AuthorizedKeysArgument> arguments, ILogger logger)
    {
        var files = new List<(string, AuthorizedKeys)>();
        foreach (var argument in arguments)
        {
            var file = AuthorizedKeys.Parse(ReadFile(argument));
            foreach (var problem in file.Problems)
            {
                Log.Unusable(logger, FileNames.ForDisplay(argument.Path), problem.Line, FileNames.ForDisplay(problem.Text));
            }

            files.Add((argument.Name, file));
        }

        return new UserKeys(files);
    }

    /// <summary>Why a login with this key could not succeed; null where it could, once proven.</summary>
    public string? RefusalToAsk(PublicKeyBlob key, string user, IPAddress address, DateTimeOffset now) =>
        Refusal(user, file => file.RefusalToAsk(key, user, address, now));

    /// <summary>Why this is no login; null where it is one.</summary>
    public string? RefusalToLogIn(Credential.ProvenKey proof, string user, IPAddress address, DateTimeOffset now) =>
        Refusal(user, file => file.RefusalToLogIn(proof, user, address, now));

    private string? Refusal(string user, Func<AuthorizedKeys, string?> ask)
    {
        // Somebody without keys is asked about too: the time says nothing about who exists (security case T18).
        string? first = null;
        foreach (var file in _files[user].DefaultIfEmpty(AuthorizedKeys.None))
        {
            if (ask(file) is not { } refusal)
            {
                return null;
            }

            first ??= refusal;
        }

        return first;
    }

    private static string ReadFile(AuthorizedKeysArgument argument)
    {
        byte[] bytes = new byte[MostFileBytes + 1];
        int count;
        try
        {
            using var file = File.OpenRead(argument.Path);
            count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"Argument --authorized-keys cannot read '{FileNames.ForDisplay(argument.Path)}' "
                + $"({FileNames.ForDisplay(unreadable.Message.TrimEnd('.'))}): possible is a readable file of public keys, one a line.");
        }

        return count <= MostFileBytes
            ? FileNames.Decode(bytes.AsSpan(0, count))
            : throw new UsageException(
                $"Argument --authorized-keys finds more than {MostFileBytes} bytes in '{FileNames.ForDisplay(argument.Path)}': "
                + "possible is a file of public keys, one a line.");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{File} line {Line} gives nobody access: {Reason}")]
        public static partial void Unusable(ILogger logger, string file, int line, string reason);
    }
}
