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

    /// <summary>Whether the way of the next transfer is prepared with this one, where the server stands it.</summary>
    public bool PreparesNext { get; init; }

    /// <summary>Bytes that will come, where the caller knows; -1 where not.</summary>
    public long Expected { get; init; } = -1;

    /// <summary>Whether we send.</summary>
    public bool IsUpload => Verb is "STOR" or "APPE" or "STOU";
}
