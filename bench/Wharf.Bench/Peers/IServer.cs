using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>A server that takes part.</summary>
internal interface IServer : IContender
{
    /// <summary>Starts it on a free port of 127.0.0.1, serving <see cref="Site.Files"/>.</summary>
    RunningServer Start(Site site);
}
