using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>The options of the verbs that move files, and what they mean to the library.</summary>
internal static class MoveOptions
{
    public static Flag Recursive { get; } = new("--recursive", "Copies directories with all that is in them.") { Letters = "rR" };

    public static Flag Preserve { get; } = new("--preserve", "Keeps times and permissions.") { Letters = "p" };

    public static Flag Resume { get; } = new("--resume", "Goes on where an interrupted copy stopped; what is whole already stays.") { Letters = "a" };

    public static Flag Verify { get; } = new("--verify", "Compares hashes at the end: the server's, or the bytes are read back.");

    public static Option<int> Jobs { get; } = new("--jobs", "N", "Files on their way at once. Default: what server and path can.", Values.Count) { Letters = "P" };

    public static Option<int> Segments { get; } = new("--segments", "N", "Parts of one file on their way at once, each over its own connection. Default: by size and rate.", Values.Count);

    public static Flag DryRun { get; } = new("--dry-run", "Says what would be done, and does nothing.") { Letters = "n" };

    public static Option<string> Include { get; } = new("--include", "GLOB", "Only files of trees that fit: a name, or with a slash a path; ** spans directories.", Values.Name) { Repeats = true };

    public static Option<string> Exclude { get; } = new("--exclude", "GLOB", "Leaves out what fits, directories with all below them.", Values.Name) { Repeats = true };

    public static Flag Newer { get; } = new("--newer", "Replaces only what is older than its source.") { Letters = "u" };

    public static Option<string> Backup { get; } = new("--backup", "DIR", "Moves what would be replaced or removed into this directory, seen from the target's.", Values.Name);

    public static Option<string> BackupSuffix { get; } = new("--backup-suffix", "TEXT", "Adds this to the names of what would be replaced or removed; with --backup, there.", Values.Name);

    public static Flag InPlace { get; } = new("--in-place", "Writes under the target's name from the beginning: for servers that cannot rename.");

    public static Flag Follow { get; } = new("--follow", "Copies what links in trees lead to. Default: links stay links, and are left out where the target knows none.") { Letters = "L" };

    public static Flag NewName { get; } = new("--no-target-directory", "Takes the last word for the new name, also where a directory of that name is there.") { Letters = "T" };

    /// <summary>Of get, put and cp.</summary>
    public static IReadOnlyList<Option> OfCopies { get; } =
    [
        Recursive, Preserve, Resume, Verify, Newer, Include, Exclude, Follow, Backup, BackupSuffix, DryRun, Jobs, Segments, InPlace, NewName,
    ];

    /// <summary>How each file is copied.</summary>
    public static TransferOptions Transfers(Words words) => new()
    {
        Verify = words.Has(Verify) ? Client.Transfers.Verify.Hash : Client.Transfers.Verify.Length,
        Existing = words.Has(Newer) ? Existing.ReplaceOlder : Existing.Replace,
        Atomic = !words.Has(InPlace),
        Resume = words.Has(Resume),
        KeepUnfinished = true,
        PreserveTimes = words.Has(Preserve),
        PreserveMode = words.Has(Preserve),
        FollowLinks = words.Has(Follow),
        Segments = words.Get(Segments, 0),
        Parallel = words.Get(Jobs, 0),
        BackupDirectory = words.Get(Backup),
        BackupSuffix = words.Get(BackupSuffix) ?? "",
        Selection = Selected(words),
    };

    /// <summary>Which files of trees take part; backups of earlier runs do not.</summary>
    /// <param name="words">The command line.</param>
    /// <param name="to">The target's whole path, where it is known: a backup directory that is named from the root may lie in it.</param>
    public static Selection Selected(Words words, string? to = null)
    {
        var exclude = new List<string>(words.All(Exclude));
        if (words.Get(Backup) is { } directory)
        {
            if (Below(to, directory) is { } below)
            {
                exclude.Add($"/{PathPattern.Escape(below)}/");
            }
        }
        else if (words.Get(BackupSuffix) is { } suffix)
        {
            exclude.Add("*" + PathPattern.Escape(suffix));
        }

        return new Selection
        {
            Include = words.All(Include),
            Exclude = exclude,
            IncludeExpressions = words.All(PathExpressions.Include),
            ExcludeExpressions = words.All(PathExpressions.Exclude),
        };
    }

    /// <summary>A directory as seen from the target; null where it lies outside.</summary>
    private static string? Below(string? to, string directory)
    {
        if (to is not ['/', ..] && directory[0] == '/')
        {
            return null;
        }

        // Of a target that is seen from the login's directory nobody knows what is above: a name that nothing has stands for it.
        var root = VirtualPath.Parse(to is ['/', ..] ? to : "/*/*");
        var place = root.Resolve(directory);
        return place.IsWithin(root) && place != root ? place.Value[(root.IsRoot ? 1 : root.Value.Length + 1)..] : null;
    }
}
