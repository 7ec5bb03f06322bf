using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Cli.Terminals;

/// <summary>Standard input, output and error of this program, and the terminal it was started from.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixTerminal() : UnixDevice(LibC.StandardInput, LibC.StandardOutput), ITerminal
{
    private const string ControllingTerminal = "/dev/tty";

    public bool IsInteractiveInput { get; } = LibC.IsTerminal(LibC.StandardInput) == 1;

    public bool IsTerminalOutput { get; } = LibC.IsTerminal(LibC.StandardOutput) == 1;

    public bool IsTerminalErrors { get; } = LibC.IsTerminal(LibC.StandardErrors) == 1;

    public ITerminalDevice? OpenControlling()
    {
        try
        {
            return new Controlling(File.OpenHandle(ControllingTerminal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The kernel says ENXIO to a program that has no terminal; a container may lack the file.
            return null;
        }
    }

    private sealed class Controlling(SafeFileHandle handle)
        : UnixDevice((int)handle.DangerousGetHandle(), (int)handle.DangerousGetHandle())
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                handle.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
