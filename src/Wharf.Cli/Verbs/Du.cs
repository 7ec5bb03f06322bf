using System.Globalization;
using Wharf.Cli.Listing;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>du: sums up the sizes of files in directories.</summary>
internal sealed class Du() : Verb("du", "sums up sizes")
{
    private static readonly Flag Sums = new("--summarize", "Shows one sum for each URL.") { Letters = "s" };
    private static readonly Flag Human = new("--human", "Sizes such as 1.5K and 23M.") { Letters = "h" };
    private static readonly Option<int> Depth = new("--max-depth", "N", "Shows directories so far down; all are counted.", Values.Count) { Letters = "d" };

    /// <inheritdoc/>
    public override string Details => "Sums are of the files' bytes, not of the disk's blocks.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "A directory or file.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Sums, Human, Depth];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf du -sh sftp://host/srv", "how much it is"), new("wharf du -h -d 1 ftp://host/in", "for each directory in it")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        IReadOnlyList<string> words = call.Words.Arguments.Count > 0 ? call.Words.Arguments : [""];
        int depth = call.Words.Has(Sums) ? 0 : call.Words.Get(Depth, int.MaxValue);
        await call.EachAsync(
            words,
            async place =>
            {
                if (await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel) is not { } top)
                {
                    throw VerbCall.Missing(place);
                }

                var sums = new SortedDictionary<string, Sum>(StringComparer.Ordinal) { [""] = new Sum() };
                var unreadable = new List<RemoteException>();
                if (top.IsDirectory)
                {
                    var options = new EnumerateOptions { Recurse = true, Unreadable = unreadable.Add };
                    await foreach (var entry in place.Source.EnumerateAsync(place.Path, options, cancel))
                    {
                        Count(sums, entry, depth);
                    }
                }
                else
                {
                    sums[""].Add(top);
                }

                // What is in a directory comes before it, as du has it: the sum stands last.
                foreach (var (path, sum) in sums.OrderBy(pair => pair.Key.Length == 0 ? "\uffff" : pair.Key + "/\uffff", StringComparer.Ordinal))
                {
                    await ShowAsync(call, place, top, path, sum, cancel);
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

    /// <summary>Counts an entry for each directory above it that is shown.</summary>
    private static void Count(SortedDictionary<string, Sum> sums, RemoteEntry entry, int depth)
    {
        sums[""].Add(entry);
        int level = 1;
        string path = entry.RelativePath;
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0 && level <= depth; slash = path.IndexOf('/', slash + 1), level++)
        {
            Of(sums, path[..slash]).Add(entry);
        }

        if (entry.IsDirectory && level <= depth)
        {
            Of(sums, path);
        }
    }

    private static Sum Of(SortedDictionary<string, Sum> sums, string path)
    {
        if (!sums.TryGetValue(path, out var sum))
        {
            sums[path] = sum = new Sum();
        }

        return sum;
    }

    private static async ValueTask ShowAsync(VerbCall call, Place place, RemoteEntry top, string below, Sum sum, CancellationToken cancel)
    {
        if (call.IsJson)
        {
            string path = below.Length > 0 ? Place.Join(top.Path, below) : top.Path;
            await call.Output.JsonAsync(UsageLine.Of(path, sum.Bytes, sum.Files, sum.Directories), JsonLines.Default.UsageLine, cancel);
            return;
        }

        string size = call.Words.Has(Human) ? Sizes.Human(sum.Bytes) : sum.Bytes.ToString(CultureInfo.InvariantCulture);
        string text = place.Text.Length > 0 ? place.Text : ".";
        await call.Output.LineAsync($"{size}\t{call.Output.Name(below.Length > 0 ? Place.Join(text, below) : text)}", cancel);
    }

    private sealed class Sum
    {
        public long Bytes { get; private set; }

        public long Files { get; private set; }

        public long Directories { get; private set; }

        public void Add(RemoteEntry entry)
        {
            Bytes += entry.IsFile ? entry.Length ?? 0 : 0;
            Files += entry.IsDirectory ? 0 : 1;
            Directories += entry.IsDirectory ? 1 : 0;
        }
    }
}
