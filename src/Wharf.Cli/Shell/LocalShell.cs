using System.ComponentModel;
using System.Diagnostics;

namespace Wharf.Cli.Shell;

/// <summary>Runs this machine's own shell: <c>!command</c>, or <c>!</c> alone for a shell to type into.</summary>
internal static class LocalShell
{
    /// <summary>Runs a line; the program has the terminal to itself meanwhile.</summary>
    public static async Task<ExitCode> RunAsync(string line, Shell shell, ShellIo io, CancellationToken cancel)
    {
        var notices = shell.Notices(io);
        try
        {
            await io.Output.FlushAsync(cancel);
            using var process = Process.Start(Program(line.Trim(), shell));
            if (process is null)
            {
                return ExitCode.SomeFailed;
            }

            // Ctrl-C reaches it as it reaches us; who ends is up to it.
            await process.WaitForExitAsync(CancellationToken.None);
            if (process.ExitCode != 0)
            {
                notices.Say(FormattableString.Invariant($"Shell exited with status {process.ExitCode}"));
                return ExitCode.SomeFailed;
            }

            return ExitCode.Done;
        }
        catch (Win32Exception missing)
        {
            notices.Error($"The shell cannot be started: {missing.Message}");
            return ExitCode.SomeFailed;
        }
    }

    private static ProcessStartInfo Program(string line, Shell shell)
    {
        string program = OperatingSystem.IsWindows()
            ? shell.Around.Variable("COMSPEC") ?? "cmd.exe"
            : shell.Around.Variable("SHELL") is { Length: > 0 } own ? own : "/bin/sh";
        var start = new ProcessStartInfo(program) { UseShellExecute = false, WorkingDirectory = shell.LocalDirectory };
        if (line.Length > 0)
        {
            start.ArgumentList.Add(OperatingSystem.IsWindows() ? "/c" : "-c");
            start.ArgumentList.Add(line);
        }

        return start;
    }
}
