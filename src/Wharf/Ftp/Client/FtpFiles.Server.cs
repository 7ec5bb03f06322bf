using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>What the server does with its files by itself: hashes and copies.</summary>
internal sealed partial class FtpFiles
{
    /// <inheritdoc/>
    public async ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        var session = lease.Session;
        if (offset < 0 || count < 0)
        {
            throw new FileException(FileError.Invalid, path);
        }

        bool whole = offset == 0 && count == long.MaxValue;
        bool byHash = HashCommands.ByHash(session.Features, algorithm);
        if (byHash && offset == 0 && !whole && !session.Features.Has("RANG"))
        {
            // Who copied a file names its length, and a range that is all of it needs no command for ranges.
            whole = count == await LengthAsync(session, path, cancellationToken).ConfigureAwait(false);
        }

        ServerReply reply;
        if (byHash && (whole || session.Features.Has("RANG")) && count > 0)
        {
            reply = await AskHashAsync(session, path, algorithm, offset, count, whole, cancellationToken).ConfigureAwait(false);
        }
        else if (HashCommands.Verb(session.Features, algorithm) is { } verb)
        {
            // ProFTPD's form: start, and an end that is not included. A name with spaces is quoted as soon as numbers follow it.
            string name = Paths.Argument(path);
            string argument = whole ? name
                : FormattableString.Invariant($"\"{name}\" {offset} {(count > long.MaxValue - offset ? await LengthAsync(session, path, cancellationToken).ConfigureAwait(false) : offset + count)}");
            reply = await session.AskAsync(verb, argument, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            throw new FileException(FileError.NotSupported, path);
        }

        return reply.IsSuccess
            ? HashCommands.Digest(reply, algorithm) ?? throw new FileException(FileError.NotSupported, path) { ServerReply = reply.ToString() }
            : throw await ExplainAsync(session, reply, path, Expects.File, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken)
    {
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        var session = lease.Session;
        if (!session.Features.HasSite("CPFR"))
        {
            throw new FileException(FileError.NotSupported, from);
        }

        Known.Forget(to);
        var begun = await session.AskAsync("SITE", "CPFR " + Paths.Argument(from), cancellationToken).ConfigureAwait(false);
        if (!begun.IsIntermediate)
        {
            throw await ExplainAsync(session, begun, from, Expects.File, cancellationToken).ConfigureAwait(false);
        }

        var done = await session.AskAsync("SITE", "CPTO " + Paths.Argument(to), cancellationToken).ConfigureAwait(false);
        if (!done.IsSuccess)
        {
            throw await ExplainAsync(session, done, to, Expects.FileOrNothing, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<ServerReply> AskHashAsync(
        FtpClientSession session, VirtualPath path, string algorithm, long offset, long count, bool whole, CancellationToken cancel)
    {
        if (!algorithm.Equals(session.HashAlgorithm ?? HashCommands.First(session.Features), StringComparison.OrdinalIgnoreCase))
        {
            // Whoever gives up waiting does not know which one it is.
            session.HashAlgorithm = "";
            var chosen = await session.AskAsync("OPTS", "HASH " + algorithm, cancel).ConfigureAwait(false);
            if (!chosen.IsSuccess)
            {
                throw ReplyErrors.For(chosen, path, FileError.NotSupported);
            }

            session.HashAlgorithm = algorithm;
        }

        if (!whole)
        {
            // draft-bryan-ftp-range: both ends included.
            long last = count > long.MaxValue - offset ? await LengthAsync(session, path, cancel).ConfigureAwait(false) - 1 : offset + count - 1;
            var range = await session.AskAsync("RANG", FormattableString.Invariant($"{offset} {last}"), cancel).ConfigureAwait(false);
            if (!range.IsIntermediate && !range.IsSuccess)
            {
                throw ReplyErrors.For(range, path, FileError.NotSupported);
            }

            // Without HASH the range would be the next call's, so it is never left alone.
            var hash = new PendingCommand("HASH", Paths.Argument(path));
            await session.SendAsync([hash], CancellationToken.None).ConfigureAwait(false);
            return await session.ReplyAsync(hash.Final, cancel).ConfigureAwait(false);
        }

        return await session.AskAsync("HASH", Paths.Argument(path), cancel).ConfigureAwait(false);
    }

    private static async ValueTask<long> LengthAsync(FtpClientSession session, VirtualPath path, CancellationToken cancel) =>
        (await ProbeAsync(session, path, cancel).ConfigureAwait(false))?.Length ?? throw new FileException(FileError.NotFound, path);
}
