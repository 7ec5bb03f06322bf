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

    /// <summary>One round against one server. A metric the server cannot give is left out.</summary>
    IReadOnlyDictionary<Metric, double> Run(Turn turn);
}

/// <summary>Whose turn it is; the server has been running since the start of the measurement.</summary>
internal sealed record Turn(IContender Contender, RunningServer Server, Site Site, Options Options, Action<IDisposable> OnEnd)
{
    public Scale Scale => Site.Scale;

    /// <summary>Disposes of something when the turn is over, however the run ends; last in, first out.</summary>
    public T Keep<T>(T made)
        where T : IDisposable
    {
        OnEnd(made);
        return made;
    }
}
