using Wharf.Files;

namespace Wharf.Client;

/// <summary>Removes a directory with all that is in it; links themselves, never what they point to.</summary>
/// <param name="files">Where.</param>
/// <param name="parallel">Files removed at once.</param>
internal sealed class TreeRemoval(IFileSystem files, int parallel)
{
    /// <summary>Removes it. What is gone already is no failure; the first that cannot be removed ends it.</summary>
    public async ValueTask RunAsync(VirtualPath directory, CancellationToken cancel)
    {
        // Names first: a listing may hold the only connection, and a directory that changes while it is listed may skip names.
        var directories = new List<string>();
        var others = new List<string>();
        await foreach (var entry in files.ListAsync(directory, EntryDetail.Full, cancel).ConfigureAwait(false))
        {
            (entry.IsDirectory ? directories : others).Add(entry.Name);
        }

        await Parallel.ForEachAsync(
            others, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, parallel), CancellationToken = cancel },
            async (name, stop) => await GoneAsync(files.RemoveFileAsync(directory.Append(name), stop)).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (string name in directories)
        {
            await RunAsync(directory.Append(name), cancel).ConfigureAwait(false);
        }

        await GoneAsync(files.RemoveDirectoryAsync(directory, cancel)).ConfigureAwait(false);
    }

    private static async ValueTask GoneAsync(ValueTask removal)
    {
        try
        {
            await removal.ConfigureAwait(false);
        }
        catch (FileException gone) when (gone.Error == FileError.NotFound)
        {
            // Somebody else, or an attempt of ours whose answer was lost.
        }
    }
}
