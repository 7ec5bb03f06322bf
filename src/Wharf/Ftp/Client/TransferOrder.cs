using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>What a client wants transferred.</summary>
/// <param name="Verb">RETR, STOR, APPE, MLSD, LIST.</param>
/// <param name="Argument">The path as the server gets it; null for none.</param>
/// <param name="Path">Which file or directory it is about.</param>
internal sealed record TransferOrder(string Verb, string? Argument, VirtualPath Path)
{
    /// <summary>Where in the file it begins, bytes (REST).</summary>
    public long Restart { get; init; }

    /// <summary>TYPE's argument: I, or A for listings of servers that do not use ASCII themselves.</summary>
    public char Type { get; init; } = 'I';

    /// <summary>MODE's argument.</summary>
    public char Mode { get; init; } = 'S';

    /// <summary>The directory to change into before: LIST takes its argument for options or a pattern. Null for none.</summary>
    public string? Within { get; init; }

    /// <summary>Whether the way of the next transfer is prepared with this one, where the server stands it.</summary>
    public bool PreparesNext { get; init; }

    /// <summary>Whether we send.</summary>
    public bool IsUpload => Verb is "STOR" or "APPE" or "STOU";
}
