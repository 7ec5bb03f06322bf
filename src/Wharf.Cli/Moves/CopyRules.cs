using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Client.Transfers;

namespace Wharf.Cli.Moves;

/// <summary>How files are copied: as the program's verbs have it, or as the shell's commands do, which keep the ways of sftp and lftp.</summary>
/// <param name="Options">As the library wants it.</param>
/// <param name="Recursive">Whether directories are copied.</param>
internal sealed record CopyRules(TransferOptions Options, bool Recursive)
{
    /// <summary>Whether it is only said what would be done.</summary>
    public bool IsDry { get; init; }

    /// <summary>Whether a pattern that fits one thing is that thing, which may get another name; else a pattern means several.</summary>
    public bool CountsFits { get; init; }

    /// <summary>Whether a directory that the target's name says to be one, by a slash, is made where it is missing.</summary>
    public bool MakesTarget { get; init; } = true;

    /// <summary>Whether lines say which server a path is on.</summary>
    public bool NamesServers { get; init; } = true;

    /// <summary>What is done around each copy; null for nothing.</summary>
    public Func<CopiedItem, Func<Task>, CancellationToken, Task>? Around { get; init; }

    /// <summary>What the words behind get, put and cp say.</summary>
    public static CopyRules Of(Words words) =>
        new(MoveOptions.Transfers(words), words.Has(MoveOptions.Recursive)) { IsDry = words.Has(MoveOptions.DryRun) };
}

/// <summary>One thing that is copied.</summary>
/// <param name="From">Where it is.</param>
/// <param name="Entry">What it is.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="To">What it becomes there.</param>
internal readonly record struct CopiedItem(Place From, RemoteEntry Entry, RemoteSource Target, string To);
