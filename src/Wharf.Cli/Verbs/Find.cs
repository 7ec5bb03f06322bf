using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>find: names what is below a directory and fits.</summary>
internal sealed class Find() : Verb("find", "finds files in trees")
{
    private static readonly Option<string> Named = new("--name", "GLOB", "Only names that fit; with a slash in it, paths below the URL, where ** stands for any directories.", Values.Name);
    private static readonly Option<string> NamedInAnyCase = new("--iname", "GLOB", "The same, and upper and lower case are one.", Values.Name);
    private static readonly Option<string> Kind = new("--type", "f|d|l", "Only files, directories or links.", Values.OneOf("f", "d", "l")) { Completes = Completion.Choice, Choices = ["f", "d", "l"] };
    private static readonly Option<SizeRange> Size = new("--size", "[+-]BYTES", "Only files of that size; +1M is larger, -1M smaller.", SizeRange.Parse);
    private static readonly Option<string> Newer = new("--newer", "TIME|FILE", "Only what was changed since: 2026-01-31, or 7d ago, or after that file.", Values.Name);
    private static readonly Option<Moment> Older = new("--older", "TIME", "Only what was changed before.", Values.Moment);
    private static readonly Option<int> MaxDepth = new("--maxdepth", "N", "Goes down so far; 0 is the directory itself, 1 with what is in it.", Values.Count) { Letters = "d" };
    private static readonly Flag Print0 = new("--print0", "Ends each name with a zero byte, for xargs -0.") { Letters = "0" };

    /// <inheritdoc/>
    public override string Details => "All conditions must fit. They may be written with one dash, as for find(1). The directory itself comes first, unless names are asked for.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "Where to look.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Named, NamedInAnyCase, Kind, Size, Newer, Older, MaxDepth, Print0];

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
        string glob = call.Words.Get(Named) ?? (call.Words.Get(NamedInAnyCase) is { } anyCase ? AnyCase.Of(anyCase) : "");
        if (call.Words.Has(Named) && call.Words.Has(NamedInAnyCase))
        {
            throw new UsageException("--name and --iname both say which names: possible is one of them.");
        }

        DateTimeOffset? newer = call.Words.Get(Newer) is { } since ? await SinceAsync(call, since, cancel) : null;
        DateTimeOffset? older = call.Words.Has(Older) ? call.Words.Get(Older, default).On(call.Clock) : null;
        string? kind = call.Words.Get(Kind);
        bool Fits(RemoteEntry entry) =>
            (kind is null || kind == (entry.IsFile ? "f" : entry.IsDirectory ? "d" : entry.IsLink ? "l" : ""))
            && (size == SizeRange.All || (entry.IsFile && entry.Length is { } length && size.Has(length)))
            && (newer is null || entry.Modified > newer) && (older is null || entry.Modified < older);
        await call.EachAsync(
            words,
            async place =>
            {
                var top = await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel) ?? throw VerbCall.Missing(place);
                if (glob.Length == 0 && Fits(top))
                {
                    await ShowAsync(call, top, place.Text.Length > 0 ? place.Text : ".", cancel);
                }

                var unreadable = new List<RemoteException>();
                if (top.IsDirectory && depth > 0)
                {
                    var options = new EnumerateOptions { Recurse = depth > 1, Glob = glob, Unreadable = unreadable.Add };
                    await foreach (var entry in place.Source.EnumerateAsync(place.Path, options, cancel))
                    {
                        if (entry.RelativePath.AsSpan().Count('/') < depth && Fits(entry))
                        {
                            await ShowAsync(call, entry, Place.Join(place.Text, entry.RelativePath), cancel);
                        }
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

    /// <summary>A time, or as find(1) has it the time of a file.</summary>
    private static async ValueTask<DateTimeOffset> SinceAsync(VerbCall call, string text, CancellationToken cancel)
    {
        try
        {
            return Values.Moment(text).On(call.Clock);
        }
        catch (FormatException bad)
        {
            var file = call.Places.There(text);
            return await file.Source.StatAsync(file.Path, LinkHandling.Follow, cancel) is { Modified: { } modified }
                ? modified
                : throw new UsageException($"--newer cannot be '{FileNames.ForDisplay(text)}': possible is {bad.Message}, or a file.");
        }
    }

    private static async ValueTask ShowAsync(VerbCall call, RemoteEntry entry, string path, CancellationToken cancel)
    {
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

    /// <summary>As find(1): "+1M" is more than that, "-1M" less; 100c are 100 bytes, as 100.</summary>
    public static SizeRange Parse(string text)
    {
        char sign = text.Length > 0 ? text[0] : ' ';
        string number = sign is '+' or '-' ? text[1..] : text;
        long bytes = Values.Bytes(number.Length > 1 && number[^1] == 'c' ? number[..^1] : number);
        return sign switch
        {
            '+' => new(bytes + 1, long.MaxValue),
            '-' => new(0, bytes - 1),
            _ => new(bytes, bytes),
        };
    }
}
