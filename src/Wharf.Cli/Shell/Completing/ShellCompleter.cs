using Wharf.Cli.Places;
using Wharf.Cli.Shell.Commands;
using Wharf.Cli.Shell.Editing;
using Wharf.Cli.Shell.Line;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Files;
using Answer = Wharf.Cli.Shell.Editing.Completion;
using Completion = Wharf.Cli.Syntax.Completion;

namespace Wharf.Cli.Shell.Completing;

/// <summary>Knows how a line of the shell may go on: commands, their options, bookmarks, and paths there and here.</summary>
internal sealed class ShellCompleter(Shell shell, DirectoryCache cache) : ICompleter
{
    /// <inheritdoc/>
    public async ValueTask<Answer> CompleteAsync(string line, int caret, CancellationToken cancel)
    {
        var open = LineSplitter.SplitOpen(line[..caret], LineRules.Usual);
        IReadOnlyList<Candidate> candidates;
        try
        {
            candidates = open.Words.Count == 0
                ? Commands(open.Open.Text)
                : await BehindAsync(open, cancel);
        }
        catch (Exception unknown) when (unknown is UsageException or RemoteException)
        {
            // Not connected, or no path: nothing is known.
            return Answer.None;
        }

        return new Answer(open.Begins, caret - open.Begins, candidates);
    }

    private static List<Candidate> Commands(string begun) =>
    [
        .. CommandTable.Rows.SelectMany(static row => row.Names)
            .Where(name => name.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(static name => new Candidate(name, name, CandidateKind.Command)),
    ];

    private async ValueTask<IReadOnlyList<Candidate>> BehindAsync(OpenLine open, CancellationToken cancel)
    {
        var words = open.Words;
        if (words[0].Text.Equals("queue", StringComparison.OrdinalIgnoreCase))
        {
            // What it has run is a command again.
            words = [.. words.Skip(1)];
            if (words.Count == 0)
            {
                return Commands(open.Open.Text);
            }
        }

        if (CommandTable.Find(words[0].Text) is not { } row)
        {
            return [];
        }

        var verb = row.Make(shell);
        Option[] options = [.. verb.Options, .. OutputOptions.All];
        if (words.Count > 1 && ValueOf(words[^1].Text, options) is { } option)
        {
            return option.Choices.Count > 0
                ? [.. option.Choices.Where(choice => choice.StartsWith(open.Open.Text, StringComparison.Ordinal)).Select(static choice => new Candidate(choice, choice, CandidateKind.Other))]
                : await PathsAsync(option.Completes, open, cancel);
        }

        if (open.Open.Text.StartsWith('-') && open.Quote == '\0' && !row.TakesAnything)
        {
            return [.. Options(open.Open.Text, options)];
        }

        if (row.Name is "help")
        {
            return Commands(open.Open.Text);
        }

        var kind = KindOf(verb, words, options);
        var paths = await PathsAsync(kind, open, cancel);
        return row.Name is "open" or "bookmark" ? [.. await BookmarksAsync(open.Open.Text, cancel), .. paths] : paths;
    }

    /// <summary>The option that this word is, whose value stands behind it; null where it wants none.</summary>
    private static Option? ValueOf(string word, Option[] options) => word.StartsWith('-')
        ? options.FirstOrDefault(option => option.ValueName is not null && (option.Name == word || (word.Length == 2 && option.Letters.Contains(word[1], StringComparison.Ordinal))))
        : null;

    private static IEnumerable<Candidate> Options(string begun, Option[] options) =>
        options.SelectMany(static option => option.Letters.Select(static letter => $"-{letter}").Append(option.Name))
            .Where(name => name.StartsWith(begun, StringComparison.Ordinal) && (begun.Length > 1 || name.StartsWith("--", StringComparison.Ordinal)))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(static name => new Candidate(name, name, CandidateKind.Option));

    /// <summary>What stands at the place of the word that is typed.</summary>
    private static Completion KindOf(Verb verb, IReadOnlyList<Word> words, Option[] options)
    {
        int place = 0;
        for (int i = 1; i < words.Count; i++)
        {
            if (!words[i].Text.StartsWith('-') && ValueOf(words[i - 1].Text, options) is null)
            {
                place++;
            }
        }

        var parameters = verb.Parameters;
        foreach (var parameter in parameters)
        {
            if (place < parameter.Most)
            {
                return parameter.Completes;
            }

            place -= parameter.Most;
        }

        return parameters.Count > 0 ? parameters[^1].Completes : Completion.Nothing;
    }

    private async ValueTask<IReadOnlyList<Candidate>> PathsAsync(Completion kind, OpenLine open, CancellationToken cancel)
    {
        string text = open.Open.Text;
        if (kind is not (Completion.There or Completion.Here) || TypedUrl.IsUrl(text) || (kind == Completion.There && shell.Server is null))
        {
            return [];
        }

        int slash = text.LastIndexOf('/');
        string directory = text[..(slash + 1)], begun = text[(slash + 1)..];
        var places = new ShellPlaces(shell.Server, shell.LocalDirectory, shell.Sources, []);
        var place = kind == Completion.Here
            ? places.Here(directory.Length == 0 ? "." : directory)
            : places.There(PathPattern.Escape(directory));
        var names = await cache.ListAsync(place.Source, VirtualPath.Parse(place.Path).Value, cancel);
        var found = new List<Candidate>();
        foreach (var name in names.Where(name => name.Name.StartsWith(begun, StringComparison.Ordinal) && (begun.Length > 0 || name.Name[0] != '.')))
        {
            bool folder = name.MayBeDirectory && (!name.IsLink || await LeadsToDirectoryAsync(place.Source, Place.Join(place.Path, name.Name), names.Count, cancel));
            string closing = open.Quote == '\0' ? " " : open.Quote + " ";
            found.Add(new Candidate(
                Quoting.Write(directory + name.Name, open.Quote), FileNames.ForDisplay(name.Name) + (folder ? "/" : ""),
                folder ? CandidateKind.Folder : CandidateKind.File, folder ? "/" : closing));
        }

        return found;
    }

    /// <summary>Where a link leads is asked only where few would be: else it is taken for a file.</summary>
    private static async ValueTask<bool> LeadsToDirectoryAsync(RemoteSource source, string path, int count, CancellationToken cancel)
    {
        const int Few = 200;
        return count <= Few && await source.StatAsync(path, LinkHandling.Follow, cancel) is { IsDirectory: true };
    }

    private async ValueTask<IEnumerable<Candidate>> BookmarksAsync(string begun, CancellationToken cancel) =>
        (await shell.Settings.ReadAsync(cancel)).Bookmarks.Keys
            .Where(name => name.StartsWith(begun, StringComparison.Ordinal))
            .Select(static name => new Candidate(Quoting.Write(name, '\0'), FileNames.ForDisplay(name), CandidateKind.Bookmark));
}
