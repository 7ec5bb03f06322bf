using Wharf.Files;
using Wharf.Ftp.Data;
using Wharf.Ftp.Listings;

namespace Wharf.Ftp.Commands;

/// <summary>LIST and NLST, RFC 959 section 4.1.3, and MLSD, RFC 3659 section 7. A restart position is spent, and cuts nothing.</summary>
internal sealed class ListCommand(string verb) : FtpCommand(verb, Argument.Optional, Needs.Login)
{
    public override Beside Beside => Beside.IsTransfer;

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        _ = session.State.TakeStart();
        var parameters = session.State.Parameters.ForText;
        byte[] lineEnd = FileTransfers.SendsTextAsMade(parameters) ? [(byte)'\r', (byte)'\n'] : [(byte)'\n'];
        var listing = await MakeAsync(session, argument, lineEnd, cancel).ConfigureAwait(false);
        await using var closing = listing.ConfigureAwait(false);
        await listing.PrepareAsync(cancel).ConfigureAwait(false);
        if (listing is { Machine: not null, IsDirectory: false })
        {
            // RFC 3659 section 7.2.1.
            return Reply.BadArgument($"MLSD is for directories.");
        }

        using var transfer = new Transfer(session, Verb, listing.Path, parameters, cancel) { IsListing = true };
        return await transfer.RunAsync((connection, stop) =>
            FileTransfers.SendTextAsync(transfer, session, listing.PiecesAsync(stop), connection, stop)).ConfigureAwait(false);
    }

    private async ValueTask<Listing> MakeAsync(FtpServerSession session, string argument, byte[] lineEnd, CancellationToken cancel)
    {
        if (Verb == "MLSD")
        {
            var place = await MlstPlace.OfAsync(session.Files, session.Resolve(argument), cancel).ConfigureAwait(false);
            var machine = new MlstLine(session.State.Facts, place);
            return new(session, new ListOptions(argument), machine, lineEnd) { Machine = machine };
        }

        var options = ListOptions.Parse(argument);
        return new(session, options, Verb == "NLST" && !options.Long ? new NameLine() : Line(session), lineEnd);
    }

    /// <summary>How LIST and STAT write, by the setting.</summary>
    public static LineFormat Line(FtpServerSession session) =>
        session.Options.ListStyle == ListStyle.Dos ? new DosLine() : new UnixLine(session.Clock.GetUtcNow().UtcDateTime);
}

/// <summary>MLST, RFC 3659 section 7: the facts of one thing, over the control connection. A link is shown as itself, as in MLSD.</summary>
internal sealed class Mlst() : FtpCommand("MLST", Argument.Optional, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => [FactNames.Feature(session.State.Facts)];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = session.Resolve(argument);
        var entry = await session.Files.StatAsync(path, LinkHandling.Self, cancel).ConfigureAwait(false)
            ?? throw new FileException(FileError.NotFound, path);
        var place = await MlstPlace.OfAsync(session.Files, path.Parent, cancel).ConfigureAwait(false);
        using var line = new LineBuffer();

        // RFC 3659 section 7.2: exactly one space before the facts, here and only here.
        line.Write((byte)' ');
        _ = new MlstLine(session.State.Facts, place).Write(line, entry, "", path.Value, null);
        return Reply.FileDone($"End.") with { Opening = $"Facts:", Lines = [FileNames.Decode(line.Written.Span)] };
    }
}
