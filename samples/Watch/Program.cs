// Uploads what changes in a folder, as it changes:  dotnet run --project samples/Watch -- outbox ftpes://user@files.example/inbox
// The password comes from WHARF_PASSWORD, known hosts from ~/.ssh/known_hosts. Ctrl-C ends it.
using System.Threading.Channels;
using Wharf.Client;

if (args is not [var folder, var url])
{
    Console.Error.WriteLine("usage: Watch FOLDER URL");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

await using var site = new RemoteSource(url, new RemoteOptions
{
    Password = (_, _) => new(Environment.GetEnvironmentVariable("WHARF_PASSWORD")),
    Retry = new() { Attempts = 10, RetriesFirstConnection = true },
});
var changed = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
using var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
watcher.Created += (_, file) => changed.Writer.TryWrite(file.Name!);
watcher.Changed += (_, file) => changed.Writer.TryWrite(file.Name!);
watcher.Renamed += (_, file) => changed.Writer.TryWrite(file.Name!);
watcher.EnableRaisingEvents = true;
Console.WriteLine($"watching {folder}");
try
{
    await foreach (string name in changed.Reader.ReadAllAsync(stop.Token))
    {
        // Whoever writes the file may not be done: what changes further is uploaded again, and is whole at the server each time.
        await Task.Delay(TimeSpan.FromMilliseconds(200), stop.Token);
        try
        {
            await site.UploadAsync(Path.Combine(folder, name), name, new() { PreserveTimes = true }, null, stop.Token);
            Console.WriteLine($"uploaded {name}");
        }
        catch (RemoteException failed) when (!failed.IsTransient)
        {
            Console.Error.WriteLine($"{name}: {failed.Error}: {failed.Message}");
        }
    }
}
catch (OperationCanceledException)
{
    Console.WriteLine("ended");
}

return 0;
