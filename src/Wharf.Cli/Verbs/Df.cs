using System.Globalization;
using Wharf.Cli.Listing;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;

namespace Wharf.Cli.Verbs;

/// <summary>df: shows how much room there is.</summary>
internal sealed class Df() : Verb("df", "shows free room")
{
    private static readonly Flag Human = new("--human", "Sizes such as 1.5K and 23M.") { Letters = "h" };
    private static readonly Flag Inodes = new("--inodes", "Counts files, not bytes.") { Letters = "i" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "Where.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Human, Inodes];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf df -h sftp://host/", "the server's disk")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        IReadOnlyList<string> words = call.Words.Arguments.Count > 0 ? call.Words.Arguments : [""];
        bool titled = false;
        await call.EachAsync(
            words,
            async place =>
            {
                var space = await place.Source.SpaceAsync(place.Path, cancel);
                call.Done();
                if (call.IsJson)
                {
                    await call.Output.JsonAsync(SpaceLine.Of(place.Path.Length > 0 ? place.Path : ".", space), JsonLines.Default.SpaceLine, cancel);
                    return;
                }

                if (!titled)
                {
                    await call.Output.LineAsync("          Size           Used          Avail  Use%  Where", cancel);
                    titled = true;
                }

                bool inodes = call.Words.Has(Inodes);
                long total = inodes ? space.TotalEntries : space.TotalBytes;
                long available = inodes ? space.FreeEntries : space.AvailableBytes;
                long used = total - (inodes ? space.FreeEntries : space.FreeBytes);
                string percent = used + available > 0 ? Math.Ceiling(used * 100m / (used + available)).ToString("0", CultureInfo.InvariantCulture) + "%" : "-";
                string where = call.Output.Name(place.Text.Length > 0 ? place.Text : ".");
                await call.Output.LineAsync($"{Size(call, total),14} {Size(call, used),14} {Size(call, available),14} {percent,5}  {where}", cancel);
            },
            cancel);
        return call.ExitCode;
    }

    private static string Size(VerbCall call, long count) =>
        call.Words.Has(Human) && !call.Words.Has(Inodes) ? Sizes.Human(count) : count.ToString(CultureInfo.InvariantCulture);
}
