using Wharf.Cli.Listing;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;

namespace Wharf.Cli.Verbs;

/// <summary>tree: draws what is below a directory.</summary>
internal sealed class Tree() : Verb("tree", "draws directories as trees")
{
    private static readonly Flag All = new("--all", "Shows names that begin with a dot too.") { Letters = "a" };
    private static readonly Flag Directories = new("--directories", "Shows directories alone.") { Letters = "d" };
    private static readonly Option<int> Level = new("--level", "N", "Goes down so far.", Values.Count) { Letters = "L" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "A directory.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [All, Directories, Level];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf tree -L 2 sftp://host/srv", "two levels of it")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        IReadOnlyList<string> words = call.Words.Arguments.Count > 0 ? call.Words.Arguments : [""];
        int level = call.Words.Get(Level, int.MaxValue);
        await call.EachAsync(
            words,
            async place =>
            {
                var tree = new TreeLines(EntryOrders.Of(EntryOrder.Name, reversed: false));
                long files = 0, directories = 0;
                var unreadable = new List<RemoteException>();
                var options = new EnumerateOptions { Recurse = level > 1, Unreadable = unreadable.Add };
                await foreach (var entry in place.Source.EnumerateAsync(place.Path, options, cancel))
                {
                    bool hidden = !call.Words.Has(All) && (entry.RelativePath.StartsWith('.') || entry.RelativePath.Contains("/.", StringComparison.Ordinal));
                    if (hidden || entry.RelativePath.AsSpan().Count('/') >= level || (call.Words.Has(Directories) && !entry.IsDirectory))
                    {
                        continue;
                    }

                    _ = entry.IsDirectory ? directories++ : files++;
                    if (call.IsJson)
                    {
                        await call.Output.JsonAsync(EntryLine.Of(entry), JsonLines.Default.EntryLine, cancel);
                    }
                    else
                    {
                        tree.Add(entry);
                    }
                }

                call.Done();
                if (!call.IsJson)
                {
                    await call.Output.LineAsync(call.Output.Name(place.Text.Length > 0 ? place.Text : "."), cancel);
                    foreach (var (entry, branch) in tree.Lines())
                    {
                        string name = call.Output.Name(entry.Name);
                        await call.Output.LineAsync(branch + (call.Screen.Colours ? NameColours.Paint(entry, name) : name), cancel);
                    }

                    await call.Output.LineAsync($"\n{Counted(directories, "directory", "directories")}, {Counted(files, "file", "files")}", cancel);
                }

                foreach (var failure in unreadable)
                {
                    await call.FailedAsync(failure, place);
                }
            },
            cancel);
        return call.ExitCode;
    }

    private static string Counted(long count, string one, string many) => FormattableString.Invariant($"{count} {(count == 1 ? one : many)}");
}
