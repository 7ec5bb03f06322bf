using System.Text;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Connections;

/// <summary>The password that whoever started the program gave it beside the command line: a descriptor, or a variable.</summary>
internal sealed class TypedPassword(Words words, Surroundings around)
{
    private const string Variable = "WHARF_PASSWORD";

    /// <summary>Longest line that is read, bytes.</summary>
    private const int MostBytes = 4096;

    private string? _read;

    /// <summary>The password; null where none was given. A descriptor is read once.</summary>
    /// <exception cref="UsageException">The descriptor or variable that was named is none.</exception>
    public async ValueTask<string?> FindAsync(CancellationToken cancel)
    {
        if (words.Has(ConnectionOptions.PasswordFd))
        {
            return _read ??= await ReadAsync(words.Get(ConnectionOptions.PasswordFd, 0), cancel);
        }

        return words.Get(ConnectionOptions.PasswordEnv) is { } name
            ? around.Variable(name) ?? throw new UsageException($"--password-env names {Files.FileNames.ForDisplay(name)}, and there is no variable of that name.")
            : around.Variable(Variable);
    }

    private async ValueTask<string> ReadAsync(int descriptor, CancellationToken cancel)
    {
        try
        {
            await using var stream = around.Descriptor(descriptor);
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
        catch (IOException bad)
        {
            throw new UsageException(FormattableString.Invariant($"--password-fd {descriptor} cannot be read: {bad.Message.TrimEnd('.')}."));
        }
    }
}
