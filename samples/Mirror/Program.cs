// Makes a folder of a server what a folder here is:  dotnet run --project samples/Mirror -- site sftp://deploy@files.example/srv/www [--yes]
// Shows first what it would do. The password comes from WHARF_PASSWORD, known hosts from ~/.ssh/known_hosts.
using Wharf.Client;
using Wharf.Client.Transfers;

if (args is not [var folder, var url, ..])
{
    Console.Error.WriteLine("usage: Mirror FOLDER URL [--yes]");
    return 2;
}

try
{
    await using var site = new RemoteSource(url, new RemoteOptions
    {
        Password = (_, _) => new(Environment.GetEnvironmentVariable("WHARF_PASSWORD")),
    });
    await using var plan = await site.PlanSyncAsync(folder, "", SyncMode.Mirror, SyncOptions.Default with { Selection = new() { Exclude = [".git"] } });
    await foreach (var step in plan.StepsAsync())
    {
        Console.WriteLine($"{step.Action} {step.Path}");
    }

    Console.WriteLine($"{plan.Counts.Copied} to copy, {plan.Counts.Updated} to replace, {plan.Counts.Deleted} to remove, {plan.Counts.Bytes} bytes");
    if (plan.Counts.IsEmpty || (!args.Contains("--yes") && !Confirms()))
    {
        return 0;
    }

    var done = await site.RunSyncAsync(plan);
    Console.WriteLine($"{done.Files} files copied, {done.Removed} entries removed in {done.Elapsed.TotalSeconds:0.0} s");
    return 0;
}
catch (RemoteException failed)
{
    Console.Error.WriteLine($"{failed.Error}: {failed.Message}");
    foreach (var item in failed.Failures)
    {
        Console.Error.WriteLine($"  {item.Path}: {item.Error}");
    }

    return 1;
}

static bool Confirms()
{
    Console.Write("Do that? [y/N] ");
    return Console.ReadLine() is "y";
}
