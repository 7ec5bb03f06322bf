using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_OPEN of versions 3 and 4: opens a file by its real name, since the protocol writes anywhere in it.</summary>
/// <param name="known">The flags of the version; others mean nothing.</param>
internal sealed class OpenRequest<TAttributes, TMeaning>(OpenFlags known) : SftpRequest<Open<TAttributes>>("OPEN")
    where TAttributes : struct, IAttributes<TAttributes>
    where TMeaning : IAttributeMeaning<TAttributes>
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Open<TAttributes> message, CancellationToken cancel)
    {
        var flags = message.Flags & known;
        var creation = (flags & (OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate)) switch
        {
            OpenFlags.Create => FileCreation.OpenOrCreate,
            OpenFlags.Create | OpenFlags.Truncate => FileCreation.Truncate,
            OpenFlags.Create | OpenFlags.Exclusive or OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate => FileCreation.CreateNew,
            _ => FileCreation.Existing, // without CREAT, EXCL means nothing, as for open(2)
        };
        var how = new Opening(
            Reads: (flags & OpenFlags.Read) != 0,
            Writes: (flags & (OpenFlags.Write | OpenFlags.Append)) != 0,
            creation,
            TMeaning.ModeOf(message.Attributes))
        {
            Append = (flags & OpenFlags.Append) != 0,
            Truncates = (flags & OpenFlags.Truncate) != 0,
            IsText = (flags & OpenFlags.Text) != 0,
        };
        return session.OpenFileAsync(message.Id, session.Resolve(message.Path), how, cancel);
    }
}

/// <summary>SSH_FXP_OPEN of versions 5 and 6. What asks for a guarantee we do not give is refused, as the drafts want.</summary>
/// <param name="known">The flags of the version that we follow.</param>
internal sealed class OpenForRequest<TAttributes, TMeaning>(DispositionFlags known) : SftpRequest<OpenFor<TAttributes>>("OPEN")
    where TAttributes : struct, IAttributes<TAttributes>
    where TMeaning : IAttributeMeaning<TAttributes>
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, OpenFor<TAttributes> message, CancellationToken cancel)
    {
        var flags = message.Flags;
        if ((flags & ~known) != 0)
        {
            throw new SftpException(SftpFailure.Of(FileError.NotSupported));
        }

        var disposition = flags & DispositionFlags.Disposition;
        var creation = disposition switch
        {
            DispositionFlags.CreateNew => FileCreation.CreateNew,
            DispositionFlags.CreateTruncate => FileCreation.Truncate,
            DispositionFlags.OpenExisting or DispositionFlags.TruncateExisting => FileCreation.Existing,
            DispositionFlags.OpenOrCreate => FileCreation.OpenOrCreate,
            _ => throw new SftpException(SftpFailure.InvalidParameter),
        };

        // Who says nothing of what is wanted (phpseclib) gets what the disposition needs.
        bool silent = message.Access == DesiredAccess.None;

        // Who may append and not write anywhere else (ACE4_APPEND_DATA alone) appends.
        var access = message.Access;
        bool append = (flags & (DispositionFlags.AppendData | DispositionFlags.AppendDataAtomic)) != 0
            || (access & (DesiredAccess.WriteData | DesiredAccess.AppendData)) == DesiredAccess.AppendData;
        var how = new Opening(
            Reads: silent || (access & DesiredAccess.ReadData) != 0,
            Writes: append || (access & DesiredAccess.WriteData) != 0 || (silent && disposition != DispositionFlags.OpenExisting),
            creation,
            TMeaning.ModeOf(message.Attributes))
        {
            Append = append,
            Truncates = disposition is DispositionFlags.CreateTruncate or DispositionFlags.TruncateExisting,
            IsText = (flags & DispositionFlags.TextMode) != 0,
            FollowsLinks = (flags & DispositionFlags.NoFollow) == 0,
        };
        return session.OpenFileAsync(message.Id, session.Resolve(message.Path), how, cancel);
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
        long offset = file.Text is { } text ? text.Read
            : message.Offset <= long.MaxValue ? (long)message.Offset
            : throw new SftpException(SftpFailure.Of(FileError.TooLarge));

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
                int read = await file.Content.ReadAsync(offset + count, piece.AppendMemory(room), cancel).ConfigureAwait(false);
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
