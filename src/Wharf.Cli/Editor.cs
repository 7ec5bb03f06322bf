using System.ComponentModel;
using System.Diagnostics;
using Wharf.Cli.Syntax;
using Wharf.Files;

namespace Wharf.Cli;

/// <summary>The editor that the user has named: $VISUAL, else $EDITOR, else vi.</summary>
internal static class Editor
{
    /// <summary>Opens a file in it and waits until it is closed.</summary>
    /// <exception cref="UsageException">It cannot be started, or ends with a failure.</exception>
    public static async Task OpenAsync(string path, Func<string, string?> variable, CancellationToken cancel)
    {
        string command = variable("VISUAL") is { Length: > 0 } visual ? visual : variable("EDITOR") is { Length: > 0 } editor ? editor : "vi";
        var start = new ProcessStartInfo { UseShellExecute = false };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = command;
        }
        else
        {
            // The variable may hold options too: "code --wait". The shell splits it, and the path stays one word.
            start.FileName = "/bin/sh";
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add($"{command} \"$1\"");
            start.ArgumentList.Add("sh");
        }

        start.ArgumentList.Add(path);
        try
        {
            using var process = Process.Start(start) ?? throw new UsageException($"The editor {FileNames.ForDisplay(command)} cannot be started.");
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0)
            {
                throw new UsageException(FormattableString.Invariant($"The editor {FileNames.ForDisplay(command)} ended with {process.ExitCode}: nothing is put back."));
            }
        }
        catch (Win32Exception missing)
        {
            throw new UsageException($"The editor {FileNames.ForDisplay(command)} cannot be started: {missing.Message.TrimEnd('.')}.");
        }
    }
}
