using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>What is copied to: a new name, or a directory that things are put into under their own names.</summary>
/// <param name="Place">Where.</param>
/// <param name="IsInto">Whether it is a directory that is put into.</param>
internal sealed record MoveTarget(Place Place, bool IsInto)
{
    /// <summary>The source it is of.</summary>
    public RemoteSource Source => Place.Source;

    /// <summary>Finds out which: a slash at the end, a directory that is there, and several things mean "into".</summary>
    public static async Task<MoveTarget> FindAsync(Place place, bool several, CancellationToken cancel)
    {
        if (place.IsInto)
        {
            return new MoveTarget(place, true);
        }

        bool isDirectory = place.Path.Length == 0 || await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel) is { IsDirectory: true };
        return isDirectory || !several
            ? new MoveTarget(place, isDirectory)
            : throw new UsageException($"{FileNames.ForDisplay(place.Text)} is no directory, and several things cannot have one name: possible is a directory, or a slash at the end to make it.");
    }

    /// <summary>The path that something gets.</summary>
    public string PathFor(Place from) => IsInto ? Place.Join(Place.Path, NameOf(from)) : Place.Path;

    /// <summary>The same as it may be shown.</summary>
    public string TextFor(Place from) => IsInto ? Place.Join(Place.Text, NameOf(from)) : Place.Text;

    /// <summary>The last part of a place's path; "" for a server's beginning.</summary>
    public static string NameOf(Place from) => VirtualPath.Parse(from.Path).Name;
}
