using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>A server that may be started anywhere, also behind a link.</summary>
internal interface IPlacedServer : IServer
{
    RunningServer Start(Site site, Place place);

    RunningServer IServer.Start(Site site) => Start(site, Place.Loopback);
}
