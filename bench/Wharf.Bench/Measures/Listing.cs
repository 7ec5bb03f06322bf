using System.Diagnostics;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>
/// LIST or MLSD of a folder with many empty files. The data connection is there before the clock starts, so the first byte
/// tells how long the server thought, and the end is the 226.
/// </summary>
internal sealed class Listing : IMeasure
{
    private const int BufferBytes = 256 << 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly string _verb;
    private readonly string[] _unable;
    private readonly Metric _total = new("whole listing", "ms", MoreIsBetter: false, new Goal.OfBest(1.0));
    private readonly Metric _first = new("first byte", "ms", MoreIsBetter: false, new Goal.Fixed(10));
    private readonly Metric _server = new("server CPU", "ms", MoreIsBetter: false);

    /// <param name="verb">LIST or MLSD.</param>
    /// <param name="unable">Servers that do not have it.</param>
    public Listing(string verb, params string[] unable) => (_verb, _unable) = (verb, unable);

    public string Name => _verb.ToLowerInvariant();

    public string Title(Scale scale) => $"{_verb} of {scale.Entries:N0} empty files";

    public IReadOnlyList<Metric> Metrics => [_total, _first, _server];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        if (_unable.Contains(turn.Contender.Name))
        {
            return new Dictionary<Metric, double>();
        }

        var buffer = new byte[BufferBytes];
        var lines = 0;
        TimeSpan first = default;
        using var control = FtpControl.LogIn(turn.Server.Port, turn.Site, Timeout);
        control.Do($"CWD {Site.ManyName}", 250);
        using var data = control.OpenData();
        var cost = Cost.Of(turn.Server, () =>
        {
            var start = Stopwatch.GetTimestamp();
            control.Send(_verb);
            var got = data.Receive(buffer);
            first = Stopwatch.GetElapsedTime(start);
            for (; got > 0; got = data.Receive(buffer))
            {
                lines += buffer.AsSpan(0, got).Count((byte)'\n');
            }

            data.Dispose();
            control.Expect(150, _verb);
            control.Expect(226, _verb);
        });
        control.Quit();

        // Some begin LIST with "total N", and MLSD may name the folder and its parent (RFC 3659 section 7.2).
        var surplus = lines - turn.Scale.Entries;
        return surplus is < 0 or > 3
            ? throw new IOException($"{_verb} gave {lines} lines for {turn.Scale.Entries} entries.")
            : new Dictionary<Metric, double>
            {
                [_total] = cost.Wall.TotalMilliseconds,
                [_first] = first.TotalMilliseconds,
                [_server] = cost.Server.TotalMilliseconds,
            };
    }
}
