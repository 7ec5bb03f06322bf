using System.Buffers;

namespace Wharf.Files.Storage;

/// <summary>
/// Names that Windows would read as something else: a stream, a drive, a device, another separator, or the same name
/// without its end. One that is refused here never reaches a Windows path, whichever prefix that has.
/// </summary>
internal static class WindowsNames
{
    // "Naming Files, Paths, and Namespaces" of the Windows API: these, and everything below a space.
    private static readonly SearchValues<char> Reserved = SearchValues.Create(
        "<>:\"/\\|?*\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

    /// <summary>Whether Windows takes this one part of a path as a plain name, and as that name.</summary>
    public static bool IsPlain(string name)
    {
        // A lone surrogate (an escaped byte among them) is a name on NTFS, but another than was asked for.
        if (!FileNames.IsText(name) || name.Length is 0 or > VirtualPath.MaxNameBytes
            || name[^1] is '.' or ' ' || name.AsSpan().IndexOfAny(Reserved) >= 0)
        {
            return false;
        }

        // A device stays one with an extension, and with spaces before it: "NUL.txt", "com1 .log".
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        var stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ');
        return !Devices.Contains(stem, StringComparer.OrdinalIgnoreCase) && !IsPort(stem) && !MayBeShortName(name);
    }

    /// <summary>COM0 to COM9 and LPT0 to LPT9; the superscript digits of Latin-1 count as well.</summary>
    private static bool IsPort(string stem) =>
        stem.Length == 4
        && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase))
        && stem[3] is (>= '0' and <= '9') or '\u00B9' or '\u00B2' or '\u00B3';

    /// <summary>The short form of another name (PROGRA~1), which would be a second way to it.</summary>
    private static bool MayBeShortName(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        var stem = name.AsSpan(0, dot < 0 ? name.Length : dot);
        int tilde = stem.LastIndexOf('~');
        return tilde is >= 1 and <= 6 && stem.Length <= 8 && stem.Length > tilde + 1
            && stem[(tilde + 1)..].IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
