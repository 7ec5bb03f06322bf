using System.Diagnostics;

namespace Wharf.Interop.Cli.Exits;

/// <summary>A disk of a megabyte below a folder of this machine, as long as it is not disposed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Mounts it; skips the test where that is not permitted.</summary>
    public static SmallDisk Mount(string folder)
    {
        int code = Run("mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", folder);
        Assert.SkipUnless(code == 0, "Mounting a small disk needs a privilege that this user or container does not have (CAP_SYS_ADMIN).");
        return new SmallDisk(folder);
    }

    public void Dispose() => Run("umount", "--lazy", _folder);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
