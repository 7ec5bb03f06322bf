using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>LOCAL "-": standard input or output in the place of a file; pipes and devices of this machine, "/dev/stdin" and a shell's "&lt;(command)", are the same under names.</summary>
internal static class StandardStreams
{
    /// <summary>The word that means them.</summary>
    public const string Word = "-";

    /// <summary>Writes files to standard output, one behind the other.</summary>
    public static Task<ExitCode> WriteAsync(VerbCall call, string verb, IReadOnlyList<Place> from, CancellationToken cancel) => call.IsJson
        ? throw new UsageException("--json and - both write to standard output: possible is one of them.")
        : WriteAsync(call, verb, from, Word, () => call.Output.BytesAsync(cancel), cancel);

    /// <summary>Writes files to a pipe or a device, one behind the other.</summary>
    public static async Task<ExitCode> WriteAsync(VerbCall call, string verb, IReadOnlyList<Place> from, Place to, CancellationToken cancel)
    {
        await using var special = new FileStream(to.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        return await WriteAsync(call, verb, from, to.Text, () => new(special), cancel);
    }

    private static async Task<ExitCode> WriteAsync(
        VerbCall call, string verb, IReadOnlyList<Place> from, string name, Func<ValueTask<Stream>> open, CancellationToken cancel)
    {
        await using var report = new MoveReport(call, verb);
        await foreach (var place in Expanded.FindAsync(from, report, cancel))
        {
            try
            {
                if (call.Words.Has(MoveOptions.DryRun))
                {
                    await TellAsync(call, place, (await Expanded.EntryAsync(place, cancel)).Length, name, cancel);
                    continue;
                }

                var output = await open();
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

        await using var input = call.Input();
        return await ReadAsync(call, verb, input, Word, to, cancel);
    }

    /// <summary>Makes a file of what a pipe or a device has.</summary>
    public static async Task<ExitCode> ReadAsync(VerbCall call, string verb, Place from, Place to, CancellationToken cancel)
    {
        var target = await MoveTarget.FindAsync(to, several: false, cancel);
        await using var special = new FileStream(from.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        return await ReadAsync(call, verb, special, from.Text, to with { Pattern = PathPattern.Escape(target.PathFor(from)) }, cancel);
    }

    /// <summary>Whether it is a pipe or a device of this machine, which has bytes and no length.</summary>
    public static async ValueTask<bool> IsSpecialAsync(Place place, CancellationToken cancel)
    {
        if (!place.IsLocal || OperatingSystem.IsWindows() || place.IsPattern)
        {
            return false;
        }

        try
        {
            if (await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel) is { } entry)
            {
                return entry.Kind is EntryKind.Fifo or EntryKind.CharacterDevice;
            }
        }
        catch (RemoteException unseen) when (!Faults.EndsAll(unseen))
        {
            return File.Exists(place.Path);
        }

        // What is in /dev/fd leads to things without a name, which only the kernel can follow.
        return File.Exists(place.Path);
    }

    private static async Task<ExitCode> ReadAsync(VerbCall call, string verb, Stream input, string name, Place to, CancellationToken cancel)
    {
        if (call.Words.Has(MoveOptions.DryRun))
        {
            await (call.IsJson
                ? call.Output.JsonAsync(StepLine.Of("copy", name, to.Path, null), JsonLines.Default.StepLine, cancel)
                : call.Output.LineAsync($"{name} -> {call.Output.Name(to.Text)}", cancel));
            return call.ExitCode;
        }

        await using var report = new MoveReport(call, verb);
        var options = MoveOptions.Transfers(call.Words) with { Resume = false, KeepUnfinished = false, PreserveTimes = false, PreserveMode = false };
        await report.RunAsync(
            progress => to.Source.UploadAsync(input, to.Path, options, progress, cancel),
            new MoveEnd(null, name), new MoveEnd(to.Source), isTree: false);
        await report.EndAsync(cancel);
        return call.ExitCode;
    }

    private static async ValueTask TellAsync(VerbCall call, Place place, long? bytes, string name, CancellationToken cancel)
    {
        call.Done();
        await (call.IsJson
            ? call.Output.JsonAsync(StepLine.Of("copy", place.Path, name, bytes), JsonLines.Default.StepLine, cancel)
            : call.Output.LineAsync($"{call.Output.Name(place.Text)} -> {name}", cancel));
    }
}
