using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>An entry that an enumeration found. A directory comes before what is in it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="RelativePath">Below the directory that was asked for, "/" between parts.</param>
/// <param name="Entry">What is known of it; of a followed link what it points to, under the link's name.</param>
internal sealed record FoundEntry(VirtualPath Path, string RelativePath, Entry Entry);
