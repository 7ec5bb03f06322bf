namespace Wharf.Bench.Peers;

/// <summary>Where a server listens: an address, and the network namespace that has it (ip-netns(8)); null for the machine's own.</summary>
internal sealed record Place(string Address, string? Namespace = null)
{
    public static readonly Place Loopback = new("127.0.0.1");

    /// <summary>A command as it is started there.</summary>
    public IReadOnlyList<string> Enter(IReadOnlyList<string> command) =>
        Namespace is null ? command : ["ip", "netns", "exec", Namespace, .. command];
}
