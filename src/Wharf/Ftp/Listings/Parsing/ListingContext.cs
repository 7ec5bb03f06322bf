namespace Wharf.Ftp.Listings.Parsing;

/// <summary>Which command a listing answers.</summary>
internal enum ListingKind
{
    /// <summary>LIST: lines in whatever form the server's system has.</summary>
    Lines,

    /// <summary>MLSD, RFC 3659 section 7: facts and a name.</summary>
    Facts,

    /// <summary>NLST: names alone.</summary>
    Names,
}

/// <summary>What must be known from outside to understand a listing.</summary>
/// <param name="Kind">Which command it answers.</param>
/// <param name="Now">The present, UTC: a line of LIST may have no year.</param>
internal sealed record ListingContext(ListingKind Kind, DateTime Now)
{
    /// <summary>The server's local time less UTC, for the forms that tell local times; zero where it is not known.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>What SYST answered: a hint which form to try first. "" where it was not asked.</summary>
    public string System { get; init; } = "";

    /// <summary>
    /// The directory as the command named it: some servers put it before each name. A name with any other path before it is refused.
    /// </summary>
    public string Directory { get; init; } = "";
}
