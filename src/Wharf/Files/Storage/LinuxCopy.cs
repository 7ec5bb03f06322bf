using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>copy_file_range: the kernel copies, and a disk that can shares the blocks instead.</summary>
internal static class LinuxCopy
{
    /// <summary>
    /// Copies up to so many bytes; returns how many, 0 at the end or where the kernel will not (other disks, a target opened
    /// with O_APPEND, a full disk): the caller goes on with reads and writes, which do it or say why not.
    /// </summary>
    public static int TryCopy(SafeFileHandle from, long fromOffset, SafeFileHandle to, long toOffset, int count) =>
        (int)Math.Max(0, LinuxCalls.CopyRange(from, ref fromOffset, to, ref toOffset, (nuint)count, 0));
}
