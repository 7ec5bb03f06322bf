using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>
/// COMB, as CuteFTP and SFTPGo have it: joins parts to one file, in their order, and removes them. A target that exists is the
/// beginning. The whole appears in one step; if anything fails, target and parts are as they were.
/// </summary>
internal sealed class Comb() : FtpCommand("COMB", Argument.Required, Needs.Login)
{
    public override Beside Beside => Beside.IsWork;

    public override string Form => "<sp> target <sp> part ...";

    public override IEnumerable<string> Features(FtpServerSession session) => ["COMB"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (Words.Split(argument) is not [var first, _, ..] words)
        {
            return Reply.BadArgument($"A target and its parts; quote names that have spaces.");
        }

        var target = session.Resolve(first);
        VirtualPath[] parts = [.. words.Skip(1).Select(word => session.Resolve(word))];
        if (parts.Contains(target) || parts.Distinct().Count() < parts.Length)
        {
            return Reply.BadArgument($"Each file can stand there once.");
        }

        bool exists = await session.Files.StatAsync(target, LinkHandling.Follow, cancel).ConfigureAwait(false) is not null;
        var joined = await session.Files.OpenAsync(target, OpenMode.Replace, cancel).ConfigureAwait(false);
        await using var closing = joined.ConfigureAwait(false);
        long length = 0;
        foreach (var part in exists ? parts.Prepend(target) : parts)
        {
            length = await AppendAsync(session.Files, part, joined, length, cancel).ConfigureAwait(false);
        }

        await joined.CommitAsync(replace: true, session.Options.Durable, cancel).ConfigureAwait(false);
        foreach (var part in parts)
        {
            await session.Files.RemoveFileAsync(part, cancel).ConfigureAwait(false);
        }

        return Reply.FileDone($"Joined, {length} bytes.");
    }

    /// <summary>Copies a whole file to a place in another; returns where it ends there.</summary>
    private static async ValueTask<long> AppendAsync(IFileSystem files, VirtualPath from, IFile to, long at, CancellationToken cancel)
    {
        var file = await files.OpenAsync(from, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        return at + await FileCopy.CopyAsync(file, 0, to, at, long.MaxValue, cancel).ConfigureAwait(false);
    }
}

/// <summary>SITE CPFR: what to copy, as ProFTPD's mod_copy has it; SITE CPTO follows.</summary>
internal sealed class SiteCpfr() : SiteCommand("CPFR", Argument.Required, "<sp> path")
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = session.Resolve(argument);
        var entry = await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false);
        if (entry is not { IsFile: true })
        {
            throw new FileException(entry is null ? FileError.NotFound : entry.IsDirectory ? FileError.IsDirectory : FileError.NotRegular, path);
        }

        session.State.CopyFrom = path;
        return new(350, $"Copying to what? SITE CPTO.");
    }
}

/// <summary>
/// SITE CPTO: copies the file of SITE CPFR here, on the server. It reads and writes through the account's own layers, so what an
/// account may not read or write it may not copy (CVE-2015-3306, CVE-2019-12815). What is there is replaced in one step.
/// </summary>
internal sealed class SiteCpto() : SiteCommand("CPTO", Argument.Required, "<sp> path")
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (session.State.TakeCopyFrom() is not { } from)
        {
            return Reply.BadSequence($"CPFR comes first.");
        }

        var to = session.Resolve(argument);
        var source = await session.Files.OpenAsync(from, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closingSource = source.ConfigureAwait(false);
        var entry = await source.StatAsync(cancel).ConfigureAwait(false);
        var there = await session.Files.StatAsync(to, LinkHandling.Follow, cancel).ConfigureAwait(false);
        if (from == to || (there is { FileId: not 0 } && there.FileId == entry.FileId && there.Device == entry.Device))
        {
            return Reply.NotAvailable($"A file cannot be copied onto itself.");
        }

        var target = await session.Files.OpenAsync(to, OpenMode.Replace with { ExpectedLength = entry.Length }, cancel).ConfigureAwait(false);
        await using var closingTarget = target.ConfigureAwait(false);
        await FileCopy.CopyAsync(source, 0, target, 0, long.MaxValue, cancel).ConfigureAwait(false);
        await target.CommitAsync(replace: true, session.Options.Durable, cancel).ConfigureAwait(false);
        return Reply.FileDone($"Copied.");
    }
}
