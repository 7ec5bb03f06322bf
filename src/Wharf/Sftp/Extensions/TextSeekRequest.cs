using System.Buffers;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>
/// text-seek, draft-ietf-secsh-filexfer-05 section 6.3.1: the next read and the next write of a file opened as text go to the
/// beginning of a line. The lines before it are counted, so the file must be open for reading; only the first needs no counting.
/// </summary>
internal sealed class TextSeekRequest() : HandleRequest<TextSeek>("text-seek")
{
    private const int BufferBytes = 64 * 1024;

    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, TextSeek message, CancellationToken cancel)
    {
        uint id = message.Id;
        ulong line = message.Line;
        var file = session.Handles.File(message.Handle);
        if (file.Text is not { } text || (line > 0 && (file.Access & FileAccess.Read) == 0))
        {
            throw new SftpException(SftpFailure.Of(FileError.NotSupported));
        }

        long? at = 0;
        if (line > 0)
        {
            await session.AwayAsync(async stop => at = await FindAsync(file.Content, line, stop).ConfigureAwait(false), cancel).ConfigureAwait(false);
        }

        if (at is not { } found)
        {
            return session.Failed(id, SftpFailure.EndOfFile);
        }

        text.Read = text.Write = found;
        return session.Ok(id);
    }

    /// <summary>Where that line begins; null where there are fewer.</summary>
    private static async ValueTask<long?> FindAsync(IFile file, ulong line, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long at = 0; ;)
            {
                int count = await file.ReadAsync(at, buffer, cancel).ConfigureAwait(false);
                if (count == 0)
                {
                    return null;
                }

                int newlines = buffer.AsSpan(0, count).Count((byte)'\n');
                if ((ulong)newlines < line)
                {
                    line -= (ulong)newlines;
                    at += count;
                    continue;
                }

                int next = 0;
                for (; line > 0; line--)
                {
                    next += buffer.AsSpan(next, count - next).IndexOf((byte)'\n') + 1;
                }

                return at + next;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
