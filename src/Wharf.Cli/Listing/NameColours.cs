using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Listing;

/// <summary>Names in the colours that ls gives them.</summary>
internal static class NameColours
{
    private const int AnyExecutes = 0x49; // 0111

    /// <summary>The name between what switches its colour on and off.</summary>
    public static string Paint(RemoteEntry entry, string name)
    {
        string? code = entry.Kind switch
        {
            EntryKind.Directory => "1;34",
            EntryKind.Link => "1;36",
            EntryKind.Fifo => "33",
            EntryKind.Socket => "1;35",
            EntryKind.BlockDevice or EntryKind.CharacterDevice => "1;33",
            EntryKind.File when (entry.Mode & AnyExecutes) is > 0 => "1;32",
            _ => null,
        };
        return code is null ? name : $"\e[{code}m{name}\e[0m";
    }
}
