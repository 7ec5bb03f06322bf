using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_OPENDIR.</summary>
internal sealed class OpenDirectoryRequest() : SftpRequest<OpenDirectory>("OPENDIR")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, OpenDirectory message, CancellationToken cancel) =>
        session.OpenListingAsync(message.Id, session.Resolve(message.Path), cancel);
}

/// <summary>SSH_FXP_READDIR: as many entries as the reply may hold.</summary>
internal sealed class ReadDirectoryRequest() : HandleRequest<ReadDirectory>("READDIR")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, ReadDirectory message, CancellationToken cancel)
    {
        uint id = message.Id;
        var listing = session.Handles.Listing(message.Handle);
        var reply = await listing.ReadAsync(session.Version, id, session.ListingBytes, session.Now, cancel).ConfigureAwait(false);
        return reply ?? session.Failed(id, SftpFailure.EndOfFile);
    }
}

/// <summary>SSH_FXP_MKDIR.</summary>
internal sealed class MakeDirectoryRequest<TAttributes, TMeaning>() : SftpRequest<MakeDirectory<TAttributes>>("MKDIR")
    where TAttributes : struct, IAttributes<TAttributes>
    where TMeaning : IAttributeMeaning<TAttributes>
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, MakeDirectory<TAttributes> message, CancellationToken cancel)
    {
        var path = session.Resolve(message.Path);
        await session.Files.MakeDirectoryAsync(path, TMeaning.ModeOf(message.Attributes), cancel).ConfigureAwait(false);
        session.Did(Name, path);
        return session.Ok(message.Id);
    }
}

/// <summary>SSH_FXP_RMDIR.</summary>
internal sealed class RemoveDirectoryRequest() : SftpRequest<RemoveDirectory>("RMDIR")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, RemoveDirectory message, CancellationToken cancel)
    {
        var path = session.Resolve(message.Path);
        await session.Files.RemoveDirectoryAsync(path, cancel).ConfigureAwait(false);
        session.Did(Name, path);
        return session.Ok(message.Id);
    }
}
