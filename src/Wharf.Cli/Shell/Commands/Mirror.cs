using System.Globalization;
using Wharf.Cli.Moves;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>mirror: the verb sync from there to here, or with -R from here to there, with lftp's options.</summary>
internal sealed class Mirror(string name) : Verb(name, "makes a directory here what one there is; -R the other way")
{
    private static readonly Flag Reverse = new("--reverse", "From here to there.") { Letters = "R" };
    private static readonly Flag Delete = new("--delete", "Removes what only the target has.") { Letters = "e" };
    private static readonly Flag DryRun = new("--dry-run", "Says what would be done, and does nothing.");
    private static readonly Flag Newer = new("--only-newer", "Replaces only what is older than its source.") { Letters = "n" };
    private static readonly Flag Continue = new("--continue", "Goes on where an interrupted copy stopped.") { Letters = "c" };
    private static readonly Flag NoModes = new("--no-perms", "Leaves permissions as they are.") { Letters = "p" };
    private static readonly Flag Follow = new("--dereference", "Copies what links lead to.") { Letters = "L" };
    private static readonly Option<int> Jobs = new("--parallel", "N", "Files on their way at once.", Values.Count) { Letters = "P" };
    private static readonly Option<int> Segments = new("--use-pget-n", "N", "Parts of one file on their way at once.", Values.Count);

    private static readonly Option<string> Exclude = new("--exclude-glob", "GLOB", "Leaves out what fits.", Values.Name) { Letters = "X", Repeats = true };

    private static readonly Option<string> Include = new("--include-glob", "GLOB", "Only files that fit.", Values.Name) { Letters = "I", Repeats = true };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("SOURCE", "A directory; without one that of now.") { Least = 0 }, new("TARGET", "What it becomes; without one a directory of its name.", Completion.Here) { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Reverse, Delete, DryRun, Newer, Continue, NoModes, Follow, Jobs, Segments, Exclude, Include, PathExpressions.Exclude, PathExpressions.Include];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("mirror -e www backup", "an exact copy here"), new("mirror -R site www", "uploads what changed"), new("mirror -x '^\\.git/$' src", "without a directory")];

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var places = (ShellPlaces)call.Places;
        bool up = call.Words.Has(Reverse);
        string source = call.Words.Arguments.Count > 0 ? call.Words.Arguments[0] : ".";
        var from = up ? places.HerePattern(source) : places.There(source);
        string target = call.Words.Arguments.Count > 1 ? call.Words.Arguments[1] : source is "." ? "." : VirtualPath.Parse(from.Path).Name;
        var to = up ? places.There(target) : places.Here(target);
        return CommandRunner.RunVerbAsync("sync", [.. Told(call.Words), "--", places.Name(from), places.Name(to)], call, cancel);
    }

    private static IEnumerable<string> Told(Words given)
    {
        foreach (var (flag, word) in new[] { (Delete, "--delete"), (DryRun, "--dry-run"), (Newer, "--newer"), (Continue, "--resume"), (Follow, "--follow") })
        {
            if (given.Has(flag))
            {
                yield return word;
            }
        }

        if (!given.Has(NoModes))
        {
            yield return "--preserve";
        }

        foreach (var (number, word) in new[] { (Jobs, "--jobs"), (Segments, "--segments") })
        {
            if (given.Has(number))
            {
                yield return word;
                yield return given.Get(number, 0).ToString(CultureInfo.InvariantCulture);
            }
        }

        foreach (var (globs, word) in new[] { (Exclude, "--exclude"), (Include, "--include") })
        {
            foreach (string glob in given.All(globs))
            {
                yield return word;
                yield return glob;
            }
        }
    }
}
