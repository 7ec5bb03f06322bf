using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Wharf.Client;
using Wharf.Files.Storage;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client;

/// <summary>What monitoring sees of a source. Others run beside, so each test has a host of its own.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_bytes_and_retries_are_counted()
    {
        const string Host = "metrics.example";
        var seen = new ConcurrentBag<(string Name, double Value, string? Operation, string? Error, string? Direction)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listens) =>
            {
                if (instrument.Meter.Name == "Wharf.Client")
                {
                    listens.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
            if (named.GetValueOrDefault("server.address") == Host)
            {
                seen.Add((instrument.Name, value, named.GetValueOrDefault("operation"), named.GetValueOrDefault("error.type"), named.GetValueOrDefault("network.io.direction")));
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();

        var files = new ShakyFiles(new Memory(TimeProvider.System));
        await using (var source = Open(Host, files, new() { FirstDelay = TimeSpan.Zero }))
        {
            await source.UploadAsync(new MemoryStream(new byte[1000]), "/f", cancellationToken: Token);
            await using (var read = await source.OpenReadAsync("/f", cancellationToken: Token))
            {
                await read.CopyToAsync(Stream.Null, Token);
            }

            files.Fails = (call, number) => call == "rename" ? ShakyFiles.Lost : null;
            await Assert.ThrowsAsync<RemoteException>(() => source.MoveAsync("/f", "/g", cancellationToken: Token));
            int failed = 0;
            files.Fails = (call, _) => call == "stat" && failed++ == 0 ? ShakyFiles.Lost : null;
            await source.StatAsync("/f", cancellationToken: Token);
            listener.RecordObservableInstruments();
        }

        Assert.Contains(("wharf.client.operations", 1.0, "upload", null, null), seen);
        Assert.Contains(("wharf.client.operations", 1.0, "move", "Connection", null), seen);
        Assert.Contains(seen, one => one is { Name: "wharf.client.operation.duration", Operation: "stat", Value: >= 0 });
        Assert.Contains(("wharf.client.retries", 1.0, "stat", null, null), seen);
        Assert.Equal(1000, seen.Where(one => one is { Name: "wharf.client.bytes", Direction: "transmit" }).Sum(one => one.Value));
        Assert.Equal(1000, seen.Where(one => one is { Name: "wharf.client.bytes", Direction: "receive" }).Sum(one => one.Value));
        Assert.Contains(("wharf.client.connections", 0.0, null, null, null), seen);
        Assert.Contains(("wharf.client.waiting", 0.0, null, null, null), seen);
    }

    [Fact]
    public async Task A_call_is_an_activity_with_where_and_what()
    {
        const string Host = "activity.example";
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Wharf.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var files = new ShakyFiles(new Memory(TimeProvider.System));
        await using (var source = Open(Host, files, RetryPolicy.None))
        {
            await source.StatAsync("/f", cancellationToken: Token);
            await Assert.ThrowsAsync<RemoteException>(() => source.OpenReadAsync("/none", cancellationToken: Token));
        }

        var mine = ended.Where(activity => Equals(activity.GetTagItem("server.address"), Host)).ToArray();
        var stat = Assert.Single(mine, activity => activity.OperationName == "stat");
        Assert.Equal((ActivityKind.Client, ActivityStatusCode.Unset, "/f", "sftp"), (stat.Kind, stat.Status, stat.GetTagItem("wharf.path"), stat.GetTagItem("wharf.scheme")));
        var open = Assert.Single(mine, activity => activity.OperationName == "open");
        Assert.Equal((ActivityStatusCode.Error, "NotFound"), (open.Status, open.GetTagItem("error.type")));
    }

    [Fact]
    public async Task A_rate_holds_for_all_files_together()
    {
        var clock = new ManualClock();
        var disk = new Memory(clock);
        var files = new ShakyFiles(disk);
        var options = new RemoteOptions { Clock = clock, DownloadBytesPerSecond = 100_000, UploadBytesPerSecond = 50_000 };
        await using var source = new RemoteSource(RemoteUrl.Parse("sftp://rate.example/"), options, new RemoteParts { Files = files });
        Assert.InRange(await SecondsAsync(clock, () => Task.WhenAll(
            source.UploadAsync(new MemoryStream(new byte[50_000]), "/a", cancellationToken: Token),
            source.UploadAsync(new MemoryStream(new byte[50_000]), "/b", cancellationToken: Token))), 1.7, 2.5);
        Assert.InRange(await SecondsAsync(clock, () => Task.WhenAll(
            source.DownloadAsync("/a", Stream.Null, Token), source.DownloadAsync("/b", Stream.Null, Token))), 0.8, 1.5);
    }

    private static async Task<double> SecondsAsync(ManualClock clock, Func<Task> work)
    {
        long begun = clock.GetTimestamp();
        var done = work();
        while (!done.IsCompleted)
        {
            await Task.Yield();
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await done;
        return clock.GetElapsedTime(begun).TotalSeconds;
    }

    private static RemoteSource Open(string host, ShakyFiles files, RetryPolicy retry) =>
        new(RemoteUrl.Parse($"sftp://{host}/"), new RemoteOptions { Retry = retry }, new RemoteParts { Files = files });
}
