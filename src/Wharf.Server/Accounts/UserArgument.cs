using Wharf.Files;

namespace Wharf.Server.Accounts;

/// <summary>One value of --user.</summary>
/// <param name="Name">The account.</param>
/// <param name="Password">Its password; null where only keys are allowed.</param>
internal sealed record UserArgument(string Name, string? Password)
{
    /// <summary>Largest password file, bytes.</summary>
    private const int MostPasswordBytes = 4096;

    private const string Possible = "NAME:PASSWORD, NAME:@FILE with the password in a file, or NAME alone for keys only";

    /// <summary>Reads NAME:PASSWORD, NAME:@FILE or NAME. A name holds no colon, a password may.</summary>
    /// <exception cref="UsageException">It is none of them, or the file cannot be used.</exception>
    public static UserArgument Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        if (name.Length == 0 || name.Any(char.IsControl))
        {
            throw new UsageException($"Argument --user cannot have the name '{FileNames.ForDisplay(name)}': possible is {Possible}.");
        }

        if (colon < 0)
        {
            return new UserArgument(name, null);
        }

        string password = text[(colon + 1)..];
        if (password.StartsWith('@'))
        {
            password = ReadFile(name, password[1..]);
        }

        if (password.Length == 0)
        {
            throw new UsageException($"Argument --user gives '{FileNames.ForDisplay(name)}' an empty password: possible is {Possible}.");
        }

        // The password itself is never repeated, not even to say what is wrong with it.
        return password.AsSpan().IndexOfAny('\r', '\n', '\0') < 0
            ? new UserArgument(name, password)
            : throw new UsageException(
                $"Argument --user gives '{FileNames.ForDisplay(name)}' a password with a line end or NUL in it: possible is {Possible}.");
    }

    /// <summary>Keeps the password out of logs.</summary>
    public override string ToString() => FileNames.ForDisplay(Name);

    private static string ReadFile(string name, string path)
    {
        byte[] bytes = new byte[MostPasswordBytes + 1];
        int count;
        try
        {
            using var file = File.OpenRead(path);
            count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException(
                $"Argument --user cannot read the password of '{FileNames.ForDisplay(name)}' from '{FileNames.ForDisplay(path)}' "
                + $"({FileNames.ForDisplay(unreadable.Message.TrimEnd('.'))}): possible is a readable file of one line.");
        }

        if (count > MostPasswordBytes)
        {
            throw new UsageException(
                $"Argument --user finds more than {MostPasswordBytes} bytes in '{FileNames.ForDisplay(path)}': possible is a file of one line.");
        }

        // As the wire's bytes are decoded, so that a password that is not UTF-8 still matches.
        string text = FileNames.Decode(bytes.AsSpan(0, count));
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
    }
}
