using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Client;

/// <summary>
/// A server as files: what a program calls. It owns the connections, makes them when they are needed and again when they are lost; make
/// one for each server and share it, its calls may run at once. Paths are text with "/" between names: relative ones are meant from the URL's
/// path, absolute ones from the server's root. Every failure is a <see cref="RemoteException"/>.
/// </summary>
public sealed partial class RemoteSource : IAsyncDisposable, IDisposable
{
    /// <summary>Files of this machine or of memory that are worth having under way at once.</summary>
    private const int LocalFilesAtOnce = 16;

    private const int HashBufferBytes = 256 * 1024;

    private readonly RemoteOptions _options;
    private readonly ClientTelemetry _telemetry;
    private readonly RemoteCalls _calls;
    private readonly TransferEngine _engine;
    private StrongBox<VirtualPath>? _base;
    private int _disposed;

    /// <summary>A source at a URL; nothing is connected yet.</summary>
    /// <param name="url">"sftp://user@host/path", and so on: <see cref="RemoteUrl"/>.</param>
    /// <param name="options">How it behaves; null as nothing was said.</param>
    /// <exception cref="RemoteException"><see cref="RemoteError.Usage"/>: the URL is none, or an option makes no sense.</exception>
    public RemoteSource(string url, RemoteOptions? options = null)
        : this(RemoteUrl.Parse(url), options)
    {
    }

    /// <summary>A source at a URL; nothing is connected yet.</summary>
    public RemoteSource(RemoteUrl url, RemoteOptions? options = null)
        : this(url, options, RemoteParts.OfThisMachine)
    {
    }

    internal RemoteSource(RemoteUrl url, RemoteOptions? options, RemoteParts parts)
    {
        ArgumentNullException.ThrowIfNull(url);
        Url = url;
        _options = options ?? RemoteOptions.Default;
        var log = (_options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Wharf.Client");
        _telemetry = new ClientTelemetry(url);
        _calls = new RemoteCalls(url.ToString(), _options, _telemetry, log);

        // The overall time is kept here, for all calls alike.
        _engine = new TransferEngine(_options.Clock, log)
        {
            Timeouts = _options.Timeouts with { Overall = TimeSpan.Zero },
            Retry = _options.Retry,
            FoldsCase = LocalPlace.FoldsCase,
        };
        Files = new RemoteConnector(url, _options, parts, _telemetry, log).Open();
    }

    /// <summary>Where it begins.</summary>
    public RemoteUrl Url { get; }

    /// <summary>
    /// The files below this object, without its retries and its exception, for who needs more than it offers: absolute paths, and
    /// <see cref="IRemoteFiles"/> where it is a server. Owned by this object.
    /// </summary>
    public IFileSystem Files { get; }

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
                return await Files.StatAsync(at, links, cancel).ConfigureAwait(false) is { } entry ? new RemoteEntry(at.Value, entry.Name, entry) : null;
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
        var top = await _calls.RunAsync("enumerate", path, Repeats.Always, cancel => ResolveAsync(path, cancel), cancellationToken).ConfigureAwait(false);
        var entries = _engine.EnumerateAsync(new FilePlace(Files, top), options ?? EnumerateOptions.Default, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (entries.ConfigureAwait(false))
        {
            while (await StepAsync(entries, path).ConfigureAwait(false))
            {
                yield return new RemoteEntry(entries.Current.Path.Value, entries.Current.RelativePath, entries.Current.Entry);
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
                var file = await Files.OpenAsync(at, OpenMode.Read, cancel).ConfigureAwait(false);
                try
                {
                    var facts = await file.StatAsync(cancel).ConfigureAwait(false);
                    var stream = new RemoteReadStream(_calls, file, facts, again => Files.OpenAsync(at, OpenMode.Read, again), at.Value, offset);
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
                if (options.MakeDirectories)
                {
                    await MakeDirectoriesAsync(at.Parent, cancel).ConfigureAwait(false);
                }

                if (!options.Replace && !options.Append
                    && await Files.StatAsync(at, LinkHandling.Follow, cancel).ConfigureAwait(false) is not null)
                {
                    // Better now than behind all the bytes; the end decides.
                    throw new FileException(FileError.Exists, at);
                }

                var mode = options.Append ? new OpenMode(FileAccess.Write, FileCreation.OpenOrCreate) { Append = true } : OpenMode.Replace;
                var file = await Files.OpenAsync(at, mode with { Mode = options.Mode, ExpectedLength = options.ExpectedLength }, cancel).ConfigureAwait(false);
                long begin = options.Append ? (await file.StatAsync(cancel).ConfigureAwait(false)).Length : 0;
                return new RemoteWriteStream(_calls, file, options, at.Value, begin);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections; calls that are under way fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _telemetry.Dispose();
        if (Files is IAsyncDisposable connected)
        {
            await connected.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (Files as IDisposable)?.Dispose();
        }
    }

    /// <summary>As <see cref="DisposeAsync"/>, without waiting until the connections are closed.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    private static async ValueTask<bool> StepAsync(IAsyncEnumerator<FoundEntry> entries, string path)
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
            var home = Url.IsBelowHome && Files is IRemoteFiles remote
                ? (await remote.FactsAsync(cancel).ConfigureAwait(false)).Home
                : VirtualPath.Root;
            _base = new(Url.Resolve(home));
        }

        return _base.Value.Resolve(path);
    }
}
