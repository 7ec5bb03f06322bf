using System.Diagnostics;
using System.Globalization;

namespace Wharf.Bench.Peers;

/// <summary>The most memory that a program ever holds (VmHWM of proc(5)).</summary>
internal static class PeakMemory
{
    /// <summary>How often to look: of what comes in the program's last moments, half of this is missed on average.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Watches a program until its end; one that takes too long is ended.</summary>
    /// <returns>Bytes.</returns>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public static long Watch(Process process, TimeSpan patience)
    {
        var since = Stopwatch.GetTimestamp();
        long most = 0;
        do
        {
            most = Math.Max(most, MostOf(process.Id));
            if (Stopwatch.GetElapsedTime(since) > patience)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"It did not end in {patience}.");
            }
        }
        while (!process.WaitForExit(Look));

        return most;
    }

    private static long MostOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    }
}
