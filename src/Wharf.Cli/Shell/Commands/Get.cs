using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell.Commands;

/// <summary>get: fetches files, with what sftp and lftp call it.</summary>
/// <param name="shell">The shell.</param>
/// <param name="segments">Parts of a file on their way at once where nobody says how many: pget's.</param>
internal sealed class Get(Shell shell, int segments = 0) : TransferCommand(shell, "get", "fetches files", segments)
{
    /// <summary>Parts that lftp's pget makes of a file where nobody says (pget:default-n).</summary>
    public const int PartsOfPget = 5;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("REMOTE", "What; may be a pattern.") { Most = int.MaxValue },
        new("LOCAL", "Where to, unless every word is a source (-m, mget); a directory for several.", Completion.Here) { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("get -p notes.txt old.txt", "under another name, with its time"), new("get -r www backup/", "a directory"), new("reget big.iso", "goes on where it stopped"),
    ];

    /// <inheritdoc/>
    protected override Place From(ShellPlaces places, string word) => places.There(word);

    /// <inheritdoc/>
    protected override Place To(ShellPlaces places, string word) => places.Here(word);
}
