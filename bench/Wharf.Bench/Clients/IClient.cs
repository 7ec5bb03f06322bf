using Wharf.Bench.Peers;

namespace Wharf.Bench.Clients;

/// <summary>A client program that takes part.</summary>
internal interface IClient : IContender
{
    /// <summary>The program and its arguments, or null where it cannot.</summary>
    IReadOnlyList<string>? CommandFor(Errand errand);

    /// <summary>Variables it needs beside those of this process.</summary>
    IReadOnlyDictionary<string, string> Environment { get; }
}
