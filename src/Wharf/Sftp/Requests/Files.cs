using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_OPEN: opens a file by its real name, since the protocol writes anywhere in it.</summary>
internal sealed class OpenRequest() : SftpRequest<Open>("OPEN")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Open message, CancellationToken cancel) =>
        session.OpenFileAsync(
            message.Id,
            session.Resolve(message.Path),
            ModeOf(message),
            cutAfterwards: (message.Flags & (OpenFlags.Truncate | OpenFlags.Create)) == OpenFlags.Truncate,
            cancel);

    private static OpenMode ModeOf(in Open message)
    {
        var flags = message.Flags;
        bool writes = (flags & (OpenFlags.Write | OpenFlags.Append)) != 0;
        var creation = (flags & (OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate)) switch
        {
            OpenFlags.Create => FileCreation.OpenOrCreate,
            OpenFlags.Create | OpenFlags.Truncate => FileCreation.Truncate,
            OpenFlags.Create | OpenFlags.Exclusive or OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate => FileCreation.CreateNew,
            _ => FileCreation.Existing, // without CREAT, EXCL means nothing, as for open(2)
        };
        if (!writes && (flags & OpenFlags.Truncate) != 0)
        {
            // Cutting is writing; open(2) would do it even to a file that is opened for reading.
            throw new SftpException(SftpFailure.InvalidParameter);
        }

        var access = !writes ? FileAccess.Read : (flags & OpenFlags.Read) != 0 ? FileAccess.ReadWrite : FileAccess.Write;
        return new(access, creation) { Append = (flags & OpenFlags.Append) != 0, Mode = Version3.ModeOf(message.Attributes) };
    }
}

/// <summary>SSH_FXP_CLOSE.</summary>
internal sealed class CloseRequest() : HandleRequest<Close>("CLOSE")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Close message, CancellationToken cancel) =>
        session.CloseAsync(message.Id, session.Handles.Remove(message.Handle), cancel);
}

/// <summary>SSH_FXP_READ: the file's bytes are read to where they stand in the reply.</summary>
internal sealed class ReadRequest() : HandleRequest<Read>("READ")
{
    private const int LengthBytes = 4;

    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, Read message, CancellationToken cancel)
    {
        var file = session.Handles.File(message.Handle);
        if (message.Offset > long.MaxValue)
        {
            throw new SftpException(SftpFailure.Of(FileError.TooLarge));
        }

        uint id = message.Id;
        int left = (int)Math.Min(message.Length, (uint)session.Limits.ReadBytes);
        int room = Math.Min(left, session.PieceBytes - SftpPacket.HeaderBytes - LengthBytes);
        var reply = SftpPacket.Begin(Data.Number, id, LengthBytes + room);
        try
        {
            int count = 0;
            reply.Append(LengthBytes);
            for (var piece = reply; ; piece = piece.Next = Packet.Rent(room))
            {
                int read = await file.Content.ReadAsync((long)message.Offset + count, piece.AppendMemory(room), cancel).ConfigureAwait(false);
                piece.Truncate(piece.Length - room + read);
                count += read;
                left -= read;
                if (read < room || left == 0)
                {
                    break;
                }

                room = Math.Min(left, session.PieceBytes);
            }

            if (count == 0)
            {
                reply.Dispose();
                return session.Failed(id, SftpFailure.EndOfFile);
            }

            file.CountRead(count);
            BinaryPrimitives.WriteInt32BigEndian(reply.Span, SftpPacket.HeaderBytes + count);
            BinaryPrimitives.WriteInt32BigEndian(reply.Span[SftpPacket.HeaderBytes..], count);
            return reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }
}

/// <summary>
/// SSH_FXP_WRITE as a whole message. Well-formed ones never come here: <see cref="SftpServerSession"/> takes their data as it
/// arrives and gathers it. What is left is malformed, or names a handle that cannot be ours.
/// </summary>
internal sealed class WriteRequest() : HandleRequest<Write>("WRITE")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Write message, CancellationToken cancel) =>
        throw new SftpException(SftpFailure.InvalidHandle);
}
