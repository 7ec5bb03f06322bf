using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>The servers that clients are measured against, each started when a measurement first asks for it and ended with it.</summary>
internal sealed class Rack(IReadOnlyList<IPlacedServer> servers, Site site) : IDisposable
{
    private readonly Dictionary<IPlacedServer, string?> _reasons = [];
    private readonly Dictionary<IPlacedServer, RunningServer> _running = [];

    /// <summary>Why there is no such server; null when it can be started.</summary>
    public string? Missing(string name)
    {
        if (servers.FirstOrDefault(s => Names(s) == name) is not { } server)
        {
            return $"there is no server {name}";
        }

        if (!_reasons.TryGetValue(server, out var reason))
        {
            _reasons[server] = reason = server.Prepare();
        }

        return reason is null ? null : $"{name}: {reason}";
    }

    /// <summary>A server on loopback, shared by the turns of a measurement.</summary>
    public RunningServer On(string name)
    {
        var server = Find(name);
        if (!_running.TryGetValue(server, out var running))
        {
            _running[server] = running = server.Start(site);
        }

        return running;
    }

    /// <summary>A server somewhere else, whose end is the caller's.</summary>
    public RunningServer At(string name, Place place) => Find(name).Start(site, place);

    /// <summary>Ends what runs; the rack may be used again.</summary>
    public void Dispose()
    {
        foreach (var running in _running.Values)
        {
            running.Dispose();
        }

        _running.Clear();
    }

    /// <summary>Two of them are wharfd: one with FTP alone, one with SFTP alone.</summary>
    private static string Names(IPlacedServer server) => server is WharfdSftp ? $"{server.Name}-sftp" : server.Name;

    private IPlacedServer Find(string name) => Missing(name) is { } reason ? throw new IOException(reason) : servers.First(s => Names(s) == name);
}
