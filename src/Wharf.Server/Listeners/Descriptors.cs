using System.Globalization;
using Wharf.Net;

namespace Wharf.Server.Listeners;

/// <summary>
/// How many sessions the process has descriptors for. A process without a free descriptor can neither accept nor load code it
/// has not used yet, and the runtime may end it; so connections alone must never use them up.
/// </summary>
internal static class Descriptors
{
    /// <summary>A session's control connection, data connection and file.</summary>
    private const int PerSession = 3;

    /// <summary>Kept for the runtime, the log, listeners and transfers' pipes; of a small number, a quarter.</summary>
    private const int Reserve = 256;

    /// <summary>The bounds, with no more sessions than so many descriptors bear.</summary>
    /// <param name="asked">What was set.</param>
    /// <param name="descriptors">Most open files of this process; null where that is not known.</param>
    public static AdmissionLimits Bound(AdmissionLimits asked, long? descriptors) => descriptors is { } most
        ? asked with { Sessions = (int)Math.Max(1, Math.Min(asked.Sessions, (most - Math.Min(Reserve, most / 4)) / PerSession)) }
        : asked;

    /// <summary>Most open files of this process (RLIMIT_NOFILE, which the runtime has raised as far as it may); null where it is not known.</summary>
    public static long? Limit()
    {
        const string limits = "/proc/self/limits";
        string? line = File.Exists(limits)
            ? File.ReadLines(limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            : null;
        return long.TryParse(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], NumberStyles.None, CultureInfo.InvariantCulture, out long most)
            ? most
            : null;
    }
}
