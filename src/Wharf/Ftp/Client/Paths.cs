using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>Paths as commands take them.</summary>
internal static class Paths
{
    /// <summary>The path's text for a command. What a line of FTP cannot hold is refused when the command is made.</summary>
    public static string Argument(VirtualPath path) => path.Value;

    /// <summary>A name no server's disk takes is refused before anything is asked.</summary>
    /// <exception cref="FileException"><see cref="FileError.NameTooLong"/>, <see cref="FileError.BadName"/>.</exception>
    public static void Check(VirtualPath path)
    {
        if (path.Value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw new FileException(FileError.BadName, path);
        }

        if (FileNames.Encode(path.Name).Length > VirtualPath.MaxNameBytes)
        {
            throw new FileException(FileError.NameTooLong, path);
        }
    }

    /// <summary>A name beside this one for what is not complete yet: hidden, random, and no longer than a name may be.</summary>
    public static VirtualPath Temporary(VirtualPath path)
    {
        string random = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        string name = path.Name;
        while (FileNames.Encode(name).Length > VirtualPath.MaxNameBytes - ".".Length - ".wharf-".Length - random.Length)
        {
            name = name[..^(char.IsLowSurrogate(name[^1]) && name.Length > 1 && char.IsHighSurrogate(name[^2]) ? 2 : 1)];
        }

        return path.Parent.Append($".{name}.wharf-{random}");
    }
}
