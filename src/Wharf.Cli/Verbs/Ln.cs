using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>ln: makes links.</summary>
internal sealed class Ln() : Verb("ln", "makes links")
{
    private static readonly Flag Symbolic = new("--symbolic", "Makes a symbolic link; TARGET is its text, seen from where it lies.") { Letters = "s" };
    private static readonly Flag Force = new("--force", "Replaces a file or link that is there.") { Letters = "f" };

    private static readonly Flag Self = new("--no-dereference", "Takes a link to a directory for the link's own name, not for the directory.") { Letters = "n" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("TARGET", "What it leads to: a path of the same server."),
        new("URL", "The link; in a directory that is there, or ends in a slash, it has TARGET's name."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Symbolic, Force, Self];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf ln -s releases/42 sftp://host/srv/current", "a symbolic link"),
        new("wharf ln -sfn releases/43 sftp://host/srv/current", "to another one"),
        new("wharf ln /srv/a.iso sftp://host/srv/b.iso", "a second name"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string target = call.Words.Arguments[0];

        // Who names the server twice means a path of it.
        bool isUrl = TypedUrl.IsUrl(target);
        var link = call.Places.There(call.Words.Arguments[1]);
        string path = link.Path;
        if (link.IsInto || await link.Source.StatAsync(path, call.Words.Has(Self) ? LinkHandling.Self : LinkHandling.Follow, cancel) is { IsDirectory: true })
        {
            path = Place.Join(path, target.TrimEnd('/').Split('/')[^1]);
        }

        if (call.Words.Has(Force) && await link.Source.StatAsync(path, LinkHandling.Self, cancel) is { IsDirectory: false })
        {
            await link.Source.DeleteAsync(path, recursive: false, cancel);
        }

        if (call.Words.Has(Symbolic))
        {
            await link.Source.CreateSymbolicLinkAsync(path, isUrl ? BesideLink(call, link, target).Path : PathPattern.Unescape(target), cancel);
        }
        else
        {
            await link.Source.CreateHardLinkAsync(path, BesideLink(call, link, target).Path, cancel);
        }

        await call.DoneAsync(Name, path, target, cancel);
        return call.ExitCode;
    }

    private static Place BesideLink(VerbCall call, Place link, string target)
    {
        var existing = call.Places.Beside(link, target);
        return ReferenceEquals(existing.Source, link.Source) ? existing : throw new UsageException("A link and its target are on one server.");
    }
}
