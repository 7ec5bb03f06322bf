using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell.Commands;

/// <summary>put: stores files, with what sftp and lftp call it.</summary>
internal sealed class Put(Shell shell) : TransferCommand(shell, "put", "stores files", segments: 0)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("LOCAL", "What; may be a pattern.", Completion.Here) { Most = int.MaxValue },
        new("REMOTE", "Where to, unless every word is a source (-m, mput); a directory for several.") { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("put *.html www", "into a directory that is there"), new("put -r site www", "a directory"), new("reput big.iso", "goes on where it stopped"),
    ];

    /// <inheritdoc/>
    protected override Place From(ShellPlaces places, string word) => places.HerePattern(word);

    /// <inheritdoc/>
    protected override Place To(ShellPlaces places, string word) => places.There(word);
}
