using Wharf.Cli.Syntax;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>touch: sets times, and makes files that are missing.</summary>
internal sealed class Touch() : Verb("touch", "sets times, makes files")
{
    private static readonly Option<Moment> Date = new("--date", "TIME", "This time and not now: 2026-01-31T12:00, or 7d ago.", Values.Moment) { Letters = "d" };
    private static readonly Flag NoCreate = new("--no-create", "Makes no file.") { Letters = "c" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "Which; its path may be a pattern.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Date, NoCreate];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf touch sftp://host/in/.ready", "there and empty, or as of now"),
        new("wharf touch -d 2026-01-31 ftp://host/a.csv", "as of that day"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.EachAsync(
            call.Words.Arguments,
            async place =>
            {
                var time = (call.Words.Has(Date) ? call.Words.Get(Date, default).On(call.Clock) : call.Clock.GetUtcNow()).UtcDateTime;
                if (place.Entry is null && !await place.Source.ExistsAsync(place.Path, cancel))
                {
                    if (call.Words.Has(NoCreate))
                    {
                        return;
                    }

                    // Whoever makes it meanwhile keeps his bytes: nothing is replaced, and appending nothing changes none.
                    await using var file = await place.Source.OpenWriteAsync(place.Path, new() { Append = true }, cancel);
                    await file.CompleteAsync(cancel);
                    if (!call.Words.Has(Date))
                    {
                        await call.DoneAsync(Name, place.Path, null, cancel);
                        return;
                    }
                }

                await place.Source.ChangeAsync(place.Path, new AttributeChange { Modified = time, Accessed = time }, LinkHandling.Follow, cancel);
                await call.DoneAsync(Name, place.Path, null, cancel);
            },
            cancel);
        return call.ExitCode;
    }
}
