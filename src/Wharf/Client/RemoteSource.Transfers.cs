using Wharf.Client.Streams;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Client;

/// <summary>Calls that move whole files and trees.</summary>
public sealed partial class RemoteSource
{
    /// <summary>Copies a file, or what is in a directory, from this machine to the server.</summary>
    /// <param name="localPath">On this machine.</param>
    /// <param name="path">What it becomes. For a file, "releases/" puts it into that directory under its own name.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told now and then, never backwards.</param>
    /// <param name="cancellationToken">Ends it; an atomic copy leaves nothing under its name.</param>
    /// <exception cref="RemoteException">Partial, where some files of a tree failed and the others were copied.</exception>
    public async Task<TransferResult> UploadAsync(
        string localPath, string path, TransferOptions? options = null, IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(localPath);
        ArgumentNullException.ThrowIfNull(path);
        return await _calls.RunAsync(
            "upload", path, Repeats.Never,
            async cancel =>
            {
                var from = LocalPlace.PathOf(localPath);
                using var disk = LocalPlace.OpenDisk(from);
                var entry = await disk.StatAsync(from, LinkHandling.Follow, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from);
                string name = !entry.IsDirectory && (path.Length == 0 || path.EndsWith('/')) ? path + from.Name : path;
                var to = new FilePlace(Files, await ResolveAsync(name, cancel).ConfigureAwait(false));
                return await CopyAsync(new FilePlace(disk, from), to, entry.IsDirectory, options, progress, cancel).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies what a stream has left to the server. A stream that can seek is read again where the connection is lost.</summary>
    /// <param name="content">Not disposed.</param>
    /// <param name="path">What it becomes.</param>
    /// <param name="options">How; times and modes there are none to preserve.</param>
    /// <param name="progress">Told now and then, never backwards.</param>
    /// <param name="cancellationToken">Ends it; an atomic copy leaves nothing under its name.</param>
    public async Task<TransferResult> UploadAsync(
        Stream content, string path, TransferOptions? options = null, IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return await _calls.RunAsync(
            "upload", path, Repeats.Never,
            async cancel =>
            {
                var to = new FilePlace(Files, await ResolveAsync(path, cancel).ConfigureAwait(false));
                return await CopyAsync(new FilePlace(new StreamFiles(content), StreamFiles.Path), to, isTree: false, options, progress, cancel).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Copies a file, or what is in a directory, from the server to this machine. Names of the server cannot lead out of the target directory, whatever they
    /// and the links among them are.
    /// </summary>
    /// <param name="path">On the server.</param>
    /// <param name="localPath">What it becomes. A file goes into a directory that is there, or whose name ends in a slash, under its own name.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told now and then, never backwards.</param>
    /// <param name="cancellationToken">Ends it; an atomic copy leaves nothing under its name.</param>
    /// <exception cref="RemoteException">Partial, where some files of a tree failed and the others were copied.</exception>
    public async Task<TransferResult> DownloadAsync(
        string path, string localPath, TransferOptions? options = null, IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentException.ThrowIfNullOrEmpty(localPath);
        return await _calls.RunAsync(
            "download", path, Repeats.Never,
            async cancel =>
            {
                var from = new FilePlace(Files, await ResolveAsync(path, cancel).ConfigureAwait(false));
                var entry = await _calls.RepeatAsync("stat", path, Repeats.Always, again => Files.StatAsync(from.Path, LinkHandling.Follow, again), cancel)
                    .ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from.Path);
                var to = LocalPlace.PathOf(localPath);
                using var disk = LocalPlace.OpenDisk(to);
                if (!entry.IsDirectory)
                {
                    bool into = Path.EndsInDirectorySeparator(localPath)
                        || await disk.StatAsync(to, LinkHandling.Follow, cancel).ConfigureAwait(false) is { IsDirectory: true };
                    to = into ? to.Append(from.Path.Name) : to;
                    return await CopyAsync(from, new FilePlace(disk, to), isTree: false, options, progress, cancel).ConfigureAwait(false);
                }

                using var confined = await ConfineAsync(disk, to, options, cancel).ConfigureAwait(false);
                return await CopyAsync(from, new FilePlace(confined, to), isTree: true, options, progress, cancel).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies a file into a stream; what came is there also where the rest did not.</summary>
    /// <param name="path">On the server.</param>
    /// <param name="into">Not disposed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task DownloadAsync(string path, Stream into, CancellationToken cancellationToken = default)
    {
        var stream = await OpenReadAsync(path, 0, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.CopyToAsync(into, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Copies a file, or what is in a directory, to another place, of this source or of another one: by the server itself where it can,
    /// else through this process.
    /// </summary>
    /// <param name="from">Here.</param>
    /// <param name="target">The source it goes to; this one itself for a copy within.</param>
    /// <param name="to">What it becomes there.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told now and then, never backwards.</param>
    /// <param name="cancellationToken">Ends it; an atomic copy leaves nothing under its name.</param>
    /// <exception cref="RemoteException">Partial, where some files of a tree failed and the others were copied.</exception>
    public async Task<TransferResult> CopyAsync(
        string from, RemoteSource target, string to, TransferOptions? options = null, IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(to);
        return await _calls.RunAsync(
            "copy", from, Repeats.Never,
            async cancel =>
            {
                var source = new FilePlace(Files, await ResolveAsync(from, cancel).ConfigureAwait(false));
                var entry = await _calls.RepeatAsync("stat", from, Repeats.Always, again => Files.StatAsync(source.Path, LinkHandling.Follow, again), cancel)
                    .ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, source.Path);
                string name = !entry.IsDirectory && (to.Length == 0 || to.EndsWith('/')) ? to + source.Path.Name : to;
                var place = new FilePlace(target.Files, await target.ResolveAsync(name, cancel).ConfigureAwait(false));
                if (!entry.IsDirectory || !IsConfinedAt(target))
                {
                    return await CopyAsync(source, place, entry.IsDirectory, options, progress, cancel).ConfigureAwait(false);
                }

                using var confined = await ConfineAsync(target.Files, place.Path, options, cancel).ConfigureAwait(false);
                return await CopyAsync(source, new FilePlace(confined, place.Path), isTree: true, options, progress, cancel).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether trees go from here to this machine: names of a server, and links among them, must not lead out of the target then.</summary>
    private bool IsConfinedAt(RemoteSource target) => Url.IsRemote && target.Url.Scheme == RemoteScheme.File;

    /// <summary>A directory of this machine and nothing else, but for where the options want old files put aside. Both are made where they are missing.</summary>
    private static async ValueTask<ConfinedPlace> ConfineAsync(IFileSystem disk, VirtualPath at, TransferOptions? options, CancellationToken cancel)
    {
        await MakeLocalAsync(disk, at, options?.MakeDirectories ?? false, cancel).ConfigureAwait(false);
        var aside = at.Resolve(options?.BackupDirectory ?? "");
        if (aside.IsWithin(at))
        {
            return LocalPlace.Confine(at);
        }

        await MakeLocalAsync(disk, aside, parents: true, cancel).ConfigureAwait(false);
        return LocalPlace.Confine(at, aside);
    }

    private static async ValueTask MakeLocalAsync(IFileSystem disk, VirtualPath path, bool parents, CancellationToken cancel)
    {
        if (await disk.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is not null)
        {
            return;
        }

        if (parents)
        {
            await MakeLocalAsync(disk, path.Parent, parents, cancel).ConfigureAwait(false);
        }

        try
        {
            await disk.MakeDirectoryAsync(path, null, cancel).ConfigureAwait(false);
        }
        catch (FileException made) when (made.Error == FileError.Exists)
        {
            // Somebody else made it meanwhile; what it is shows when it is opened.
        }
    }

    private async ValueTask<TransferResult> CopyAsync(
        FilePlace from, FilePlace to, bool isTree, TransferOptions? options, IProgress<TransferProgress>? progress, CancellationToken cancel) =>
        isTree
            ? await _engine.CopyTreeAsync(from, to, options ?? TransferOptions.Default, progress, cancel).ConfigureAwait(false)
            : await _engine.CopyFileAsync(from, to, options ?? TransferOptions.Default, progress, cancel).ConfigureAwait(false);
}
