using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Client;

/// <summary>
/// A server as files: what a program calls. It owns the connections, makes them when they are needed and again when they are lost; make
/// one for each server and share it, its calls may run at once. Paths are text with "/" between names: relative ones are meant from the URL's
/// path, absolute ones from the server's root. Every failure is a <see cref="RemoteException"/>.
/// </summary>
public sealed partial class RemoteSource : IAsyncDisposable
{
    private readonly RemoteOptions _options;
    private readonly RemoteCalls _calls;
    private readonly ILogger _log;
    private readonly IFileSystem _files;
    private StrongBox<VirtualPath>? _base;

    /// <summary>A source at a URL; nothing is connected yet.</summary>
    /// <param name="url">"sftp://user@host/path", and so on: <see cref="RemoteUrl"/>.</param>
    /// <param name="options">How it behaves; null as nothing was said.</param>
    /// <exception cref="RemoteException"><see cref="RemoteError.Usage"/>: the URL is none.</exception>
    public RemoteSource(string url, RemoteOptions? options = null)
        : this(RemoteUrl.Parse(url), options)
    {
    }

    /// <summary>A source at a URL; nothing is connected yet.</summary>
    public RemoteSource(RemoteUrl url, RemoteOptions? options = null)
        : this(url, options, null)
    {
    }

    internal RemoteSource(RemoteUrl url, RemoteOptions? options, IFileSystem? files)
    {
        ArgumentNullException.ThrowIfNull(url);
        Url = url;
        _options = options ?? RemoteOptions.Default;
        _log = (_options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Wharf.Client");
        _calls = new RemoteCalls(url.ToString(), _options, _log);
        _files = files ?? Connect(url);
    }

    /// <summary>Where it begins.</summary>
    public RemoteUrl Url { get; }

    /// <summary>The files below this object, without its retries and exceptions, for who needs more than it offers. Absolute paths only.</summary>
    public IFileSystem Files => _files;

    /// <summary>What has that name; null where nothing has.</summary>
    /// <param name="path">Which.</param>
    /// <param name="links">Whether a symbolic link means itself or what it points to.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<RemoteEntry?> StatAsync(string path, LinkHandling links = LinkHandling.Follow, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return await _calls.RunAsync<RemoteEntry?>(
            "stat", path, Repeats.Always,
            async cancel =>
            {
                var at = await ResolveAsync(path, cancel).ConfigureAwait(false);
                return await _files.StatAsync(at, links, cancel).ConfigureAwait(false) is { } entry ? new RemoteEntry(at.Value, entry.Name, entry) : null;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether anything has that name.</summary>
    public async ValueTask<bool> ExistsAsync(string path, CancellationToken cancellationToken = default) =>
        await StatAsync(path, LinkHandling.Follow, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>The entries of a directory, or of a tree, while they come: a million of them cost no memory.</summary>
    /// <param name="path">The directory; "" for the URL's own.</param>
    /// <param name="options">Which; null for the entries of the one directory.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RemoteException">NotFound, Denied: at the first step.</exception>
    public async IAsyncEnumerable<RemoteEntry> EnumerateAsync(
        string path = "", EnumerateOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= EnumerateOptions.Default;
        var top = await _calls.RunAsync("enumerate", path, Repeats.Always, cancel => ResolveAsync(path, cancel), cancellationToken).ConfigureAwait(false);
        var glob = options.Glob.Length > 0 ? new Glob(options.Glob) : null;
        var left = new Stack<VirtualPath>([top]);
        while (left.TryPop(out var next))
        {
            var entries = _files.ListAsync(next, EntryDetail.Full, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (entries.ConfigureAwait(false))
            {
                while (await StepAsync(entries, path).ConfigureAwait(false))
                {
                    var at = next.Append(entries.Current.Name);
                    long steps = long.MaxValue;
                    if (glob is null || glob.Matches(at.Name, hidden: true, ref steps))
                    {
                        yield return new RemoteEntry(at.Value, at.Value[(top.IsRoot ? 1 : top.Value.Length + 1)..], entries.Current);
                    }

                    if (options.Recurse && entries.Current.IsDirectory)
                    {
                        left.Push(at);
                    }
                }
            }
        }
    }

    /// <summary>Opens a file for reading. The stream fetches ahead; its CopyToAsync is the fast way to have it all.</summary>
    /// <param name="path">Which.</param>
    /// <param name="offset">Where reading begins, bytes from the start.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Stream> OpenReadAsync(string path, long offset = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return await _calls.RunAsync<Stream>(
            "open", path, Repeats.Always,
            async cancel =>
            {
                var at = await ResolveAsync(path, cancel).ConfigureAwait(false);
                var file = await _files.OpenAsync(at, OpenMode.Read, cancel).ConfigureAwait(false);
                try
                {
                    var facts = await file.StatAsync(cancel).ConfigureAwait(false);
                    var stream = new RemoteReadStream(_calls, file, facts, again => _files.OpenAsync(at, OpenMode.Read, again), at.Value, offset);
                    file = null;
                    return stream;
                }
                finally
                {
                    if (file is not null)
                    {
                        await file.DisposeAsync().ConfigureAwait(false);
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens a file for writing. Nothing is under its name before <see cref="RemoteWriteStream.CompleteAsync"/>; disposed without that, the
    /// stream leaves what was there before.
    /// </summary>
    /// <param name="path">Which.</param>
    /// <param name="options">How; null for a new content that replaces what is there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<RemoteWriteStream> OpenWriteAsync(string path, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= WriteOptions.Default;
        return await _calls.RunAsync(
            "open", path, Repeats.Always,
            async cancel =>
            {
                var at = await ResolveAsync(path, cancel).ConfigureAwait(false);
                var mode = options.Append ? new OpenMode(FileAccess.Write, FileCreation.OpenOrCreate) { Append = true } : OpenMode.Replace;
                var file = await _files.OpenAsync(at, mode with { Mode = options.Mode, ExpectedLength = options.ExpectedLength }, cancel).ConfigureAwait(false);
                long begin = options.Append ? (await file.StatAsync(cancel).ConfigureAwait(false)).Length : 0;
                return new RemoteWriteStream(_calls, file, options, at.Value, begin);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections; calls that are under way fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_files is IAsyncDisposable connected)
        {
            await connected.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (_files as IDisposable)?.Dispose();
        }
    }

    private static async ValueTask<bool> StepAsync(IAsyncEnumerator<Entry> entries, string path)
    {
        try
        {
            return await entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw RemoteFaults.Translate(fault, path);
        }
    }

    /// <summary>The whole path that a caller's text means.</summary>
    private async ValueTask<VirtualPath> ResolveAsync(string path, CancellationToken cancel)
    {
        if (path.StartsWith('/'))
        {
            return VirtualPath.Parse(path);
        }

        if (_base is null)
        {
            var home = Url.IsBelowHome && _files is IRemoteFiles remote
                ? (await remote.FactsAsync(cancel).ConfigureAwait(false)).Home
                : VirtualPath.Root;
            _base = new(Url.Resolve(home));
        }

        return _base.Value.Resolve(path);
    }

    private IFileSystem Connect(RemoteUrl url)
    {
        try
        {
            return url.Scheme switch
            {
                RemoteScheme.Memory => new Memory(_options.Clock),
                RemoteScheme.File => new LocalDisk("/"),
                _ => throw new RemoteException(RemoteError.NotSupported, $"{url.SchemeName} is not there yet."),
            };
        }
        catch (FileException failed)
        {
            throw RemoteFaults.Translate(failed, url.Path);
        }
    }
}
