using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>
/// Copies between any two file systems, local or remote: one file or a tree, with resuming, verifying, retrying and progress. Holds nothing
/// between calls and is safe for many at once. What an end throws passes through: <see cref="FileException"/> for a file,
/// <see cref="ConnectionException"/> for the way, once the retries are used up; what the engine itself has to say is a
/// <see cref="RemoteException"/>.
/// </summary>
/// <param name="clock">Measures times and waits.</param>
/// <param name="logger">Told what is done again, resumed or begun anew.</param>
internal sealed partial class TransferEngine(TimeProvider clock, ILogger logger)
{
    /// <summary>How long a transfer may stand still.</summary>
    public ClientTimeouts Timeouts { get; init; } = new();

    /// <summary>How often what failed on its way is tried again.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>Whether names that differ in case alone are one name in a file system. By default local disks on Windows and macOS.</summary>
    public Func<IFileSystem, bool> FoldsCase { get; init; } = files =>
        files is Files.Storage.LocalDisk && (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());

    /// <summary>A file of at least so many bytes goes on where it was when its connection was lost; a shorter one begins anew.</summary>
    public long LeastResumedBytes { get; init; } = 256 * 1024;

    /// <summary>A shorter file is never copied in parts over several connections.</summary>
    public long LeastSegmentedBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The shortest part of a file that gets a connection of its own.</summary>
    public long LeastSegmentBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The engine's clock.</summary>
    public TimeProvider Clock { get; } = clock;

    /// <summary>The engine's log.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>Copies one file. A link is followed at both ends.</summary>
    /// <exception cref="RemoteException">Exists, Mismatch, Conflict, Usage, NotSupported.</exception>
    /// <exception cref="FileException">An end cannot: NotFound, IsDirectory, Denied…</exception>
    /// <exception cref="ConnectionException">The way to an end failed for good.</exception>
    public async Task<TransferResult> CopyFileAsync(
        FilePlace from, FilePlace to, TransferOptions options, IProgress<TransferProgress>? progress, CancellationToken cancel)
    {
        using var call = await TransferCall.BeginAsync(this, from, to, options, progress, cancel).ConfigureAwait(false);
        return await call.RunAsync(
            async stop =>
            {
                if (options.MakeDirectories)
                {
                    await call.MakeDirectoriesAsync(to.Path.Parent, stop).ConfigureAwait(false);
                }

                await new FileTransfer(call, from, to, known: null).RunAsync(stop).ConfigureAwait(false);
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Copies what is in a directory into another, which is made where it is missing; directories, files, and links as the options say. A
    /// source that is a file is copied as one.
    /// </summary>
    /// <exception cref="RemoteException">Partial, where some items failed and the others were copied; else as for one file.</exception>
    /// <exception cref="FileException">The directories themselves cannot be read or made.</exception>
    /// <exception cref="ConnectionException">The way to an end failed for good.</exception>
    public async Task<TransferResult> CopyTreeAsync(
        FilePlace from, FilePlace to, TransferOptions options, IProgress<TransferProgress>? progress, CancellationToken cancel)
    {
        using var call = await TransferCall.BeginAsync(this, from, to, options, progress, cancel).ConfigureAwait(false);
        return await call.RunAsync(stop => new TreeTransfer(call).RunAsync(stop), cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// The entries below a directory. Nothing of a server is held while the caller works with an entry, so that it may use the same
    /// connections. Directories that cannot be read are an error where they are met.
    /// </summary>
    public async IAsyncEnumerable<FoundEntry> EnumerateAsync(
        FilePlace place, EnumerateOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        var filter = new SelectionFilter(options.Selection);
        var glob = options.Glob.Length > 0 ? new PathGlob(options.Glob) : null;
        var walk = new TreeWalk(this, place)
        {
            Recurse = options.Recurse,
            FollowLinks = options.FollowLinks,
            TakesDirectory = filter.TakesDirectory,
        };
        await foreach (var item in walk.RunAsync(cancel).ConfigureAwait(false))
        {
            if (item.Failure is { } failure)
            {
                if (options.Unreadable is null || failure.SourceException is not FileException unreadable)
                {
                    failure.Throw();
                    continue;
                }

                options.Unreadable(RemoteFaults.Translate(unreadable, item.Path.Value));
                continue;
            }

            if (item.Entry is not { } entry || (glob is not null && !glob.Matches(item.RelativePath, entry.IsDirectory)))
            {
                continue;
            }

            if (entry.IsDirectory ? !filter.ChoosesFiles && filter.TakesDirectory(item.RelativePath) : filter.TakesFile(item.RelativePath, entry))
            {
                yield return new FoundEntry(item.Path, item.RelativePath, entry);
            }
        }
    }
}
