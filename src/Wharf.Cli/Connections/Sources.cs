using Wharf.Cli.Places;
using Wharf.Client;

namespace Wharf.Cli.Connections;

/// <summary>The sources of this process: one for each scheme, host, port and user, made when it is first meant, closed at the end.</summary>
internal sealed class Sources(SourceOptions options) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RemoteSource> _open = new(StringComparer.Ordinal);

    /// <summary>The place of a URL. Nothing is connected.</summary>
    public Place Place(TypedUrl url)
    {
        options.Warn(url);
        return new Place(Open(options.Adapt(url.Server), url.Password), url.Pattern, url.Text);
    }

    /// <summary>The place of a path of this machine, which is no pattern.</summary>
    public Place Local(string path)
    {
        if (path.Length == 0)
        {
            throw new Syntax.UsageException("An empty text is no path.");
        }

        string full = Path.GetFullPath(path);
        full = OperatingSystem.IsWindows() ? "/" + full.Replace('\\', '/') : full;
        return new Place(Open(RemoteUrl.Parse(TypedUrl.LocalServer(RemoteScheme.File, full)), null), PathPattern.Escape(full), path);
    }

    /// <summary>The source of a server.</summary>
    /// <param name="server">A URL without a path.</param>
    /// <param name="password">The one that its text had; null for none.</param>
    public RemoteSource Open(RemoteUrl server, string? password)
    {
        // The shell's jobs name places too.
        string key = server.ToString();
        lock (_gate)
        {
            if (!_open.TryGetValue(key, out var source))
            {
                _open[key] = source = options.Open(server, password);
            }

            return source;
        }
    }

    /// <summary>Closes one that is not used again.</summary>
    public async ValueTask CloseAsync(RemoteSource source)
    {
        lock (_gate)
        {
            foreach (string key in _open.Where(pair => ReferenceEquals(pair.Value, source)).Select(pair => pair.Key).ToArray())
            {
                _open.Remove(key);
            }
        }

        await source.DisposeAsync();
    }

    /// <summary>Closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var source in _open.Values)
        {
            await source.DisposeAsync();
        }

        _open.Clear();
    }
}
