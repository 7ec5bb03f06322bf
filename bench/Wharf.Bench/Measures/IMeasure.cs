using Wharf.Bench.Load;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures;

/// <summary>One measurement: what it loads a server with, and the numbers that come out.</summary>
internal interface IMeasure
{
    /// <summary>What `--only` calls it.</summary>
    string Name { get; }

    string Title(Scale scale);

    IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Why it cannot be measured here; null when it can.</summary>
    string? Missing(Options options) => null;

    /// <summary>The servers that clients meet in it.</summary>
    IReadOnlyList<string> Needs => [];

    /// <summary>One round of one contender. A metric the server cannot give is left out.</summary>
    IReadOnlyDictionary<Metric, double> Run(Turn turn);
}

/// <summary>Whose turn it is. A server has been running since the start of the measurement; a client finds servers in the rack.</summary>
internal sealed record Turn(IContender Contender, RunningServer? Running, Rack Rack, Site Site, Options Options, int Round, Action<IDisposable> OnEnd)
{
    public Scale Scale => Site.Scale;

    public RunningServer Server => Running ?? throw new InvalidOperationException($"{Contender.Name} is no server.");

    /// <summary>Disposes of something when the turn is over, however the run ends; last in, first out.</summary>
    public T Keep<T>(T made)
        where T : IDisposable
    {
        OnEnd(made);
        return made;
    }
}
