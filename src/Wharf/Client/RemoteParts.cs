using Wharf.Client.Ssh;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Client;

/// <summary>What a source takes from the machine it runs on; a test gives its own. What is null is this machine's.</summary>
internal sealed record RemoteParts
{
    /// <summary>This machine's.</summary>
    public static RemoteParts OfThisMachine { get; } = new();

    /// <summary>The files themselves, in the place of connections.</summary>
    public IFileSystem? Files { get; init; }

    /// <summary>Where connections are made.</summary>
    public INetwork? Network { get; init; }

    /// <summary>What makes them out of names; by default over <see cref="Network"/>.</summary>
    public IDialer? Dialer { get; init; }

    /// <summary>The user's files of SSH.</summary>
    public SshSurroundings? Surroundings { get; init; }
}
