using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;

namespace Wharf.Cli.Verbs;

/// <summary>find: names what is below a directory and fits.</summary>
internal sealed class Find() : Verb("find", "finds files in trees")
{
    private static readonly Option<string> Named = new("--name", "GLOB", "Only names that fit; with a slash in it, paths below the URL, where ** stands for any directories.", Values.Name);
    private static readonly Option<string> Kind = new("--type", "f|d|l", "Only files, directories or links.", Values.OneOf("f", "d", "l")) { Completes = Completion.Choice, Choices = ["f", "d", "l"] };
    private static readonly Option<SizeRange> Size = new("--size", "[+-]BYTES", "Only files of that size: +1M and larger, -1M and smaller.", SizeRange.Parse);
    private static readonly Option<Moment> Newer = new("--newer", "TIME", "Only what was changed since: 2026-01-31, or 7d ago.", Values.Moment);
    private static readonly Option<Moment> Older = new("--older", "TIME", "Only what was changed before.", Values.Moment);
    private static readonly Option<int> MaxDepth = new("--maxdepth", "N", "Goes down so far; 1 is the directory alone.", Values.Count) { Letters = "d" };
    private static readonly Flag Print0 = new("--print0", "Ends each name with a zero byte, for xargs -0.") { Letters = "0" };

    /// <inheritdoc/>
    public override string Details => "All conditions must fit. They may be written with one dash, as for find(1).";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "Where to look.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Named, Kind, Size, Newer, Older, MaxDepth, Print0];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf find sftp://host/srv -name '*.log' -size +10M", "large logs"),
        new("wharf find ftp://host/in --type f --older 30d", "what lies there for long"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        IReadOnlyList<string> words = call.Words.Arguments.Count > 0 ? call.Words.Arguments : [""];
        int depth = call.Words.Get(MaxDepth, int.MaxValue);
        var size = call.Words.Get(Size, SizeRange.All);
        DateTimeOffset? newer = call.Words.Has(Newer) ? call.Words.Get(Newer, default).On(call.Clock) : null;
        DateTimeOffset? older = call.Words.Has(Older) ? call.Words.Get(Older, default).On(call.Clock) : null;
        string? kind = call.Words.Get(Kind);
        bool Fits(RemoteEntry entry) =>
            (kind is null || kind == (entry.IsFile ? "f" : entry.IsDirectory ? "d" : entry.IsLink ? "l" : ""))
            && (size == SizeRange.All || (entry.IsFile && entry.Length is { } length && size.Has(length)))
            && (newer is null || entry.Modified >= newer) && (older is null || entry.Modified < older)
            && entry.RelativePath.AsSpan().Count('/') < depth;
        await call.EachAsync(
            words,
            async place =>
            {
                var unreadable = new List<RemoteException>();
                var options = new EnumerateOptions { Recurse = depth > 1, Glob = call.Words.Get(Named) ?? "", Unreadable = unreadable.Add };
                await foreach (var entry in place.Source.EnumerateAsync(place.Path, options, cancel))
                {
                    if (Fits(entry))
                    {
                        await ShowAsync(call, place, entry, cancel);
                    }
                }

                call.Done();
                foreach (var failure in unreadable)
                {
                    await call.FailedAsync(failure, place);
                }
            },
            cancel);
        return call.ExitCode;
    }

    private static async ValueTask ShowAsync(VerbCall call, Place place, RemoteEntry entry, CancellationToken cancel)
    {
        string path = Place.Join(place.Text, entry.RelativePath);
        if (call.IsJson)
        {
            await call.Output.JsonAsync(EntryLine.Of(entry), JsonLines.Default.EntryLine, cancel);
        }
        else if (call.Words.Has(Print0))
        {
            await call.Output.TextAsync(path + '\0', cancel);
        }
        else
        {
            await call.Output.LineAsync(call.Output.Name(path), cancel);
        }
    }
}

/// <summary>Sizes that fit.</summary>
internal readonly record struct SizeRange(long Least, long Most)
{
    public static SizeRange All { get; } = new(0, long.MaxValue);

    public bool Has(long size) => size >= Least && size <= Most;

    public static SizeRange Parse(string text) => text.Length > 0 && text[0] is '+' or '-'
        ? text[0] == '+' ? new(Values.Bytes(text[1..]), long.MaxValue) : new(0, Values.Bytes(text[1..]))
        : new(Values.Bytes(text), Values.Bytes(text));
}
