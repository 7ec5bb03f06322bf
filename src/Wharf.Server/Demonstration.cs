using System.Globalization;
using System.Security.Cryptography;
using Wharf.Server.Accounts;

namespace Wharf.Server;

/// <summary>What a daemon that was told nothing shows: one user, a password nobody can guess, and lines to paste.</summary>
internal static class Demonstration
{
    private const string Name = "demo";

    // No character that a shell or a URL treats specially, none that is read as another: 31 of them, 16 times, is 79 bits.
    private const string Letters = "abcdefghijkmnpqrstuvwxyz2345678";
    private const int PasswordLength = 16;

    /// <summary>The one account, with a fresh password.</summary>
    public static UserArgument MakeUser() => new(Name, RandomNumberGenerator.GetString(Letters, PasswordLength));

    /// <summary>An upload and a download that work from the project's folder as they are.</summary>
    public static string[] Commands(UserArgument user, string host, int port)
    {
        string url = string.Create(CultureInfo.InvariantCulture, $"ftp://{user.Name}:{user.Password}@{host}:{port}/README.md");
        return [$"curl -T README.md {url}", $"curl {url}"];
    }
}
