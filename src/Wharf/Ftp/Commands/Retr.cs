using Wharf.Files;
using Wharf.Ftp.Data;
using Wharf.Ftp.Data.Representations;

namespace Wharf.Ftp.Commands;

/// <summary>RETR, RFC 959 section 4.1.3; from REST's position (RFC 3659 section 5), or RANG's bytes.</summary>
internal sealed class Retr() : FtpCommand("RETR", Argument.Required, Needs.Login)
{
    public override Beside Beside => Beside.IsTransfer;

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (offset, last) = session.State.TakeStart();
        var parameters = session.State.Parameters;
        if (last is not null && WirePositions.MustRead(parameters))
        {
            return Reply.NotForThat($"Ranges are of TYPE I.");
        }

        if (RestartPosition.Refusal(parameters, offset) is { } refusal)
        {
            return refusal;
        }

        var path = session.Resolve(argument);
        var file = await session.Files.OpenAsync(path, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        long length = (await file.StatAsync(cancel).ConfigureAwait(false)).Length;
        var start = await RestartPosition.FindAsync(session, file, parameters, offset, cancel).ConfigureAwait(false);
        if (start.Offset > length)
        {
            return new(554, $"The file ends before that position.");
        }

        long count = Math.Min(length, last is { } end && end < length ? end + 1 : length) - start.Offset;
        using var transfer = new Transfer(session, Verb, path, parameters, cancel)
        {
            Expected = parameters.IsPlain ? count : -1,
        };
        return await transfer.RunAsync((connection, stop) =>
            FileTransfers.SendAsync(transfer, session, file, start, count, connection, stop)).ConfigureAwait(false);
    }
}
