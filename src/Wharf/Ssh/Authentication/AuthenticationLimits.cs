namespace Wharf.Ssh.Authentication;

/// <summary>Bounds on what a client can do that has not logged in.</summary>
public sealed record AuthenticationLimits
{
    /// <summary>Refused requests on one connection before it ends, as OpenSSH's MaxAuthTries. Keys that are asked about and not known count; the first "none" does not.</summary>
    public int Tries { get; init; } = 6;

    /// <summary>Requests of any kind before the login, steps of required sequences and accepted queries included.</summary>
    public int Requests { get; init; } = 64;

    /// <summary>Longest user name, bytes on the wire.</summary>
    public int NameBytes { get; init; } = 1024;

    /// <summary>Longest password, bytes on the wire; a longer one is refused unseen, as OpenSSH does.</summary>
    public int PasswordBytes { get; init; } = 1024;

    /// <summary>Longest time from the connection to the login, however busy the client is; OpenSSH's LoginGraceTime.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Most bytes a client may send before it has logged in.</summary>
    public long Bytes { get; init; } = 1 << 20;
}
