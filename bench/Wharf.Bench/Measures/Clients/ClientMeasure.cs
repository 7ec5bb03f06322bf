using Wharf.Bench.Clients;
using Wharf.Bench.Load;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures.Clients;

/// <summary>What all measurements of clients do: an errand, and a look at what arrived.</summary>
internal static class ClientMeasure
{
    /// <summary>One big file; null where this client does not take part.</summary>
    public static ClientCost? Big(Turn turn, Way way, string protocol, RunningServer server, long bytes, LinkBetweenNamespaces? link = null)
    {
        var site = turn.Site;
        var source = site.FileOf(bytes);
        var (local, remote, result) = way == Way.Put
            ? (Path.Combine(site.Files, source), Site.UploadName, site.UploadPath)
            : (site.FetchedPath, source, site.FetchedPath);
        var errand = new Errand(
            way, protocol, link?.Far.Address ?? Place.Loopback.Address, server.Port, site, local, remote, 1, site.RunFolder(turn.Contender.Name), link is not null);
        var client = (IClient)turn.Contender;
        if (client.CommandFor(errand) is not { } command)
        {
            return null;
        }

        site.MakeRoomForUpload();
        File.Delete(site.FetchedPath);
        var cost = ClientRun.Do(client, command, errand, server, link?.Near ?? Place.Loopback);
        if (way != Way.Drop)
        {
            var arrived = File.Exists(result) ? new FileInfo(result).Length : 0;
            File.Delete(result);
            if (arrived != bytes)
            {
                throw new IOException($"{way} left {arrived} bytes.");
            }
        }

        return cost;
    }

    /// <summary>A folder of so many small files; null where this client does not take part.</summary>
    public static ClientCost? Many(Turn turn, Way way, string protocol, RunningServer server, int count, LinkBetweenNamespaces? link = null)
    {
        var site = turn.Site;
        site.MakeSmallFiles(count);
        // The folder has the same name on both sides, since not every client can give it another.
        var (local, remote, result) = way == Way.PutMany
            ? (site.OutgoingFolder, Site.ArrivedName, site.ArrivedFolder)
            : (site.FetchedFolder, Site.SmallFilesName, site.FetchedFolder);
        var errand = new Errand(
            way, protocol, link?.Far.Address ?? Place.Loopback.Address, server.Port, site, local, remote, count, site.RunFolder(turn.Contender.Name), link is not null);
        var client = (IClient)turn.Contender;
        if (client.CommandFor(errand) is not { } command)
        {
            return null;
        }

        site.RemoveSmallFolders();
        var cost = ClientRun.Do(client, command, errand, server, link?.Near ?? Place.Loopback);
        var arrived = Directory.Exists(result) ? Directory.GetFiles(result, "*", SearchOption.AllDirectories) : [];
        var whole = arrived.Count(file => new FileInfo(file).Length == Site.SmallFileBytes);
        site.RemoveSmallFolders();
        return whole == count && arrived.Length == count ? cost : throw new IOException($"{way} left {arrived.Length} files, {whole} of them whole.");
    }
}
