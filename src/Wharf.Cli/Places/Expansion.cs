using System.Runtime.CompilerServices;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Places;

/// <summary>Finds what fits a pattern, at the server: one listing for each directory that a part with wildcards stands for.</summary>
internal static class Expansion
{
    /// <summary>
    /// The places that fit, in the order of their names, each with its <see cref="Place.Entry"/>; what is no pattern is itself, unlooked at. As in
    /// shells, a leading dot needs a dot, and a pattern that nothing fits may be a name.
    /// </summary>
    /// <exception cref="RemoteException">NotFound: nothing fits.</exception>
    public static async IAsyncEnumerable<Place> ExpandAsync(Place place, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!place.IsPattern)
        {
            yield return place;
            yield break;
        }

        bool into = place.IsInto;
        string[] parts = place.Pattern.TrimEnd('/').Split('/');
        int first = Array.FindIndex(parts, PathPattern.IsPattern);
        string top = PathPattern.Unescape(string.Join('/', parts[..first]));
        top = top.Length == 0 && place.Pattern.StartsWith('/') ? "/" : top;
        bool any = false;
        await foreach (var entry in WithinAsync(place.Source, top, parts[first..], cancel))
        {
            if (!into || entry.IsDirectory)
            {
                any = true;
                yield return place.At(entry.Path, Place.Join(top, entry.RelativePath)) with { Entry = entry };
            }
        }

        if (any)
        {
            yield break;
        }

        if (await place.Source.StatAsync(place.Path, LinkHandling.Self, cancel) is { } literal)
        {
            yield return place.At(place.Path, place.Path) with { Entry = literal };
            yield break;
        }

        throw new RemoteException(RemoteError.NotFound, $"Nothing fits {FileNames.ForDisplay(place.Text)}") { Path = place.Path };
    }

    /// <summary>What fits the parts below a directory; relative paths are from there.</summary>
    private static async IAsyncEnumerable<RemoteEntry> WithinAsync(
        RemoteSource source, string directory, string[] parts, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (parts[0] == "**")
        {
            var all = new EnumerateOptions { Recurse = true, Glob = parts.Length == 1 ? "" : string.Join('/', parts) };
            var deep = new List<RemoteEntry>();
            await foreach (var entry in source.EnumerateAsync(directory, all, cancel))
            {
                deep.Add(entry);
            }

            deep.Sort(static (one, other) => string.CompareOrdinal(one.RelativePath, other.RelativePath));
            foreach (var entry in deep)
            {
                yield return entry;
            }

            yield break;
        }

        string[] rest = parts[1..];
        if (!PathPattern.IsPattern(parts[0]))
        {
            string name = PathPattern.Unescape(parts[0]);
            if (await source.StatAsync(Place.Join(directory, name), LinkHandling.Self, cancel) is { } one)
            {
                await foreach (var entry in DeeperAsync(source, one with { RelativePath = name }, rest, cancel))
                {
                    yield return entry;
                }
            }

            yield break;
        }

        var found = new List<RemoteEntry>();
        await foreach (var entry in source.EnumerateAsync(directory, new EnumerateOptions { Glob = parts[0] }, cancel))
        {
            if (entry.Name[0] != '.' || parts[0][0] == '.' || parts[0].StartsWith("\\.", StringComparison.Ordinal))
            {
                found.Add(entry);
            }
        }

        found.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        foreach (var one in found)
        {
            await foreach (var entry in DeeperAsync(source, one, rest, cancel))
            {
                yield return entry;
            }
        }
    }

    private static async IAsyncEnumerable<RemoteEntry> DeeperAsync(
        RemoteSource source, RemoteEntry entry, string[] rest, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (rest.Length == 0)
        {
            yield return entry;
            yield break;
        }

        // A link may lead to a directory; what is none has nothing below it.
        if (!entry.IsDirectory && !(entry.IsLink && await source.StatAsync(entry.Path, LinkHandling.Follow, cancel) is { IsDirectory: true }))
        {
            yield break;
        }

        await foreach (var below in WithinAsync(source, entry.Path, rest, cancel))
        {
            yield return below with { RelativePath = $"{entry.RelativePath}/{below.RelativePath}" };
        }
    }
}
