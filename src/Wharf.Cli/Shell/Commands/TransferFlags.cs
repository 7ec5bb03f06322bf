using Wharf.Cli.Connections;
using Wharf.Cli.Syntax;
using Wharf.Client.Transfers;

namespace Wharf.Cli.Shell.Commands;

/// <summary>The letters that get and put have in sftp and lftp.</summary>
internal static class TransferFlags
{
    public static Flag Resume { get; } = new("--resume", "Goes on where an interrupted copy stopped.") { Letters = "ac" };

    public static Flag Flush { get; } = new("--flush", "The copy counts as done when it is on stable storage.") { Letters = "f" };

    public static Flag Preserve { get; } = new("--preserve", "Keeps times and permissions.") { Letters = "pP" };

    public static Flag Recursive { get; } = new("--recursive", "Copies directories with all that is in them.") { Letters = "rR" };

    public static Flag Many { get; } = new("--many", "Each word is a file to copy, the last too, as mget and mput have it.") { Letters = "m" };

    public static Flag Remove { get; } = new("--remove-source", "Removes each file that was copied.") { Letters = "E" };

    public static Flag MakeDirectories { get; } = new("--make-directories", "Makes the directories that a name has at the other end too.") { Letters = "d" };

    public static Option<string> Into { get; } = new("--into", "DIRECTORY", "Where to.", Values.Name) { Letters = "O", Completes = Completion.Here };

    public static Option<string> As { get; } = new("--output", "NAME", "What it becomes.", Values.Name) { Letters = "o", Completes = Completion.Here };

    public static Option<int> Segments { get; } = new("--segments", "N", "Fetches one file in so many parts at once.", Values.Count) { Letters = "n" };

    public static IReadOnlyList<Option> All { get; } = [Resume, Flush, Preserve, Recursive, Many, Remove, MakeDirectories, Into, As, Segments, ConnectionOptions.LimitRate];

    /// <summary>As the library wants it.</summary>
    /// <param name="words">What was typed.</param>
    /// <param name="segments">Parts of a file where nobody says how many; 0 for what size and rate make of it.</param>
    public static TransferOptions Of(Words words, int segments) => new()
    {
        Resume = words.Has(Resume),
        KeepUnfinished = true,
        Durable = words.Has(Flush),
        PreserveTimes = words.Has(Preserve),
        PreserveMode = words.Has(Preserve),
        Segments = words.Get(Segments, segments),
        MakeDirectories = words.Has(MakeDirectories),
        FollowLinks = false,
    };
}
