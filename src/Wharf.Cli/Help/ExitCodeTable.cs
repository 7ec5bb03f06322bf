namespace Wharf.Cli.Help;

/// <summary>What each exit code means, in the words of the manual.</summary>
internal static class ExitCodeTable
{
    public static IReadOnlyList<(ExitCode Code, string Meaning)> Rows { get; } =
    [
        (ExitCode.Done, "all of it was done"),
        (ExitCode.SomeFailed, "some of it failed; what failed was said one by one"),
        (ExitCode.Usage, "the command line cannot be used"),
        (ExitCode.Connect, "no connection to the server, or it was lost"),
        (ExitCode.Login, "the server refused the login"),
        (ExitCode.Trust, "the host key or the certificate is not believed"),
        (ExitCode.NotFound, "there is no such file"),
        (ExitCode.Permission, "it is not permitted"),
        (ExitCode.TimedOut, "a wait was longer than it may be"),
        (ExitCode.Differs, "what was compared differs"),
        (ExitCode.NoSpace, "the disk is full, or the quota used up"),
        (ExitCode.Interrupted, "interrupted"),
    ];
}
