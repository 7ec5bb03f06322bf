using System.Diagnostics;

namespace Wharf.Interop.Support;

/// <summary>What a test needs of the machine; where it is missing, the test is skipped and says what to install.</summary>
internal static class Require
{
    /// <summary>The path of a program, or a skipped test that names the Debian package.</summary>
    public static string Program(string name, string package)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        string? found = path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/bin")
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Skip($"{name} is not here: install the Debian package {package}.");
        }

        return found;
    }

    /// <summary>A Python that can import the module, or a skipped test that names the Debian package.</summary>
    public static string Python(string module, string package)
    {
        // Debian's modules belong to Debian's Python, which need not be the first one of PATH.
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Program("python3", "python3");
        using var import = Process.Start(new ProcessStartInfo(python, ["-W", "ignore", "-c", $"import {module}"]) { RedirectStandardError = true });
        import!.StandardError.ReadToEnd();
        import.WaitForExit();
        if (import.ExitCode != 0)
        {
            Assert.Skip($"{python} has no {module}: install the Debian package {package}.");
        }

        return python;
    }

    /// <summary>Skips where no file system can be mounted by a program.</summary>
    public static void Fuse() =>
        Assert.SkipUnless(File.Exists("/dev/fuse"), "There is no /dev/fuse on this machine, so that sshfs cannot mount anything.");

    /// <summary>Skips long tests unless the run asked for them.</summary>
    public static void FullRun() =>
        Assert.SkipUnless(IsFull, "This one takes long: ./build test --full runs it (it sets WHARF_FULL=1).");

    /// <summary>Whether this is the long run.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("WHARF_FULL") == "1";

    /// <summary>Skips where this machine has no IPv6 loopback.</summary>
    public static void IPv6()
    {
        bool there = File.Exists("/proc/net/if_inet6") && File.ReadAllText("/proc/net/if_inet6").Contains("00000000000000000000000000000001");
        Assert.SkipUnless(there, "This machine has no IPv6 loopback.");
    }

    /// <summary>Skips where there is no /proc: these tests look into the server's process.</summary>
    public static void Proc() => Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "This test reads /proc, which only Linux has.");
}
