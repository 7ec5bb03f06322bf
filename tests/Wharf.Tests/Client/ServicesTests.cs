using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Wharf.Client;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client;

public sealed class ServicesTests
{
    [Fact]
    public async Task Sources_are_found_by_their_names_and_each_is_one_object()
    {
        var services = new ServiceCollection();
        var log = new LogLines();
        var clock = new ManualClock();
        services.AddSingleton<ILoggerFactory>(log).AddSingleton<TimeProvider>(clock);
        services.AddWharfSource("inbox", "memory:a");
        var seen = new List<RemoteOptions>();
        services.AddWharfSource("archive", "memory:b", options =>
        {
            seen.Add(options);
            return options with { MaxConnections = 2 };
        });
        services.AddSingleton<Consumer>();
        await using var container = services.BuildServiceProvider();
        var consumer = container.GetRequiredService<Consumer>();
        Assert.Equal(("/a", "/b"), (consumer.Inbox.Url.Path, consumer.Archive.Url.Path));
        Assert.Same(consumer.Archive, container.GetRequiredKeyedService<RemoteSource>("archive"));
        var options = Assert.Single(seen);
        Assert.Same(log, options.LoggerFactory);
        Assert.Same(clock, options.Clock);
    }

    [Fact]
    public void A_url_that_is_none_is_refused_where_it_is_written()
    {
        var refused = Assert.Throws<RemoteException>(() => new ServiceCollection().AddWharfSource("x", "nonsense"));
        Assert.Equal(RemoteError.Usage, refused.Error);
    }

    [Fact]
    public void A_container_that_is_disposed_without_waiting_disposes_its_sources()
    {
        var services = new ServiceCollection();
        services.AddWharfSource("x", "memory:");
        using var container = services.BuildServiceProvider();
        Assert.NotNull(container.GetRequiredKeyedService<RemoteSource>("x"));
    }

    private sealed class Consumer([FromKeyedServices("inbox")] RemoteSource inbox, [FromKeyedServices("archive")] RemoteSource archive)
    {
        public RemoteSource Inbox => inbox;

        public RemoteSource Archive => archive;
    }
}
