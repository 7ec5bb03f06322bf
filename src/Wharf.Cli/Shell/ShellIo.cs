using Wharf.Cli.Writing;

namespace Wharf.Cli.Shell;

/// <summary>Where a command writes.</summary>
/// <param name="Output">What it was asked for.</param>
/// <param name="Errors">What else there is to say; lines.</param>
/// <param name="Screen">What both are shown on.</param>
internal sealed record ShellIo(Output Output, TextWriter Errors, Screen Screen);
