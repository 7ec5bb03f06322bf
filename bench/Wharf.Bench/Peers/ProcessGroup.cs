using System.Globalization;

namespace Wharf.Bench.Peers;

/// <summary>All processes of one server, with the CPU time they used: those that still run and those that have ended.</summary>
internal abstract class ProcessGroup : IDisposable
{
    /// <summary>User and system time of every process that ever was in the group.</summary>
    public abstract TimeSpan Cpu { get; }

    public abstract IReadOnlyList<int> Processes { get; }

    /// <summary>What a shell does to join before it becomes the server; empty when nothing is needed.</summary>
    public abstract string JoinCommand { get; }

    /// <summary>Memory of the group in KiB: shared pages are divided among those that share them (proc(5), smaps_rollup, Pss).</summary>
    public double PssKiB => Processes.Sum(PssOf);

    /// <summary>A control group where one can be made (as root), else the tree below the server's process.</summary>
    public static ProcessGroup Create(string name, Func<int> root) =>
        ControlGroup.TryCreate(name) ?? (ProcessGroup)new ProcessTree(root);

    public abstract void Dispose();

    private static double PssOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/smaps_rollup").FirstOrDefault(l => l.StartsWith("Pss:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it ended between the listing and the question
        }
    }
}
