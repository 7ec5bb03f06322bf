namespace Wharf.Cli;

/// <summary>What the program ends with, the same for a verb, for <c>-c</c> and for a batch.</summary>
internal enum ExitCode
{
    /// <summary>All that was asked for was done.</summary>
    Done = 0,

    /// <summary>Some of it failed; what failed was said one by one.</summary>
    SomeFailed = 1,

    /// <summary>The command line cannot be used.</summary>
    Usage = 2,

    /// <summary>No connection to the server, or it was lost.</summary>
    Connect = 3,

    /// <summary>The server refused the login.</summary>
    Login = 4,

    /// <summary>The host key or the certificate is not believed.</summary>
    Trust = 5,

    /// <summary>There is no such file.</summary>
    NotFound = 6,

    /// <summary>It is not permitted.</summary>
    Permission = 7,

    /// <summary>A wait was longer than it may be.</summary>
    TimedOut = 8,

    /// <summary>Both files were compared and differ.</summary>
    Differs = 9,

    /// <summary>The disk is full, or the quota used up.</summary>
    NoSpace = 10,

    /// <summary>Interrupted by the user.</summary>
    Interrupted = 130,
}
