using System.Globalization;
using Wharf.Cli.Listing;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>stat: tells all that is known of files.</summary>
internal sealed class Stat() : Verb("stat", "tells all about files")
{
    private static readonly Flag Follow = new("--dereference", "Tells of what a link points to, not of the link.") { Letters = "L" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "What to tell about; its path may be a pattern.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Follow];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf stat sftp://host/etc/motd", "size, times, owner, mode"),
        new("wharf stat --json ftp://host/a.csv | jq -r .modified", "one fact"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        bool any = false;
        await call.EachAsync(
            call.Words.Arguments,
            async place =>
            {
                var links = call.Words.Has(Follow) ? LinkHandling.Follow : LinkHandling.Self;
                var entry = await place.Source.StatAsync(place.Path, links, cancel) ?? throw VerbCall.Missing(place);
                string? target = entry.LinkText;
                if (entry.IsLink && target is null)
                {
                    target = await TargetAsync(place, cancel);
                }

                if (call.IsJson)
                {
                    await call.Output.JsonAsync(EntryLine.Of(entry, target), JsonLines.Default.EntryLine, cancel);
                }
                else
                {
                    foreach (string line in Lines(call, entry, target))
                    {
                        await call.Output.LineAsync((any ? "\n" : "") + line, cancel);
                        any = false;
                    }

                    any = true;
                }

                call.Done();
            },
            cancel);
        return call.ExitCode;
    }

    /// <summary>Where a link leads; null where the server does not tell, as FTP, which has no command for it.</summary>
    private static async ValueTask<string?> TargetAsync(Place place, CancellationToken cancel)
    {
        try
        {
            return await place.Source.ReadLinkAsync(place.Path, cancel);
        }
        catch (RemoteException untold) when (untold.Error == RemoteError.NotSupported && !Errors.Faults.EndsAll(untold))
        {
            return null;
        }
    }

    private static IEnumerable<string> Lines(VerbCall call, RemoteEntry entry, string? target)
    {
        yield return $"    Path: {call.Output.Name(entry.Path)}" + (target is null ? "" : " -> " + call.Output.Name(target));
        yield return $"    Kind: {EntryLine.KindOf(entry.Kind)}";
        if (entry.Length is { } length)
        {
            yield return FormattableString.Invariant($"    Size: {length}") + (length >= 1024 ? $" ({Sizes.Human(length)})" : "");
        }

        if (entry.Mode is { } mode)
        {
            yield return $"    Mode: {Convert.ToString(mode, 8).PadLeft(4, '0')} ({LongLines.Bits(mode)})";
        }

        if (entry.Owner is { } owner)
        {
            string group = entry.Group is { } name ? ", group " + FileNames.ForDisplay(name) : "";
            yield return $"   Owner: {FileNames.ForDisplay(owner)}{group}";
        }

        foreach (var (name, time) in new (string, DateTime?)[]
        {
            ("Modified", entry.Modified?.UtcDateTime), ("Accessed", entry.Details.Accessed), (" Changed", entry.Details.Changed), (" Created", entry.Details.Created),
        })
        {
            if (time is { } at)
            {
                string about = name == "Modified" && entry.ModifiedPrecision >= TimeSpan.FromMinutes(1) ? $" (to the {(entry.ModifiedPrecision >= TimeSpan.FromDays(1) ? "day" : "minute")})" : "";
                yield return $"{name}: {at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)}{about}";
            }
        }
    }
}
