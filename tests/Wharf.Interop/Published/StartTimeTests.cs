using System.Diagnostics;
using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>What somebody waits for who types a command. On a machine that is busy, the quickest of many starts is the honest one.</summary>
public sealed class StartTimeTests(ITestOutputHelper output)
{
    private const int Starts = 25;

    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(80);

    [Theory]
    [InlineData("--version")]
    public async Task Wharf_says_its_version_within_80_ms(string argument)
    {
        string wharf = PublishedProgram.Wharf;
        var times = new List<TimeSpan>();
        using var folder = new Scratch();
        for (int i = 0; i < Starts; i++)
        {
            long since = Stopwatch.GetTimestamp();
            var result = await Tool.RunAsync(wharf, [argument], folder.Folder);
            times.Add(Stopwatch.GetElapsedTime(since));
            Assert.StartsWith("wharf ", result.Succeeded().Text, StringComparison.Ordinal);
        }

        times.Sort();
        output.WriteLine($"least {times[0].TotalMilliseconds:0} ms, median {times[Starts / 2].TotalMilliseconds:0} ms");
        Assert.InRange(times[0], TimeSpan.Zero, Most);
    }
}
