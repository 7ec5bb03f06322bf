using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>
/// copy-data, draft-ietf-secsh-filexfer-extensions-00 section 7: the server copies from one open file to another. From a file
/// onto itself is refused however it was opened (T23): with a length of 0 the copy would follow its own end for ever.
/// </summary>
internal sealed class CopyDataRequest() : SftpRequest<CopyData>("copy-data")
{
    public override (OpenHandle? First, OpenHandle? Second) Handles(SftpServerSession session, ReadOnlyMemory<byte> body)
    {
        var message = Parse(body);
        return (session.Handles.Find(message.From.Span), session.Handles.Find(message.To.Span));
    }

    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, CopyData message, CancellationToken cancel)
    {
        var (id, fromOffset, toOffset) = (message.Id, message.FromOffset, message.ToOffset);
        var from = session.Handles.File(message.From);
        var to = session.Handles.File(message.To);
        ulong length = message.Length == 0 ? long.MaxValue : message.Length;
        if (from == to || await AreSameAsync(from, to, cancel).ConfigureAwait(false))
        {
            throw new SftpException(SftpFailure.InvalidParameter);
        }

        if (fromOffset > long.MaxValue || toOffset > long.MaxValue || length > long.MaxValue)
        {
            throw new SftpException(SftpFailure.Of(FileError.TooLarge));
        }

        if ((from.Access & FileAccess.Read) == 0 || (to.Access & FileAccess.Write) == 0)
        {
            throw new SftpException(SftpFailure.Of(FileError.Denied));
        }

        await session.AwayAsync(
            async stop =>
            {
                long copied = await FileCopy.CopyAsync(from.Content, (long)fromOffset, to.Content, (long)toOffset, (long)length, stop).ConfigureAwait(false);
                from.CountRead(copied);
                to.CountWritten(copied);
            },
            cancel).ConfigureAwait(false);
        return session.Ok(id);
    }

    private static async ValueTask<bool> AreSameAsync(OpenFile from, OpenFile to, CancellationToken cancel)
    {
        var one = await from.Content.StatAsync(cancel).ConfigureAwait(false);
        var other = await to.Content.StatAsync(cancel).ConfigureAwait(false);
        return one.FileId == 0 ? from.Path == to.Path : (one.Device, one.FileId) == (other.Device, other.FileId);
    }
}
