using System.Runtime.CompilerServices;
using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>Listings and attributes: MLSD and MLST where the server has them, else LIST, SIZE, MDTM and CWD.</summary>
internal sealed partial class FtpFiles
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        var entries = ListAsync(lease.Session, directory, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var ending = entries.ConfigureAwait(false);
        while (await NextAsync(lease.Session, entries, directory, cancellationToken).ConfigureAwait(false))
        {
            var entry = entries.Current;
            var path = directory.Append(entry.Name);
            if (!Temporary.ContainsKey(path))
            {
                Known.Saw(path, entry);
                yield return entry;
            }
        }

        if (!directory.IsRoot)
        {
            Known.Saw(directory, new Entry { Name = directory.Name, Kind = EntryKind.Directory, Known = EntryFacts.None });
        }

        Known.SawAll(directory);
    }

    private async ValueTask<bool> NextAsync(FtpClientSession session, IAsyncEnumerator<Entry> entries, VirtualPath directory, CancellationToken cancel)
    {
        try
        {
            return await entries.MoveNextAsync().ConfigureAwait(false);
        }
        catch (FileException refused) when (refused.ServerReply is not null && refused.Error is FileError.NotFound or FileError.Denied or FileError.Invalid)
        {
            if (await MissingAsync(session, directory, cancel).ConfigureAwait(false) is { } why)
            {
                throw new FileException(why, directory, refused) { ServerReply = refused.ServerReply };
            }

            throw;
        }
    }

    /// <summary>The entries of a directory over this session.</summary>
    private static async IAsyncEnumerable<Entry> ListAsync(FtpClientSession session, VirtualPath directory, [EnumeratorCancellation] CancellationToken cancel)
    {
        var order = new TransferOrder("MLSD", Paths.Argument(directory), directory);
        var transfer = await session.BeginAsync(order, cancel).ConfigureAwait(false);
        await using var dropping = transfer.ConfigureAwait(false);
        await transfer.OpenAsync(cancel).ConfigureAwait(false);
        using var wire = transfer.Mode.Reader(transfer.Data, FtpClientSession.Parameters(order), session.ModeOptions);
        using var lines = new LineReader(wire);
        bool more = true;
        while (more)
        {
            await transfer.GuardAsync(async () => more = await lines.FillAsync(transfer.Stop).ConfigureAwait(false), cancel).ConfigureAwait(false);
            transfer.Meter.Add(1);
            while (lines.Take() is { } line)
            {
                if (FactLine.Parse(line.TrimEnd('\r'), null) is { } entry)
                {
                    yield return entry;
                }
            }
        }

        _ = await transfer.CompleteAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>What has that name, asked over this session.</summary>
    internal async ValueTask<Entry?> StatAsync(FtpClientSession session, VirtualPath path, LinkHandling links, CancellationToken cancel)
    {
        if (path.Value.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            // No line of FTP can ask for it, so it has no such name here.
            return null;
        }

        var entry = session.Features.Mlst
            ? await FactsOfAsync(session, path, cancel).ConfigureAwait(false)
            : await ProbeAsync(session, path, cancel).ConfigureAwait(false);
        if (entry is { Kind: EntryKind.Link } && links == LinkHandling.Follow)
        {
            entry = await ProbeAsync(session, path, cancel).ConfigureAwait(false);
        }

        if (entry is null)
        {
            Known.Forget(path);
        }
        else if (!path.IsRoot)
        {
            Known.Saw(path, entry);
        }

        return entry;
    }

    /// <summary>MLST, RFC 3659 section 7.</summary>
    private static async ValueTask<Entry?> FactsOfAsync(FtpClientSession session, VirtualPath path, CancellationToken cancel)
    {
        var reply = await session.AskAsync("MLST", Paths.Argument(path), cancel).ConfigureAwait(false);
        if (reply.IsSuccess)
        {
            return FactLine.Parse(reply.Lines.Count > 1 ? reply.Lines[1].TrimStart(' ') : "", path.Name);
        }

        return IsNothing(reply) ? null : throw ReplyErrors.For(reply, path);
    }

    /// <summary>
    /// What a server without MLST tells, and what a link leads to: a file has a SIZE, a directory can be entered. The working directory does not
    /// matter to us: every path is absolute.
    /// </summary>
    private static async ValueTask<Entry?> ProbeAsync(FtpClientSession session, VirtualPath path, CancellationToken cancel)
    {
        string argument = Paths.Argument(path);
        var replies = await session.AskAsync([new("SIZE", argument), new("MDTM", argument), new("CWD", argument)], cancel).ConfigureAwait(false);
        var (time, precision) = replies[1].Code == 213 ? FactTime.Parse(replies[1].Text) : default;
        var known = time is null ? EntryFacts.None : EntryFacts.Modified;
        if (replies[2].IsSuccess)
        {
            return new Entry { Name = path.Name, Kind = EntryKind.Directory, Modified = time ?? DateTime.UnixEpoch, ModifiedPrecision = precision, Known = known };
        }

        if (replies[0].Code == 213 && long.TryParse(replies[0].Text.Trim(), System.Globalization.CultureInfo.InvariantCulture, out long length) && length >= 0)
        {
            return new Entry
            {
                Name = path.Name,
                Kind = EntryKind.File,
                Length = length,
                Modified = time ?? DateTime.UnixEpoch,
                ModifiedPrecision = precision,
                Known = known | EntryFacts.Length,
            };
        }

        return time is null ? null : new Entry { Name = path.Name, Kind = EntryKind.File, Modified = time.Value, ModifiedPrecision = precision, Known = known };
    }

    /// <summary>Whether a refusal says that nothing is there, rather than that we may not know.</summary>
    private static bool IsNothing(ServerReply reply) =>
        reply.Code is 550 or 450 or 553 or 501 && ReplyErrors.Of(reply) is null or FileError.NotFound or FileError.NotDirectory or FileError.Invalid or FileError.NameTooLong or FileError.LinkLoop
        || ReplyErrors.Of(reply) is FileError.NotFound or FileError.NotDirectory;
}
