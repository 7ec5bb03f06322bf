using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>rename: gives a file or directory exactly the new name, as sftp does; mv knows directories to move into.</summary>
internal sealed class Rename() : Verb("rename", "gives a new name")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("OLD", "What."), new("NEW", "Its name from then on; a file of that name is replaced.")];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("rename draft.txt final.txt", "in one step")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var from = Literal(call, call.Words.Arguments[0]);
        var to = call.Places.Beside(from, call.Words.Arguments[1]);
        await from.Source.MoveAsync(from.Path, to.Path, replace: true, cancel);
        await call.DoneAsync(Name, from.Path, to.Path, cancel);
        return call.ExitCode;
    }

    /// <summary>A name as it was typed, whatever characters are in it.</summary>
    public static Place Literal(VerbCall call, string text)
    {
        var place = call.Places.There(text);
        return place with { Pattern = PathPattern.Escape(place.Path) };
    }
}

/// <summary>ln and symlink: make links of exactly the name given, as sftp does.</summary>
internal sealed class Link(bool symbolic) : Verb(symbolic ? "symlink" : "ln", "makes a link")
{
    private static readonly Flag Symbolic = new("--symbolic", "Makes a symbolic link.") { Letters = "s" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("OLD", "What it leads to; of a symbolic link its text."), new("NEW", "The link.")];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Symbolic];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("ln -s releases/42 current", "seen from where the link lies")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string target = call.Words.Arguments[0];
        var link = Rename.Literal(call, call.Words.Arguments[1]);
        if (symbolic || call.Words.Has(Symbolic))
        {
            await link.Source.CreateSymbolicLinkAsync(link.Path, target, cancel);
        }
        else
        {
            await link.Source.CreateHardLinkAsync(link.Path, call.Places.Beside(link, target).Path, cancel);
        }

        await call.DoneAsync(Name, link.Path, target, cancel);
        return call.ExitCode;
    }
}

/// <summary>cp: copies one file of the server to a name that is no directory, as sftp does; a trailing slash says "into".</summary>
internal sealed class CopyThere() : Verb("cp", "copies within the server")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("OLD", "A file."), new("NEW", "Its copy, or with a slash at its end the directory of that.")];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("cp disk.img disk.old", "by the server itself where it can")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var from = Rename.Literal(call, call.Words.Arguments[0]);
        var to = call.Places.Beside(from, call.Words.Arguments[1]);
        if (await from.Source.StatAsync(from.Path, LinkHandling.Follow, cancel) is not { } entry)
        {
            throw VerbCall.Missing(from);
        }

        if (!entry.IsFile)
        {
            throw new RemoteException(RemoteError.Io, $"It is no regular file: {FileNames.ForDisplay(from.Text)}") { Path = from.Path };
        }

        var there = to.IsInto ? null : await to.Source.StatAsync(to.Path, LinkHandling.Follow, cancel);
        if (there is { IsDirectory: true })
        {
            throw new RemoteException(RemoteError.Exists, $"It is a directory: {FileNames.ForDisplay(to.Text)}. With a slash at its end it is copied into") { Path = to.Path };
        }

        if (there is { } same && VirtualPath.Parse(same.Path) == VirtualPath.Parse(entry.Path))
        {
            throw new RemoteException(RemoteError.Exists, $"{FileNames.ForDisplay(from.Text)} and {FileNames.ForDisplay(to.Text)} are the same file") { Path = to.Path };
        }

        await from.Source.CopyAsync(from.Path, to.Source, to.Path, TransferOptions.Default, null, cancel);
        await call.DoneAsync(Name, from.Path, to.Path, cancel);
        return call.ExitCode;
    }
}
