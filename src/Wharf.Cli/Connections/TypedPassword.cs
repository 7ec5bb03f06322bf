using System.Text;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Connections;

/// <summary>The password that whoever started the program gave it beside the command line: a descriptor, or a variable.</summary>
/// <exception cref="UsageException">The descriptor or variable that was named is none: said before anything is connected.</exception>
internal sealed class TypedPassword(Words words, Surroundings around)
{
    private const string Variable = "WHARF_PASSWORD";

    /// <summary>Longest line that is read, bytes.</summary>
    private const int MostBytes = 4096;

    private readonly Stream? _descriptor = words.Has(ConnectionOptions.PasswordFd) ? Open(words.Get(ConnectionOptions.PasswordFd, 0), around) : null;
    private readonly string? _variable = words.Get(ConnectionOptions.PasswordEnv) is { } name
        ? around.Variable(name) ?? throw new UsageException($"--password-env names {Files.FileNames.ForDisplay(name)}, and there is no variable of that name.")
        : around.Variable(Variable);

    private string? _read;

    /// <summary>The password; null where none was given. A descriptor is read once.</summary>
    public async ValueTask<string?> FindAsync(CancellationToken cancel) =>
        _read ?? (_descriptor is null ? _variable : _read = await ReadAsync(_descriptor, cancel));

    private static Stream Open(int descriptor, Surroundings around)
    {
        try
        {
            return around.Descriptor(descriptor);
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(descriptor, bad);
        }
    }

    private static UsageException Unreadable(int descriptor, Exception bad) =>
        new(FormattableString.Invariant($"--password-fd {descriptor} cannot be read: {Files.FileNames.ForDisplay(bad.Message.TrimEnd('.'))}."));

    private async ValueTask<string> ReadAsync(Stream descriptor, CancellationToken cancel)
    {
        try
        {
            await using var stream = descriptor;
            byte[] line = new byte[MostBytes];
            int length = 0;
            while (length < line.Length && line.AsSpan(0, length).IndexOf((byte)'\n') < 0)
            {
                int count = await stream.ReadAsync(line.AsMemory(length), cancel);
                if (count == 0)
                {
                    break;
                }

                length += count;
            }

            int end = line.AsSpan(0, length).IndexOf((byte)'\n');
            return Encoding.UTF8.GetString(line, 0, end < 0 ? length : end).TrimEnd('\r');
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unreadable(words.Get(ConnectionOptions.PasswordFd, 0), bad);
        }
    }
}
