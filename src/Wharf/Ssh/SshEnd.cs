namespace Wharf.Ssh;

/// <summary>Why an SSH connection ended; log and metrics share it.</summary>
internal enum SshEnd
{
    /// <summary>The peer said DISCONNECT, or closed between two packets.</summary>
    Left,

    /// <summary>The connection failed, or ended within a packet.</summary>
    Broken,

    /// <summary>Silent for too long.</summary>
    Idle,

    /// <summary>Not logged in in time, or after too many bytes.</summary>
    LoginTimeout,

    /// <summary>Too many failed logins.</summary>
    LoginsFailed,

    /// <summary>The peer broke the protocol, or no algorithm was common.</summary>
    Offence,

    /// <summary>Its place was given to another stranger.</summary>
    Evicted,

    /// <summary>The server stops.</summary>
    Shutdown,

    /// <summary>We closed it: a client that is done.</summary>
    Closed,

    /// <summary>Our bug.</summary>
    Fault,
}
