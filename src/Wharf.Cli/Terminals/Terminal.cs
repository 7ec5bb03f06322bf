namespace Wharf.Cli.Terminals;

/// <summary>The terminal of this program.</summary>
internal static class Terminal
{
    /// <summary>What standard input, output and error are; costs a few system calls, and nothing is changed.</summary>
    public static ITerminal Open() => OperatingSystem.IsWindows() ? new PlainTerminal() : new UnixTerminal();
}
