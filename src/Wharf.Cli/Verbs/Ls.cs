using Wharf.Cli.Listing;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Terminals;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>ls: lists files and what is in directories.</summary>
internal sealed class Ls() : Verb("ls", "lists files")
{
    private static readonly Flag Long = new("--long", "Shows mode, owner, size and time.") { Letters = "l" };
    private static readonly Flag All = new("--all", "Shows names that begin with a dot too.") { Letters = "aA" };
    private static readonly Flag One = new("--one", "Shows one name a line.") { Letters = "1" };
    private static readonly Flag Recursive = new("--recursive", "Shows what is in directories below, and so on.") { Letters = "R" };
    private static readonly Flag ByTime = new("--time", "The newest first.") { Letters = "t" };
    private static readonly Flag BySize = new("--size", "The largest first.") { Letters = "S" };
    private static readonly Flag Reverse = new("--reverse", "The other way round.") { Letters = "r" };
    private static readonly Flag Unsorted = new("--unsorted", "In the server's order, each while it comes.") { Letters = "f" };
    private static readonly Flag Human = new("--human", "Sizes such as 1.5K and 23M.") { Letters = "h" };
    private static readonly Flag Numeric = new("--numeric", "Owners as numbers, and as -l.") { Letters = "n" };
    private static readonly Flag Self = new("--directory", "Shows directories themselves, not what is in them.") { Letters = "d" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "What to list; its path may be a pattern.") { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Long, All, One, Recursive, ByTime, BySize, Reverse, Unsorted, Human, Numeric, Self];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf ls sftp://host/srv", "names, in columns"),
        new("wharf ls -lt 'ftp://host/in/*.csv'", "the newest first"),
        new("wharf ls --json sftp://host/ | jq .size", "for programs"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var shown = new Shown(call, cancel);
        IReadOnlyList<string> words = call.Words.Arguments.Count > 0 ? call.Words.Arguments : [""];
        var files = new List<RemoteEntry>();
        var directories = new List<(Place Place, string Title)>();
        await call.EachAsync(
            words,
            async place =>
            {
                bool found = place.Entry is not null;
                if (!found && await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel) is { IsDirectory: true } && !call.Words.Has(Self))
                {
                    directories.Add((place, place.Text));
                    return;
                }

                // What a pattern found is shown itself; a name alone means the link, not where it leads.
                var entry = place.Entry ?? await place.Source.StatAsync(place.Path, LinkHandling.Self, cancel) ?? throw VerbCall.Missing(place);
                entry = entry with { RelativePath = place.Text };
                files.Add(entry);
                shown.Remember(entry, place.Source);
                call.Done();
                if (found && entry.IsDirectory && call.Words.Has(Recursive))
                {
                    directories.Add((place, place.Text));
                }
            },
            cancel);
        bool many = files.Count > 0 || directories.Count > 1 || call.Words.Has(Recursive);
        if (files.Count > 0)
        {
            await shown.BlockAsync(files, sorts: true);
        }

        foreach (var (place, title) in directories)
        {
            try
            {
                await DirectoryAsync(call, shown, place, title, many, cancel);
            }
            catch (RemoteException failure) when (!Errors.Faults.EndsAll(failure))
            {
                await call.FailedAsync(failure, place);
            }
        }

        return call.ExitCode;
    }

    private static async Task DirectoryAsync(VerbCall call, Shown shown, Place place, string title, bool titled, CancellationToken cancel)
    {
        var below = new List<Place>();
        var entries = new List<RemoteEntry>();
        bool streams = call.Words.Has(Unsorted) && (call.IsJson || call.Words.Has(One) || !call.Screen.OutputIsTerminal);
        if (titled)
        {
            await shown.TitleAsync(title);
        }

        await foreach (var entry in place.Source.EnumerateAsync(place.Path, EnumerateOptions.Default, cancel))
        {
            if (entry.Name.StartsWith('.') && !call.Words.Has(All))
            {
                continue;
            }

            if (entry.IsDirectory && call.Words.Has(Recursive))
            {
                below.Add(place.At(entry.Path, Place.Join(title, entry.Name)));
            }

            entries.Add(entry);
            shown.Remember(entry, place.Source);
            if (streams)
            {
                await shown.BlockAsync(entries, sorts: false);
                entries.Clear();
            }
        }

        await shown.BlockAsync(entries, sorts: !call.Words.Has(Unsorted));
        call.Done();
        below.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        foreach (var directory in below)
        {
            try
            {
                await DirectoryAsync(call, shown, directory, directory.Text, titled, cancel);
            }
            catch (RemoteException failure) when (!Errors.Faults.EndsAll(failure))
            {
                await call.FailedAsync(failure, directory);
            }
        }
    }

    /// <summary>Writes blocks of entries in the form that was asked for.</summary>
    private sealed class Shown(VerbCall call, CancellationToken cancel)
    {
        private readonly Dictionary<string, RemoteSource> _links = new(StringComparer.Ordinal);
        private readonly EntryOrder _order = call.Words.Has(BySize) ? EntryOrder.Size : call.Words.Has(ByTime) ? EntryOrder.Time : EntryOrder.Name;
        private readonly bool _long = call.Words.Has(Long) || call.Words.Has(Numeric);
        private bool _any;

        /// <summary>Where a link is, to read it if it is shown.</summary>
        public void Remember(RemoteEntry entry, RemoteSource source)
        {
            if (entry.IsLink && entry.LinkText is null && (_long || call.IsJson))
            {
                _links[entry.Path] = source;
            }
        }

        public async ValueTask TitleAsync(string title)
        {
            if (!call.IsJson)
            {
                await call.Output.LineAsync((_any ? "\n" : "") + call.Output.Name(title) + ":", cancel);
                _any = true;
            }
        }

        public async ValueTask BlockAsync(List<RemoteEntry> entries, bool sorts)
        {
            if (entries.Count == 0)
            {
                return;
            }

            _any = true;
            if (sorts)
            {
                entries.Sort(EntryOrders.Of(_order, call.Words.Has(Reverse)));
            }

            if (call.IsJson)
            {
                foreach (var entry in entries)
                {
                    await call.Output.JsonAsync(EntryLine.Of(entry, await TargetAsync(entry)), JsonLines.Default.EntryLine, cancel);
                }
            }
            else if (_long)
            {
                await LongAsync(entries);
            }
            else if (call.Words.Has(One) || !call.Screen.OutputIsTerminal)
            {
                foreach (var entry in entries)
                {
                    await call.Output.LineAsync(Name(entry), cancel);
                }
            }
            else
            {
                var cells = entries.Select(entry => (Name(entry), DisplayWidth.OfName(entry.RelativePath))).ToArray();
                foreach (string line in ColumnLines.Arrange(cells, call.Screen.Width))
                {
                    await call.Output.LineAsync(line, cancel);
                }
            }
        }

        private async ValueTask LongAsync(List<RemoteEntry> entries)
        {
            var lines = new LongLines(call.Clock, call.Words.Has(Human), call.Words.Has(Numeric));
            entries.ForEach(lines.Add);
            foreach (var (entry, facts) in lines.Lines())
            {
                string target = await TargetAsync(entry) is { } text ? " -> " + call.Output.Name(text) : "";
                await call.Output.LineAsync($"{facts} {Name(entry)}{target}", cancel);
            }
        }

        private string Name(RemoteEntry entry)
        {
            string name = call.Output.Name(entry.RelativePath);
            return call.Screen.Colours ? NameColours.Paint(entry, name) : name;
        }

        private async ValueTask<string?> TargetAsync(RemoteEntry entry)
        {
            if (entry.LinkText is not null || !_links.Remove(entry.Path, out var source))
            {
                return entry.LinkText;
            }

            try
            {
                return await source.ReadLinkAsync(entry.Path, cancel);
            }
            catch (RemoteException failure) when (!Errors.Faults.EndsAll(failure))
            {
                // Gone meanwhile, or FTP, which has no command for it: the name is shown all the same.
                return null;
            }
        }
    }
}
