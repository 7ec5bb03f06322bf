using System.ComponentModel;
using System.Diagnostics;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;

namespace Wharf.Cli.Shell.Commands;

/// <summary>more: shows files page by page, by $PAGER.</summary>
internal sealed class More(Shell shell) : Verb("more", "shows files page by page")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("FILE", "May be a pattern.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("more log.txt", "by $PAGER, else less")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (!call.Screen.OutputIsTerminal)
        {
            return await CommandRunner.RunVerbAsync("cat", ["--", .. call.Words.Arguments], call, cancel);
        }

        await call.EachAsync(call.Words.Arguments, place => PageAsync(place, cancel), cancel);
        return call.ExitCode;
    }

    private async Task PageAsync(Place place, CancellationToken cancel)
    {
        string pager = shell.Around.Variable("PAGER") is { Length: > 0 } own ? own : OperatingSystem.IsWindows() ? "more" : "less";
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe") { ArgumentList = { "/c", pager } } : new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", pager } };
        start.RedirectStandardInput = true;
        await using var content = await place.Source.OpenReadAsync(place.Path, 0, cancel);
        try
        {
            using var process = Process.Start(start) ?? throw new RemoteException(RemoteError.Io, $"{pager} cannot be started");
            try
            {
                await content.CopyToAsync(process.StandardInput.BaseStream, cancel);
                process.StandardInput.Close();
            }
            catch (IOException closed) when (closed is not RemoteException)
            {
                // Who has seen enough closes the page before the file's end.
            }

            await process.WaitForExitAsync(CancellationToken.None);
        }
        catch (Win32Exception missing)
        {
            throw new RemoteException(RemoteError.Io, $"{pager} cannot be started: {missing.Message}");
        }
    }
}
