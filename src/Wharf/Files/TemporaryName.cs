using System.Security.Cryptography;

namespace Wharf.Files;

/// <summary>Names under which a new content is written beside the name it will have.</summary>
internal static class TemporaryName
{
    private const int RandomBytes = 4;
    private const string Mark = ".wharf-";

    /// <summary>".NAME.wharf-RANDOM", the name cut so that all of it fits into <see cref="VirtualPath.MaxNameBytes"/>.</summary>
    public static string For(string name)
    {
        string end = Mark + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));
        int room = VirtualPath.MaxNameBytes - end.Length - 1;
        while (FileNames.Encode(name).Length > room)
        {
            // Never half a pair of surrogates: that would be no name.
            name = name[..^(name.Length > 1 && char.IsSurrogatePair(name[^2], name[^1]) ? 2 : 1)];
        }

        return "." + name + end;
    }
}
