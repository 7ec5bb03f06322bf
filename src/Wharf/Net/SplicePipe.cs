using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>A pipe that splice moves bytes through: 1 MiB, the most a process may have that is not root. Empty ones are kept for the next.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SplicePipe
{
    /// <summary>Bytes it holds.</summary>
    public const int Capacity = 1 << 20;

    /// <summary>Most empty pipes that wait for use; an empty pipe costs two descriptors and its ring, no pages.</summary>
    private const int MostKept = 8;

    private static readonly ConcurrentBag<SplicePipe> Kept = [];

    private SplicePipe(int reading, int writing)
    {
        Reading = reading;
        Writing = writing;
    }

    /// <summary>The end bytes come out of.</summary>
    public int Reading { get; }

    /// <summary>The end bytes go into.</summary>
    public int Writing { get; }

    /// <summary>An empty pipe, or null where the system gives no more.</summary>
    public static SplicePipe? Take()
    {
        if (Kept.TryTake(out var pipe))
        {
            return pipe;
        }

        return LinuxSockets.TryMakePipe(Capacity, out int reading, out int writing) ? new SplicePipe(reading, writing) : null;
    }

    /// <summary>Gives it back; one that may still hold bytes is closed, for they are not the next transfer's.</summary>
    public void Return(bool isEmpty)
    {
        if (isEmpty && Kept.Count < MostKept)
        {
            Kept.Add(this);
            return;
        }

        _ = LinuxSockets.Close(Reading);
        _ = LinuxSockets.Close(Writing);
    }
}
