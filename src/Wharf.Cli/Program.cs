using Wharf.Cli;

return (int)await WharfProgram.RunAsync(args, Console.Out, Console.Error);
