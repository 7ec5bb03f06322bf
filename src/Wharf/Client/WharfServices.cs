using Microsoft.Extensions.Logging;
using Wharf.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sources as services: one object for each server, found by its name, closed with the container.</summary>
public static class WharfServices
{
    /// <summary>
    /// Adds a <see cref="RemoteSource"/> as a keyed singleton: take it with [FromKeyedServices("archive")] or GetRequiredKeyedService. Its
    /// log goes to the container's ILoggerFactory and its clock is the container's TimeProvider, where they are there.
    /// </summary>
    /// <param name="services">The container's.</param>
    /// <param name="name">The key.</param>
    /// <param name="url">Where it begins; see <see cref="RemoteUrl"/>.</param>
    /// <param name="configure">Changes the options: options => options with { MaxConnections = 2 }. Null for none.</param>
    /// <exception cref="RemoteException"><see cref="RemoteError.Usage"/>: the URL is none.</exception>
    public static IServiceCollection AddWharfSource(
        this IServiceCollection services, string name, string url, Func<RemoteOptions, RemoteOptions>? configure = null)
    {
        // A wrong URL is found where it is written, not at the first use.
        var parsed = RemoteUrl.Parse(url);
        return services.AddWharfSource(name, _ => parsed, (_, options) => configure is null ? options : configure(options));
    }

    /// <summary>As the other, for what only the container knows: a URL from its configuration, passwords from its vault.</summary>
    /// <param name="services">The container's.</param>
    /// <param name="name">The key.</param>
    /// <param name="url">Where it begins.</param>
    /// <param name="configure">Changes the options.</param>
    public static IServiceCollection AddWharfSource(
        this IServiceCollection services, string name, Func<IServiceProvider, RemoteUrl> url, Func<IServiceProvider, RemoteOptions, RemoteOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddKeyedSingleton(name, (container, _) =>
        {
            var options = RemoteOptions.Default with { LoggerFactory = container.GetService<ILoggerFactory>() };
            options = container.GetService<TimeProvider>() is { } clock ? options with { Clock = clock } : options;
            return new RemoteSource(url(container), configure(container, options));
        });
    }
}
