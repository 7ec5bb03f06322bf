using Wharf.Files;

namespace Wharf.Server.Accounts;

/// <summary>One value of --authorized-keys.</summary>
/// <param name="Name">The account.</param>
/// <param name="Path">The file with its keys, in the form of sshd's authorized_keys(5).</param>
internal sealed record AuthorizedKeysArgument(string Name, string Path)
{
    private const string Possible = "NAME:FILE with the name of a --user and a readable file of public keys, one a line";

    /// <summary>Reads NAME:FILE. A name holds no colon, a path may.</summary>
    /// <exception cref="UsageException">It is not that, or there is no such file.</exception>
    public static AuthorizedKeysArgument Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == text.Length - 1 || text[..colon].Any(char.IsControl) || text.Contains('\0'))
        {
            throw new UsageException($"Argument --authorized-keys cannot be '{FileNames.ForDisplay(text)}': possible is {Possible}.");
        }

        var argument = new AuthorizedKeysArgument(text[..colon], System.IO.Path.GetFullPath(text[(colon + 1)..]));
        return File.Exists(argument.Path)
            ? argument
            : throw new UsageException($"Argument --authorized-keys finds no file '{FileNames.ForDisplay(argument.Path)}': possible is {Possible}.");
    }

    /// <summary>Checks that each is for an account there is.</summary>
    /// <exception cref="UsageException">One is not.</exception>
    public static void Check(IEnumerable<AuthorizedKeysArgument> arguments, IReadOnlyList<UserArgument>? users)
    {
        if (arguments.FirstOrDefault(argument => users?.Any(user => user.Name == argument.Name) != true) is { } stranger)
        {
            throw new UsageException(
                $"Argument --authorized-keys is for '{FileNames.ForDisplay(stranger.Name)}', and there is no --user of that name: possible is {Possible}.");
        }
    }
}
