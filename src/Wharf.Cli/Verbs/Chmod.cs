using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>chmod: sets permission bits.</summary>
internal sealed class Chmod() : Verb("chmod", "sets permissions")
{
    private static readonly Flag Recursive = new("--recursive", "And of all that is in directories; links stay as they are.") { Letters = "R" };

    /// <inheritdoc/>
    public override string Details => "A MODE that begins with a dash stands behind --.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("MODE", "Octal, such as 644, or letters, such as u+x, go-w, a=rX.", Completion.Nothing),
        new("URL", "Whose; its path may be a pattern.") { Most = int.MaxValue },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Recursive];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf chmod 644 'sftp://host/srv/*.html'", "for everybody to read"),
        new("wharf chmod -R u=rwX,go=rX sftp://host/srv/www", "directories keep their x"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        ModeChange change;
        try
        {
            change = ModeChange.Parse(call.Words.Arguments[0]);
        }
        catch (FormatException bad)
        {
            throw new UsageException($"MODE cannot be '{FileNames.ForDisplay(call.Words.Arguments[0])}': possible is {bad.Message}.");
        }

        await call.EachAsync(
            call.Words.Arguments.Skip(1),
            async place =>
            {
                RemoteEntry? top = change.NeedsMode || call.Words.Has(Recursive)
                    ? await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel) ?? throw VerbCall.Missing(place)
                    : null;
                await ChangeAsync(call, place, place.Path, top, change, cancel);
                if (call.Words.Has(Recursive) && top is { IsDirectory: true })
                {
                    await BelowAsync(call, place, change, cancel);
                }
            },
            cancel);
        return call.ExitCode;
    }

    private async Task BelowAsync(VerbCall call, Place place, ModeChange change, CancellationToken cancel)
    {
        var unreadable = new List<RemoteException>();
        await foreach (var entry in place.Source.EnumerateAsync(place.Path, new EnumerateOptions { Recurse = true, Unreadable = unreadable.Add }, cancel))
        {
            if (entry.IsLink)
            {
                continue;
            }

            try
            {
                await ChangeAsync(call, place, entry.Path, entry, change, cancel);
            }
            catch (RemoteException failure) when (!Errors.Faults.EndsAll(failure))
            {
                await call.FailedAsync(failure, place);
            }
        }

        foreach (var failure in unreadable)
        {
            await call.FailedAsync(failure, place);
        }
    }

    private async Task ChangeAsync(VerbCall call, Place place, string path, RemoteEntry? entry, ModeChange change, CancellationToken cancel)
    {
        if (change.NeedsMode && entry?.Mode is null)
        {
            throw new RemoteException(RemoteError.NotSupported, $"The server does not tell the permissions of {FileNames.ForDisplay(path)}: an octal MODE needs not know them") { Path = path };
        }

        int mode = change.Apply(entry?.Mode ?? 0, entry is { IsDirectory: true });
        await place.Source.ChangeAsync(path, new AttributeChange { Mode = mode }, LinkHandling.Follow, cancel);
        await call.DoneAsync(Name, path, null, cancel);
    }
}
