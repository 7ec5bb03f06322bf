using Wharf.Cli.Moves;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>edit: fetches a file, has it changed in an editor, and puts it back.</summary>
internal sealed class Edit() : Verb("edit", "changes a file in your editor")
{
    /// <inheritdoc/>
    public override string Details => "The editor is what VISUAL or EDITOR names, else vi. Nothing is put back where nothing was changed; a file that somebody else has changed meanwhile is replaced only if you say so.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "The file; it is made where it is missing.")];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf edit sftp://host/etc/motd", "with $EDITOR")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var place = call.Places.There(call.Words.Arguments[0]);
        var open = call.OpenEditor ?? throw new UsageException("There is no editor here.");
        string name = MoveTarget.NameOf(place);
        if (name.Length == 0 || place.IsInto)
        {
            throw new UsageException($"{FileNames.ForDisplay(place.Text)} names no file.");
        }

        var before = await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel);
        if (before is { IsDirectory: true })
        {
            throw new RemoteException(RemoteError.Io, $"It is a directory: {FileNames.ForDisplay(place.Text)}") { Path = place.Path };
        }

        var folder = Directory.CreateTempSubdirectory("wharf-edit-");
        string file = Path.Combine(folder.FullName, FileNames.IsText(name) ? name : "file");
        var local = call.Places.Here(file);
        bool isKept = false;
        try
        {
            if (before is not null)
            {
                await place.Source.CopyAsync(place.Path, local.Source, local.Path, TransferOptions.Default, null, cancel);
            }
            else
            {
                await File.WriteAllBytesAsync(file, [], cancel);
            }

            byte[] was = await local.Source.HashAsync(local.Path, cancellationToken: cancel);

            // What is typed there is worth more than we know: from here on the copy stays until it is at the server.
            isKept = true;
            await open(file, cancel);
            byte[] now = await local.Source.HashAsync(local.Path, cancellationToken: cancel);
            if (now.AsSpan().SequenceEqual(was))
            {
                isKept = false;
                call.Notices.Say("Nothing was changed.");
                call.Done();
                return call.ExitCode;
            }

            await RequireUnchangedAsync(call, place, before, cancel);
            await local.Source.CopyAsync(local.Path, place.Source, place.Path, TransferOptions.Default, null, cancel);
            isKept = false;
            await call.DoneAsync(Name, place.Path, null, cancel);
            return call.ExitCode;
        }
        finally
        {
            if (isKept)
            {
                call.Notices.Error($"What you changed is in {FileNames.ForDisplay(file)}.");
            }
            else
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static async Task RequireUnchangedAsync(VerbCall call, Place place, RemoteEntry? before, CancellationToken cancel)
    {
        var now = await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel);
        if (now?.Length == before?.Length && now?.Modified == before?.Modified)
        {
            return;
        }

        string what = $"{FileNames.ForDisplay(place.Text)} was changed by somebody else meanwhile";
        if (call.Questions.CanAsk && await call.Questions.AskAsync($"{what}. Replace it? [y/N] ", cancel) is { } answer && answer.Trim() is "y" or "Y" or "yes")
        {
            return;
        }

        throw new RemoteException(RemoteError.Conflict, what) { Path = place.Path };
    }
}
