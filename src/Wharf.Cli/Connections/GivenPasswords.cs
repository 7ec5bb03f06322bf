using System.Collections.Concurrent;
using Wharf.Client;

namespace Wharf.Cli.Connections;

/// <summary>The passwords that were given in this run, by server and user: whoever connects again is not asked again. In memory alone.</summary>
internal sealed class GivenPasswords
{
    private readonly ConcurrentDictionary<string, GivenPassword> _servers = new(StringComparer.Ordinal);

    /// <summary>What was given for a server.</summary>
    /// <param name="server">A URL without path and password.</param>
    public GivenPassword Of(RemoteUrl server) => _servers.GetOrAdd(server.ToString(), static _ => new GivenPassword());
}

/// <summary>What was given for one user of one server. Safe for several threads: connections begin beside each other.</summary>
internal sealed class GivenPassword
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Task<string?>> _asked = [];
    private Task<string?>? _latest;
    private string? _inUrl;
    private bool _wasRefused;

    /// <summary>Whether anybody was asked.</summary>
    public bool WasAsked
    {
        get
        {
            lock (_gate)
            {
                return _latest is not null;
            }
        }
    }

    /// <summary>The answer that the next connection begins with; null for none.</summary>
    public Task<string?>? Latest
    {
        get
        {
            lock (_gate)
            {
                return IsUsable(_latest) ? _latest : null;
            }
        }
    }

    /// <summary>The one that stood in a URL; null for none, or where the server refused it.</summary>
    public string? InUrl
    {
        get
        {
            lock (_gate)
            {
                return _wasRefused ? null : _inUrl;
            }
        }
    }

    /// <summary>Whether the server refused the last one, and nobody has been asked since.</summary>
    public bool WasRefused
    {
        get
        {
            lock (_gate)
            {
                return _wasRefused;
            }
        }
    }

    /// <summary>A URL had it: it takes the place of older answers.</summary>
    public void Type(string password)
    {
        lock (_gate)
        {
            Forget();
            (_inUrl, _wasRefused) = (password, false);
        }
    }

    /// <summary>The server said no, and the connection is over: the next one asks.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            Forget();
            _wasRefused = true;
        }
    }

    /// <summary>The answer for the first, second, … try of a connection: of several connections that come to it, one asks.</summary>
    public Task<string?> AskAsync(int attempt, Func<bool, Task<string?>> ask)
    {
        lock (_gate)
        {
            if (!_asked.TryGetValue(attempt, out var asked) || !IsUsable(asked))
            {
                _asked[attempt] = _latest = asked = ask(attempt > 1 || _wasRefused);
                _wasRefused = false;
            }

            return asked;
        }
    }

    private static bool IsUsable(Task<string?>? asked) => asked is { IsFaulted: false, IsCanceled: false };

    private void Forget()
    {
        _asked.Clear();
        _latest = null;
    }
}
