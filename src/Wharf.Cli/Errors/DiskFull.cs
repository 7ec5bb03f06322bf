namespace Wharf.Cli.Errors;

/// <summary>Tells a full disk of this machine from its other failures, by the system's own number.</summary>
internal static class DiskFull
{
    private const int NoSpace = 28; // ENOSPC
    private const int QuotaOfLinux = 122; // EDQUOT
    private const int QuotaOfMac = 69;
    private const int DiskFullOfWindows = unchecked((int)0x80070070); // ERROR_DISK_FULL

    /// <summary>Whether the disk or the quota is full.</summary>
    public static bool Is(IOException failure) => failure.HResult switch
    {
        DiskFullOfWindows => OperatingSystem.IsWindows(),
        NoSpace => !OperatingSystem.IsWindows(),
        QuotaOfLinux => OperatingSystem.IsLinux(),
        QuotaOfMac => OperatingSystem.IsMacOS(),
        _ => false,
    };
}
