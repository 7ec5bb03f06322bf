namespace Wharf.Bench.Peers;

/// <summary>A program that takes part: ours, or a peer. What a suite compares are servers (<see cref="IServer"/>) or clients.</summary>
internal interface IContender
{
    string Name { get; }

    /// <summary>The one whose goals are judged.</summary>
    bool IsOurs { get; }

    /// <summary>What it is once prepared, for the report: package and version, or a path.</summary>
    string Version { get; }

    /// <summary>Makes it ready to start; otherwise the reason why it is missing.</summary>
    string? Prepare();
}
