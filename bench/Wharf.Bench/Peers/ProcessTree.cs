using System.Globalization;

namespace Wharf.Bench.Peers;

/// <summary>
/// Without control groups: the server's process and its descendants, with the time of children they have waited for (proc(5),
/// stat, fields 14 to 17). A child that nobody waits for is lost, so a group is better where there is one.
/// </summary>
internal sealed class ProcessTree(Func<int> root) : ProcessGroup
{
    private const double TicksPerSecond = 100; // USER_HZ is 100 on every Linux that .NET runs on

    public override TimeSpan Cpu
    {
        get
        {
            var members = Processes.ToHashSet();
            return TimeSpan.FromSeconds(AllStats().Where(s => members.Contains(s.Process)).Sum(s => s.Ticks) / TicksPerSecond);
        }
    }

    public override IReadOnlyList<int> Processes
    {
        get
        {
            var children = AllStats().ToLookup(s => s.Parent, s => s.Process);
            List<int> found = [root()];
            for (var i = 0; i < found.Count; i++)
            {
                found.AddRange(children[found[i]]);
            }

            return found;
        }
    }

    public override string JoinCommand => "";

    public override void Dispose()
    {
        // nothing was made
    }

    private static List<(int Process, int Parent, long Ticks)> AllStats()
    {
        List<(int, int, long)> all = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process))
            {
                continue;
            }

            try
            {
                // The name in parentheses may hold anything; the fields after its last ")" are numbers.
                var text = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                all.Add((process, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture))));
            }
            catch (IOException)
            {
                continue; // ended meanwhile
            }
        }

        return all;
    }
}
