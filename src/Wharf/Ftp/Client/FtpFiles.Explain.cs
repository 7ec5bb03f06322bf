using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>Why something was refused, where the reply alone does not tell.</summary>
internal sealed partial class FtpFiles
{
    /// <summary>What a command wanted its path to be.</summary>
    internal enum Expects
    {
        /// <summary>Something.</summary>
        Anything,

        /// <summary>Nothing yet, in a directory that is there.</summary>
        Nothing,

        /// <summary>A file, or a link.</summary>
        File,

        /// <summary>A directory with nothing in it.</summary>
        EmptyDirectory,

        /// <summary>A directory.</summary>
        Directory,

        /// <summary>A file or nothing, in a directory that is there.</summary>
        FileOrNothing,
    }

    /// <summary>The exception for a refusal: looks at what is there now, since few servers say it and none in the same words.</summary>
    internal async ValueTask<Exception> ExplainAsync(FtpClientSession session, ServerReply reply, VirtualPath path, Expects expects, CancellationToken cancel)
    {
        Known.Forget(path);
        if (ReplyErrors.IsOfTheWay(reply) || ReplyErrors.Of(reply) is FileError.NoSpace or FileError.QuotaExceeded or FileError.Busy or FileError.ReadOnly or FileError.NotEmpty)
        {
            return ReplyErrors.For(reply, path);
        }

        var there = await StatAsync(session, path, LinkHandling.Self, cancel).ConfigureAwait(false);
        var error = (there, expects) switch
        {
            (null, Expects.Nothing or Expects.FileOrNothing) => await MissingAsync(session, path.Parent, cancel).ConfigureAwait(false) ?? ReplyErrors.Of(reply),
            (null, _) => FileError.NotFound,
            (_, Expects.Nothing) => FileError.Exists,
            ({ IsDirectory: true }, Expects.File or Expects.FileOrNothing) => FileError.IsDirectory,
            ({ IsDirectory: false }, Expects.Directory or Expects.EmptyDirectory) => FileError.NotDirectory,
            ({ IsDirectory: true }, Expects.EmptyDirectory) when ReplyErrors.Of(reply) is null =>
                await HasEntriesAsync(session, path, cancel).ConfigureAwait(false) ? FileError.NotEmpty : null,
            _ => ReplyErrors.Of(reply),
        };
        if (error is null || (error == FileError.NotFound && there is not null))
        {
            error = FileError.Denied;
        }

        return new FileException(error.Value, path) { ServerReply = reply.ToString() };
    }

    /// <summary>Why a directory cannot have entries: it is not there, or is none; null where it is one.</summary>
    internal async ValueTask<FileError?> MissingAsync(FtpClientSession session, VirtualPath directory, CancellationToken cancel)
    {
        if (directory.IsRoot)
        {
            return null;
        }

        return await StatAsync(session, directory, LinkHandling.Follow, cancel).ConfigureAwait(false) switch
        {
            { IsDirectory: true } => null,
            not null => FileError.NotDirectory,
            null when directory.Parent.IsRoot => FileError.NotFound,
            null => await MissingAsync(session, directory.Parent, cancel).ConfigureAwait(false) ?? FileError.NotFound,
        };
    }

    private async ValueTask<Exception> ExplainRenameAsync(FtpClientSession session, ServerReply reply, VirtualPath from, VirtualPath to, CancellationToken cancel)
    {
        if (ReplyErrors.IsOfTheWay(reply))
        {
            return ReplyErrors.For(reply, to);
        }

        var source = await StatAsync(session, from, LinkHandling.Self, cancel).ConfigureAwait(false);
        var target = await StatAsync(session, to, LinkHandling.Self, cancel).ConfigureAwait(false);
        FileError? error = (source, target) switch
        {
            (null, _) => FileError.NotFound,
            (_, null) => await MissingAsync(session, to.Parent, cancel).ConfigureAwait(false),
            ({ IsDirectory: false }, { IsDirectory: true }) => FileError.IsDirectory,
            ({ IsDirectory: true }, { IsDirectory: false }) => FileError.NotDirectory,
            ({ IsDirectory: true }, { IsDirectory: true }) when await HasEntriesAsync(session, to, cancel).ConfigureAwait(false) => FileError.NotEmpty,

            // The server does not rename over what is there; the caller decides what then (never by deleting first).
            (_, not null) when ReplyErrors.Of(reply) is null or FileError.Exists => FileError.NotSupported,
            _ => null,
        };
        return new FileException(error ?? ReplyErrors.Of(reply) ?? FileError.Denied, to) { ServerReply = reply.ToString() };
    }

    private async ValueTask<bool> HasEntriesAsync(FtpClientSession session, VirtualPath directory, CancellationToken cancel)
    {
        await foreach (var _ in ListAsync(session, directory, cancel).ConfigureAwait(false))
        {
            return true;
        }

        return false;
    }
}
