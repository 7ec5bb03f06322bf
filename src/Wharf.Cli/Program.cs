using Wharf.Cli;

using var interrupts = new Interrupts();
return (int)await WharfProgram.RunAsync(args, ThisProcess.Surroundings() with { Interrupts = interrupts }, interrupts.Token);
