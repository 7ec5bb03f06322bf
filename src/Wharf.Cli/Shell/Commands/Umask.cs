using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Wharf.Cli.Shell.Commands;

/// <summary>umask(2).</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Umask
{
    /// <summary>Sets it; returns the one before.</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint Set(uint mask);
}
