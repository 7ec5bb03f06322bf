namespace Wharf.Interop.Support;

/// <summary>How the data connection comes about: the command, and the family of the control connection.</summary>
public enum Way
{
    /// <summary>PASV over IPv4 (RFC 959 section 4.1.2).</summary>
    Pasv,

    /// <summary>EPSV over IPv4 (RFC 2428 section 3).</summary>
    Epsv,

    /// <summary>PORT over IPv4.</summary>
    Port,

    /// <summary>EPRT over IPv4 (RFC 2428 section 2).</summary>
    Eprt,

    /// <summary>EPSV over IPv6.</summary>
    Epsv6,

    /// <summary>EPRT over IPv6.</summary>
    Eprt6,
}

internal static class Ways
{
    public static bool Six(this Way way) => way is Way.Epsv6 or Way.Eprt6;

    public static bool Active(this Way way) => way is Way.Port or Way.Eprt or Way.Eprt6;

    /// <summary>The FTP command that proves the way was taken, as clients print it.</summary>
    public static string Command(this Way way) => way switch
    {
        Way.Pasv => "PASV",
        Way.Epsv or Way.Epsv6 => "EPSV",
        Way.Port => "PORT ",
        _ => "EPRT ",
    };
}
