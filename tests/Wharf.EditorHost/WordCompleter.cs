using Wharf.Cli.Shell.Editing;

namespace Wharf.EditorHost;

/// <summary>Completes a few names.</summary>
internal sealed class WordCompleter : ICompleter
{
    private static readonly string[] Names = ["alpha", "with space", "folder/", "tick", "tock", "漢字"];

    public ValueTask<Completion> CompleteAsync(string line, int caret, CancellationToken cancel)
    {
        int start = line.LastIndexOf(' ', Math.Max(0, caret - 1)) + 1;
        string typed = line[start..caret];
        return new(new Completion(start, caret - start, [.. Names.Where(name => name.StartsWith(typed, StringComparison.Ordinal)).Select(Of)]));
    }

    private static Candidate Of(string name) =>
        name.EndsWith('/') ? new(name, name, CandidateKind.Folder, "")
        : name.Contains(' ') ? new($"\"{name}", name, CandidateKind.File, "\" ")
        : new(name, name, CandidateKind.File);
}
