using System.Globalization;
using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>
/// What somebody waits for who types a command. On a machine that is busy with other things the time of the clock says nothing about the program:
/// there its processor time is held instead, which on an idle one is the same.
/// </summary>
public sealed class StartTimeTests(ITestOutputHelper output)
{
    private const int Starts = 20;
    private const double MostSeconds = 0.080;

    [Fact]
    public async Task Wharf_says_its_version_within_80_ms()
    {
        using var scratch = new Scratch();
        const string Measure = "TIMEFORMAT='%R %U %S'; for ((i = 0; i < $1; i++)); do time \"$0\" --version; done";
        var result = (await Tool.RunAsync(
            Require.Program("bash", "bash"), ["--norc", "--noprofile", "-c", Measure, PublishedProgram.Wharf, $"{Starts}"], scratch.Folder)).Succeeded();
        Assert.Equal(Starts, result.Text.Split("wharf ").Length - 1);
        double[][] times = [.. result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray())];
        double clock = Median(times.Select(time => time[0])), processor = Median(times.Select(time => time[1] + time[2]));
        output.WriteLine($"median of {Starts}: {clock * 1000:0} ms, {processor * 1000:0} ms of them the processor's");
        Assert.InRange(Math.Min(clock, processor), 0, MostSeconds);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Starts / 2);
}
