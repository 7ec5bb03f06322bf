using System.Globalization;

namespace Wharf.Bench.Peers;

/// <summary>
/// A control group of its own per server: cpuacct.usage (version 1) or cpu.stat (version 2) counts every process that ever was
/// in it, also those that ended unseen between two looks.
/// </summary>
internal sealed class ControlGroup : ProcessGroup
{
    private readonly string _folder;
    private readonly bool _versionOne;

    private ControlGroup(string folder, bool versionOne) => (_folder, _versionOne) = (folder, versionOne);

    public override TimeSpan Cpu => _versionOne
        ? TimeSpan.FromTicks(long.Parse(File.ReadAllText(Path.Combine(_folder, "cpuacct.usage")), CultureInfo.InvariantCulture) / 100)
        : TimeSpan.FromMicroseconds(long.Parse(
            File.ReadLines(Path.Combine(_folder, "cpu.stat")).First(l => l.StartsWith("usage_usec ", StringComparison.Ordinal))["usage_usec ".Length..],
            CultureInfo.InvariantCulture));

    public override IReadOnlyList<int> Processes =>
        [.. File.ReadLines(Path.Combine(_folder, "cgroup.procs")).Select(l => int.Parse(l, CultureInfo.InvariantCulture))];

    public override string JoinCommand => $"echo $$ > {_folder}/cgroup.procs && ";

    /// <summary>Null where no group can be made: not root, or nothing mounted.</summary>
    public static ControlGroup? TryCreate(string name)
    {
        foreach (var versionOne in (bool[])[true, false])
        {
            if (OwnFolder(versionOne) is not { } own)
            {
                continue;
            }

            try
            {
                return new(Directory.CreateDirectory(Path.Combine(own, $"wharf-bench-{Environment.ProcessId}-{name}")).FullName, versionOne);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                continue; // mounted, but not ours to write: the next kind, or the process tree
            }
        }

        return null;
    }

    public override void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder);
        }
    }

    /// <summary>Where this process itself lives in the hierarchy: mount point from /proc/mounts, path from /proc/self/cgroup (cgroups(7)).</summary>
    private static string? OwnFolder(bool versionOne)
    {
        if (!File.Exists("/proc/self/cgroup"))
        {
            return null;
        }

        var mount = File.ReadLines("/proc/mounts").Select(l => l.Split(' ')).FirstOrDefault(f => versionOne
            ? f[2] == "cgroup" && f[3].Split(',').Contains("cpuacct")
            : f[2] == "cgroup2")?[1];
        var path = File.ReadLines("/proc/self/cgroup").Select(l => l.Split(':', 3)).FirstOrDefault(f => versionOne
            ? f[1].Split(',').Contains("cpuacct")
            : f[0] == "0")?[2];
        var folder = mount is null || path is null ? null : mount + path;
        return folder is not null && File.Exists(Path.Combine(folder, versionOne ? "cpuacct.usage" : "cpu.stat")) ? folder : null;
    }
}
