using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>LOCAL "-": standard input or output in the place of a file.</summary>
internal static class StandardStreams
{
    /// <summary>The word that means them.</summary>
    public const string Word = "-";

    /// <summary>Writes files to standard output, one behind the other.</summary>
    public static async Task<ExitCode> WriteAsync(VerbCall call, string verb, IReadOnlyList<Place> from, CancellationToken cancel)
    {
        if (call.IsJson)
        {
            throw new UsageException("--json and - both write to standard output: possible is one of them.");
        }

        await using var report = new MoveReport(call, verb);
        await foreach (var place in Expanded.FindAsync(from, report, cancel))
        {
            try
            {
                var output = await call.Output.BytesAsync(cancel);
                await place.Source.DownloadAsync(place.Path, output, cancel);
                await output.FlushAsync(cancel);
                call.Done();
            }
            catch (RemoteException failure) when (!Faults.EndsAll(failure))
            {
                await report.FailedAsync(failure, place);
            }
            catch (IOException closed) when (closed is not RemoteException)
            {
                throw new OutputClosedException(closed);
            }
        }

        return call.ExitCode;
    }

    /// <summary>Makes a file of what standard input has.</summary>
    public static async Task<ExitCode> ReadAsync(VerbCall call, string verb, Place to, CancellationToken cancel)
    {
        if (to.IsInto || to.Path.Length == 0)
        {
            throw new UsageException($"What comes from standard input has no name: possible is a whole URL in the place of {FileNames.ForDisplay(to.Text)}.");
        }

        await using var report = new MoveReport(call, verb);
        await using var input = call.Input();
        var options = MoveOptions.Transfers(call.Words) with { Resume = false, KeepUnfinished = false, PreserveTimes = false, PreserveMode = false };
        await report.RunAsync(
            progress => to.Source.UploadAsync(input, to.Path, options, progress, cancel),
            new MoveEnd(null, Word), new MoveEnd(to.Source), isTree: false);
        await report.EndAsync(cancel);
        return call.ExitCode;
    }
}
