using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>A server that takes part: ours, or a peer.</summary>
internal interface IContender
{
    string Name { get; }

    /// <summary>The one whose goals are judged.</summary>
    bool IsOurs { get; }

    /// <summary>What it is once prepared, for the report: package and version, or a path.</summary>
    string Version { get; }

    /// <summary>Makes it ready to start; otherwise the reason why it is missing.</summary>
    string? Prepare();

    /// <summary>Starts it on a free port of 127.0.0.1, serving <see cref="Site.Files"/>.</summary>
    RunningServer Start(Site site);
}
