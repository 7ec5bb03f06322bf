using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>statvfs@openssh.com, OpenSSH's PROTOCOL section 4.4: the room where a path lies.</summary>
internal sealed class PathSpace() : SftpRequest<ExtendedText>("statvfs")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedText message, CancellationToken cancel) =>
        AnswerAsync(session, message.Id, session.Resolve(message.Text), cancel);

    /// <summary>The reply for that path.</summary>
    public static async ValueTask<Packet> AnswerAsync(SftpServerSession session, uint id, VirtualPath path, CancellationToken cancel)
    {
        const ulong ReadOnly = 1, NoSetUserId = 2;
        var space = await session.Files.SpaceAsync(path, cancel).ConfigureAwait(false);
        ulong unit = (ulong)Math.Max(space.BlockBytes, 1);
        ulong free = (ulong)Math.Max(space.FreeEntries, 0);
        return SftpPacket.Of(new SpaceReply(
            id,
            BlockBytes: unit,
            FragmentBytes: unit,
            Blocks: Units(space.TotalBytes, unit),
            FreeBlocks: Units(space.FreeBytes, unit),
            AvailableBlocks: Units(space.AvailableBytes, unit),
            Entries: (ulong)Math.Max(space.TotalEntries, 0),
            FreeEntries: free,
            AvailableEntries: free,
            FileSystem: space.Id,
            Flags: NoSetUserId | (space.ReadOnly ? ReadOnly : 0),
            MaxNameBytes: (ulong)Math.Max(space.MaxNameBytes, 0)));
    }

    private static ulong Units(long bytes, ulong unit) => (ulong)Math.Max(bytes, 0) / unit;
}

/// <summary>fstatvfs@openssh.com, OpenSSH's PROTOCOL section 4.4: the room where an open file lies.</summary>
internal sealed class HandleSpace() : HandleRequest<ExtendedHandle>("fstatvfs")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedHandle message, CancellationToken cancel)
    {
        // A file that was renamed or removed since is looked for by its directory, which rarely goes.
        var handle = session.Handles.Find(message.Handle.Span) ?? throw new SftpException(SftpFailure.InvalidHandle);
        return PathSpace.AnswerAsync(session, message.Id, handle is OpenFile ? handle.Path.Parent : handle.Path, cancel);
    }
}

/// <summary>space-available, draft-ietf-secsh-filexfer-extensions-00 section 6; 0 stands for what is not known.</summary>
internal sealed class SpaceAvailable() : SftpRequest<ExtendedText>("space-available")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedText message, CancellationToken cancel)
    {
        var space = await session.Files.SpaceAsync(session.Resolve(message.Text), cancel).ConfigureAwait(false);
        long used = space.TotalBytes - space.FreeBytes;
        return SftpPacket.Of(new SpaceAvailableReply(
            message.Id,
            DeviceBytes: (ulong)space.TotalBytes,
            UnusedDeviceBytes: (ulong)space.FreeBytes,
            AvailableBytes: (ulong)(used + space.AvailableBytes),
            UnusedAvailableBytes: (ulong)space.AvailableBytes,
            AllocationUnitBytes: (uint)space.BlockBytes));
    }
}
