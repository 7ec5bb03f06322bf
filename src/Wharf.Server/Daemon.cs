namespace Wharf.Server;

/// <summary>The daemon from its arguments to its exit code.</summary>
internal static class Daemon
{
    /// <summary>Exit code for arguments or settings that cannot be used.</summary>
    public const int BadUsage = 2;

    /// <summary>Runs until a signal ends it; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors, TimeProvider clock)
    {
        try
        {
            if (CommandLine.Read(arguments, output) is not { } asked)
            {
                return 0;
            }

            _ = (asked, clock);
            await Task.CompletedTask;
            return 0;
        }
        catch (UsageException wrong)
        {
            await errors.WriteLineAsync(wrong.Message);
            return BadUsage;
        }
    }
}
