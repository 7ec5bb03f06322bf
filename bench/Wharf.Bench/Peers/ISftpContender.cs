using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>A server that speaks SFTP and may be started anywhere.</summary>
internal interface ISftpContender : IContender
{
    RunningServer Start(Site site, Place place);

    RunningServer IContender.Start(Site site) => Start(site, Place.Loopback);
}
