using Wharf.Server;

return await Daemon.RunAsync(args, Console.Out, Console.Error, TimeProvider.System);
