using Wharf.Files;
using Wharf.Ftp.Data;
using Wharf.Ftp.Data.Representations;

namespace Wharf.Ftp.Commands;

/// <summary>
/// STOR and APPE, RFC 959 section 4.1.3. A STOR from the start appears under its name only when it is complete. REST n with
/// STOR, and APPE, work on the complete file that is there, in place: what lies before n stays, what arrived is kept.
/// </summary>
internal sealed class Stor(string verb) : FtpCommand(verb, Argument.Required, Needs.Login)
{
    public override Beside Beside => Beside.IsTransfer;

    public override bool Receives => true;

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (offset, last) = session.State.TakeStart();
        if (last is not null)
        {
            return Reply.BadSequence($"RANG is for RETR and hashes.");
        }

        var path = session.Resolve(argument);
        if (RestartPosition.Refusal(session.State.Parameters, offset) is { } refusal)
        {
            return refusal;
        }

        if (offset == 0)
        {
            return await ReceiveAsync(session, Verb, path, default, append: Verb == "APPE", unique: null, cancel).ConfigureAwait(false);
        }

        // RFC 3659 section 5.3: behind REST, APPE does what STOR does.
        return await FindStartAsync(session, path, offset, cancel).ConfigureAwait(false) is { } start
            ? await ReceiveAsync(session, Verb, path, start.ForReceiving, append: false, unique: null, cancel).ConfigureAwait(false)
            : new(554, $"The file ends before that marker; what came behind it was not kept.");
    }

    /// <summary>Where REST's number is in the file that is there; null for a marker that is not.</summary>
    private static async ValueTask<LocalPosition?> FindStartAsync(FtpServerSession session, VirtualPath path, long position, CancellationToken cancel)
    {
        var parameters = session.State.Parameters;
        bool isMarker = RestartPosition.IsMarker(parameters);
        long length = await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is { } there ? there.Length : 0;
        if (isMarker && position > length)
        {
            return null;
        }

        if (length == 0 || parameters.Structure == Structure.Record || parameters.Type != DataType.Ascii)
        {
            return new(position);
        }

        var file = await session.Files.OpenAsync(path, OpenMode.Read, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        return await RestartPosition.FindAsync(session, file, parameters, position, cancel).ConfigureAwait(false);
    }

    /// <summary>Receives one file.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="verb">The command, for STAT and the log.</param>
    /// <param name="path">Its name.</param>
    /// <param name="start">Where the bytes go; the start without <paramref name="append"/> is a new content.</param>
    /// <param name="append">Whether they go to the end, wherever that is.</param>
    /// <param name="unique">STOU's name, which must be nobody's; else null.</param>
    /// <param name="cancel">The session's end.</param>
    public static async ValueTask<Reply> ReceiveAsync(
        FtpServerSession session, string verb, VirtualPath path, LocalPosition start, bool append, string? unique, CancellationToken cancel)
    {
        bool inPlace = append || start != default;
        var mode = inPlace
            ? new OpenMode(FileAccess.Write, FileCreation.OpenOrCreate) { Append = append, ExpectedLength = session.State.Allocate }
            : OpenMode.Replace with { ExpectedLength = session.State.Allocate };
        session.State.Allocate = 0;
        bool wasThere = session.Options.KeepPartial
            && await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is not null;
        var file = await session.Files.OpenAsync(path, mode, cancel).ConfigureAwait(false);
        await using var closing = file.ConfigureAwait(false);
        if (append && RestartPosition.IsMarker(session.State.Parameters))
        {
            // Markers are positions in the file; where the bytes go is the kernel's.
            start = new((await file.StatAsync(cancel).ConfigureAwait(false)).Length);
        }

        bool complete = false;
        long began = session.Clock.GetTimestamp();
        using var transfer = new Transfer(session, verb, path, session.State.Parameters, cancel) { Unique = unique, IsUpload = true };
        var reply = await transfer.RunAsync(async (connection, stop) =>
        {
            await FileTransfers.ReceiveAsync(transfer, session, file, start, append, connection, stop).ConfigureAwait(false);
            if (transfer.Mode.Letter == 'S' && transfer.Parameters.Structure == Structure.File)
            {
                await MakeSureOfTheClientAsync(session, session.Clock.GetElapsedTime(began), stop).ConfigureAwait(false);
            }

            if (inPlace && session.Options.Durable)
            {
                await file.FlushAsync(stop).ConfigureAwait(false);
            }

            await file.CommitAsync(replace: unique is null, session.Options.Durable, stop).ConfigureAwait(false);
            complete = true;
        }).ConfigureAwait(false);
        if (!complete && !inPlace && session.Options.KeepPartial && !wasThere && transfer.Meter.Bytes > 0)
        {
            await KeepPartialAsync(file).ConfigureAwait(false);
        }

        return reply;
    }

    /// <summary>
    /// A client that was killed closes everything it had, and Linux closes the newest first: the end of its data comes a little
    /// before the end of its control connection, and is not the end of its file. MODE S has no other sign, so an upload waits a
    /// tenth of its own time, at most <see cref="FtpLimits.KilledClient"/>, before it counts as complete.
    /// </summary>
    private static async ValueTask MakeSureOfTheClientAsync(FtpServerSession session, TimeSpan took, CancellationToken stop)
    {
        var wait = took / 10 < session.Options.Limits.KilledClient ? took / 10 : session.Options.Limits.KilledClient;
        if (!session.ClientHasLeft && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, session.Clock, stop).ConfigureAwait(false);
        }

        if (session.ClientHasLeft)
        {
            throw new IOException("The client left.");
        }
    }

    /// <summary>Keeps what arrived of a fresh upload, unless somebody else has made the file meanwhile.</summary>
    private static async ValueTask KeepPartialAsync(IFile file)
    {
        try
        {
            // Not cancelled with the session: the client that broke off is the one who wants to resume.
            await file.CommitAsync(replace: false, durable: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (FileException failure) when (failure.Error == FileError.Exists)
        {
            // Theirs is complete, ours is not.
            return;
        }
    }
}
