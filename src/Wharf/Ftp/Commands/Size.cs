using Wharf.Files;
using Wharf.Ftp.Data.Representations;

namespace Wharf.Ftp.Commands;

/// <summary>
/// SIZE, RFC 3659 section 4: the bytes RETR would send now, before MODE B and C frame and MODE Z deflates them. Where TYPE or
/// STRU converts, the file is read to count them, up to <see cref="FtpLimits.SizeScanBytes"/>.
/// </summary>
internal sealed class Size() : FtpCommand("SIZE", Argument.Required, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["SIZE"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = session.Resolve(argument);
        var entry = await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false)
            ?? throw new FileException(FileError.NotFound, path);
        if (!entry.IsFile)
        {
            throw new FileException(entry.IsDirectory ? FileError.IsDirectory : FileError.NotRegular, path);
        }

        var parameters = session.State.Parameters;
        if (!WirePositions.MustRead(parameters))
        {
            return Reply.FileStatus(FormattableString.Invariant($"{entry.Length}"));
        }

        if (entry.Length > session.Options.Limits.SizeScanBytes)
        {
            return Reply.NotAvailable($"Its size in this representation is not known; use TYPE I.");
        }

        var file = await session.Files.OpenAsync(path, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        long length = await WirePositions.LengthAsync(file, parameters, session.Options.EbcdicCodePage, cancel).ConfigureAwait(false);
        return Reply.FileStatus(FormattableString.Invariant($"{length}"));
    }
}
