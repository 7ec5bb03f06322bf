namespace Wharf.Cli.Terminals;

/// <summary>
/// What the program talks to a person with. As a device it is standard input and standard output, whatever these are; keys and
/// the cursor make sense where <see cref="IsInteractive"/>.
/// </summary>
internal interface ITerminal : ITerminalDevice
{
    /// <summary>Standard input is a terminal.</summary>
    bool IsInteractiveInput { get; }

    /// <summary>Standard output is a terminal.</summary>
    bool IsTerminalOutput { get; }

    /// <summary>Standard error is a terminal.</summary>
    bool IsTerminalErrors { get; }

    /// <summary>A person types and sees what is written.</summary>
    bool IsInteractive => IsInteractiveInput && IsTerminalOutput;

    /// <summary>
    /// The terminal this program was started from, although its standard input or output may be something else, as ssh asks for
    /// passwords; null where there is none.
    /// </summary>
    ITerminalDevice? OpenControlling();
}
