// Two servers as services:  dotnet run --project samples/DependencyInjection -- sftp://deploy@files.example/srv memory:
// Each is one object for the whole program, found by its name; whoever wants it need not know where it is.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Wharf.Client;
using Wharf.Samples;

var services = new ServiceCollection();
services.AddLogging(log => log.AddConsole());
services.AddWharfSource("inbox", args is [var first, ..] ? first : "memory:", options => options with
{
    MaxConnections = 2,
    Password = (_, _) => new(Environment.GetEnvironmentVariable("WHARF_PASSWORD")),
});
services.AddWharfSource("archive", args is [_, var second, ..] ? second : "memory:");
services.AddSingleton<Archivist>();
await using var container = services.BuildServiceProvider();
Console.WriteLine($"{await container.GetRequiredService<Archivist>().ArchiveAsync(CancellationToken.None)} files archived");
return 0;

namespace Wharf.Samples
{
    /// <summary>Copies every report of one server to another.</summary>
    internal sealed class Archivist(
        [FromKeyedServices("inbox")] RemoteSource inbox, [FromKeyedServices("archive")] RemoteSource archive, ILogger<Archivist> logger)
    {
        public async Task<int> ArchiveAsync(CancellationToken cancel)
        {
            int count = 0;
            await foreach (var entry in inbox.EnumerateAsync("", new() { Recurse = true, Glob = "*.csv" }, cancel))
            {
                await inbox.CopyAsync(entry.Path, archive, entry.RelativePath, new() { MakeDirectories = true }, null, cancel);
                logger.LogInformation("{Path} has {Bytes} bytes", entry, entry.Length);
                count++;
            }

            return count;
        }
    }
}
