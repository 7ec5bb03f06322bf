namespace Wharf.Interop.Ftps;

/// <summary>The version of TLS that a client is held to.</summary>
public enum Tls
{
    /// <summary>RFC 5246.</summary>
    V12,

    /// <summary>RFC 8446.</summary>
    V13,
}

/// <summary>How TLS begins on the control connection.</summary>
public enum Start
{
    /// <summary>By AUTH TLS (RFC 4217 section 4).</summary>
    Explicit,

    /// <summary>With the first byte, as on port 990.</summary>
    Implicit,
}

/// <summary>Who opens the data connection.</summary>
public enum Data
{
    /// <summary>The client: PASV or EPSV.</summary>
    Passive,

    /// <summary>The server: PORT or EPRT.</summary>
    Active,
}

/// <summary>What a listener wants of data connections (session-reuse of its URL).</summary>
public enum Reuse
{
    /// <summary>A TLS session of the same login.</summary>
    Required,

    /// <summary>That, or a handshake in full.</summary>
    Optional,
}

/// <summary>One cell of the matrix that every client goes through as far as it can.</summary>
public sealed record Cell(Tls Tls, Start Start, Data Data)
{
    public static IEnumerable<Cell> All { get; } =
    [
        .. from tls in Enum.GetValues<Tls>()
           from start in Enum.GetValues<Start>()
           from data in Enum.GetValues<Data>()
           select new Cell(tls, start, data),
    ];

    /// <summary>The version's name as OpenSSL and most programs write it.</summary>
    public string Protocol => Tls == Tls.V12 ? "TLSv1.2" : "TLSv1.3";
}
