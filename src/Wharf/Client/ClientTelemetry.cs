using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Wharf.Client;

/// <summary>
/// What one source tells of itself under the name "Wharf.Client": activities of its calls, counts of calls, retries and bytes, how long calls took, and
/// the connections. What tells sources apart are the tags server.address and server.port.
/// </summary>
internal sealed class ClientTelemetry : IDisposable
{
    private const string Name = "Wharf.Client";

    private static readonly ConcurrentDictionary<ClientTelemetry, bool> Living = new();
    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Operations = Meter.CreateCounter<long>("wharf.client.operations", "{operation}", "Calls that ended; error.type tells those that failed.");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("wharf.client.operation.duration", "s", "How long calls took.");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("wharf.client.retries", "{retry}", "Calls that were made again.");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("wharf.client.bytes", "By", "Content of files that was moved; network.io.direction is receive or transmit.");

    private readonly KeyValuePair<string, object?> _host;
    private readonly KeyValuePair<string, object?> _port;
    private readonly KeyValuePair<string, object?> _scheme;

    static ClientTelemetry()
    {
        Meter.CreateObservableUpDownCounter("wharf.client.connections", () => Observe(one => one.Connections()), "{connection}", "Connections that are up.");
        Meter.CreateObservableUpDownCounter("wharf.client.waiting", () => Observe(one => one.Waiting()), "{call}", "Calls that wait for a connection.");
    }

    /// <summary>For the source at a URL.</summary>
    public ClientTelemetry(RemoteUrl url)
    {
        _host = new("server.address", url.Host);
        _port = new("server.port", url.Port);
        _scheme = new("wharf.scheme", url.SchemeName);
        Living[this] = true;
    }

    /// <summary>Asked for the number of connections.</summary>
    public Func<int> Connections { get; set; } = static () => 0;

    /// <summary>Asked for the number of calls that wait for one.</summary>
    public Func<int> Waiting { get; set; } = static () => 0;

    /// <summary>A call begins; null where nobody listens.</summary>
    public Activity? Begin(string operation, string? path)
    {
        var activity = Activities.StartActivity(operation, ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(_host.Key, _host.Value).SetTag(_port.Key, _port.Value).SetTag(_scheme.Key, _scheme.Value);
            if (path is not null)
            {
                activity.SetTag("wharf.path", Files.FileNames.ForDisplay(path));
            }
        }

        return activity;
    }

    /// <summary>A call ended.</summary>
    /// <param name="activity">From <see cref="Begin"/>.</param>
    /// <param name="operation">What it did.</param>
    /// <param name="took">How long.</param>
    /// <param name="failure">What it failed with; null for nothing.</param>
    public void End(Activity? activity, string operation, TimeSpan took, Exception? failure)
    {
        string? error = failure switch
        {
            null => null,
            RemoteException told => told.Error.ToString(),
            OperationCanceledException => "Canceled",
            _ => failure.GetType().Name,
        };
        if (error is not null && activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, failure!.Message).SetTag("error.type", error);
        }

        var tags = new TagList { _host, _port, _scheme, { "operation", operation } };
        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        Operations.Add(1, tags);
        Durations.Record(took.TotalSeconds, tags);
    }

    /// <summary>A call is made again.</summary>
    public void Again(string operation) => Retries.Add(1, new TagList { _host, _port, _scheme, { "operation", operation } });

    /// <summary>Bytes came from the server.</summary>
    public void Received(long count) => Bytes.Add(count, new TagList { _host, _port, _scheme, { "network.io.direction", "receive" } });

    /// <summary>Bytes went to the server.</summary>
    public void Sent(long count) => Bytes.Add(count, new TagList { _host, _port, _scheme, { "network.io.direction", "transmit" } });

    /// <summary>The source is gone.</summary>
    public void Dispose() => Living.TryRemove(this, out _);

    private static IEnumerable<Measurement<int>> Observe(Func<ClientTelemetry, int> value) =>
        Living.Keys.Select(one => new Measurement<int>(value(one), one._host, one._port, one._scheme));
}
