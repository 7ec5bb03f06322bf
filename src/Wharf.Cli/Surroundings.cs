using Wharf.Cli.Connections;
using Wharf.Cli.Writing;
using Wharf.Client;

namespace Wharf.Cli;

/// <summary>What the program takes from the machine it runs on; a test gives its own.</summary>
internal sealed record Surroundings
{
    /// <summary>Standard output. Lent.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error. Lent.</summary>
    public required TextWriter Errors { get; init; }

    /// <summary>Opens standard input.</summary>
    public required Func<Stream> Input { get; init; }

    /// <summary>Opens a descriptor that was inherited, for reading.</summary>
    public required Func<int, Stream> Descriptor { get; init; }

    /// <summary>Variables of the environment; null where there is none of that name.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The user's home directory.</summary>
    public required string Home { get; init; }

    /// <summary>What it is shown on.</summary>
    public required Screen Screen { get; init; }

    /// <summary>Somebody to ask.</summary>
    public required IQuestions Questions { get; init; }

    /// <summary>Has somebody change a file in an editor; null where there is none.</summary>
    public Func<string, CancellationToken, Task>? OpenEditor { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Opens what the program talks to a person with.</summary>
    public Func<Terminals.ITerminal> Terminal { get; init; } = static () => new Terminals.PlainTerminal();

    /// <summary>Signals that interrupt; null where there are none.</summary>
    public Interrupts? Interrupts { get; init; }

    /// <summary>Makes a source.</summary>
    public Func<RemoteUrl, RemoteOptions, RemoteSource> Open { get; init; } = static (url, options) => new RemoteSource(url, options);
}
