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
