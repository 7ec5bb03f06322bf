namespace Wharf.Cli.Shell.Editing;

/// <summary>What a key does to the line.</summary>
/// <param name="Name">readline's name of it.</param>
/// <param name="Run">Does it.</param>
/// <param name="Kills">It cuts something out, and joins what the one before cut out.</param>
internal sealed record EditCommand(string Name, Func<EditSession, Task> Run, bool Kills = false);
