using System.Buffers;
using System.Runtime.CompilerServices;
using Wharf.Files;
using Wharf.Ftp.Listings.Parsing;

namespace Wharf.Ftp.Client;

/// <summary>Listings and attributes: MLSD and MLST where the server has them, else LIST, SIZE, MDTM and CWD.</summary>
internal sealed partial class FtpFiles
{
    /// <summary>What makes a name a pattern to servers.</summary>
    private static readonly SearchValues<char> PatternSigns = SearchValues.Create("*?[]{}\\");

    /// <summary>How far the times of LIST are ahead of UTC; null where nobody knows yet.</summary>
    private TimeSpan? _offset;

    /// <summary>Most characters of a listing that wait for its zone to be found out.</summary>
    private const long MostHeld = 1 << 20;

    /// <summary>What a line costs besides its characters.</summary>
    private const int LineOverhead = 32;

    /// <summary>Whether LIST takes "-a" for a name.</summary>
    private bool _refusesOptions;

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
    private async IAsyncEnumerable<Entry> ListAsync(FtpClientSession session, VirtualPath directory, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (session.Features.Mlst)
        {
            var facts = ListedAsync(session, ListingKind.Facts, directory, cancel).GetAsyncEnumerator(cancel);
            await using var closing = facts.ConfigureAwait(false);
            while (await HasFactsAsync(session, facts).ConfigureAwait(false))
            {
                yield return facts.Current;
            }

            if (session.Features.Mlst)
            {
                yield break;
            }
        }

        if (_offset is null && session.Features.Has("MDTM"))
        {
            await foreach (var entry in ListFirstAsync(session, directory, cancel).ConfigureAwait(false))
            {
                yield return entry;
            }

            yield break;
        }

        await foreach (var entry in ListedAsync(session, ListingKind.Lines, directory, cancel).ConfigureAwait(false))
        {
            yield return entry;
        }
    }

    /// <summary>The next entry of MLSD; false at its end, and where the server turns out not to have it, against its FEAT.</summary>
    private static async ValueTask<bool> HasFactsAsync(FtpClientSession session, IAsyncEnumerator<Entry> facts)
    {
        try
        {
            return await facts.MoveNextAsync().ConfigureAwait(false);
        }
        catch (FileException refused) when (refused.Error == FileError.NotSupported)
        {
            session.Features.LacksMlst();
            return false;
        }
    }

    private async IAsyncEnumerable<Entry> ListedAsync(
        FtpClientSession session, ListingKind kind, VirtualPath directory, [EnumeratorCancellation] CancellationToken cancel)
    {
        var parser = new ListingParser(Context(session, kind, directory));
        await foreach (string line in LinesAsync(session, ListOrder(session, kind, directory), cancel).ConfigureAwait(false))
        {
            if (parser.Parse(line) is { } entry)
            {
                yield return entry;
            }
        }

        while (parser.End() is { } entry)
        {
            yield return entry;
        }

        Tell(session, parser, directory);
    }

    /// <summary>
    /// The first LIST of a server: its times are in a zone that nobody tells. A file's time by MDTM, which is UTC, says it (lftp and others take
    /// one for the other, and copy everything anew or nothing). It can only be asked behind the listing, so the lines wait; not those of a
    /// listing that is too long for that.
    /// </summary>
    private async IAsyncEnumerable<Entry> ListFirstAsync(FtpClientSession session, VirtualPath directory, [EnumeratorCancellation] CancellationToken cancel)
    {
        var held = new List<string>();
        long characters = 0;
        var lines = LinesAsync(session, ListOrder(session, ListingKind.Lines, directory), cancel).GetAsyncEnumerator(cancel);
        await using var closing = lines.ConfigureAwait(false);
        bool more;
        while ((more = await lines.MoveNextAsync().ConfigureAwait(false)) && characters < MostHeld)
        {
            held.Add(lines.Current);
            characters += lines.Current.Length + LineOverhead;
        }

        if (!more)
        {
            await LearnZoneAsync(session, held, directory, cancel).ConfigureAwait(false);
        }

        var parser = new ListingParser(Context(session, ListingKind.Lines, directory));
        foreach (string line in held)
        {
            if (parser.Parse(line) is { } entry)
            {
                yield return entry;
            }
        }

        for (; more; more = await lines.MoveNextAsync().ConfigureAwait(false))
        {
            if (parser.Parse(lines.Current) is { } entry)
            {
                yield return entry;
            }
        }

        while (parser.End() is { } entry)
        {
            yield return entry;
        }

        Tell(session, parser, directory);
    }

    /// <summary>Compares one time of these lines with MDTM's.</summary>
    private async ValueTask LearnZoneAsync(FtpClientSession session, List<string> lines, VirtualPath directory, CancellationToken cancel)
    {
        var parser = new ListingParser(Context(session, ListingKind.Lines, directory));
        foreach (string line in lines)
        {
            if (parser.Parse(line) is not { IsFile: true } entry || !entry.Known.HasFlag(EntryFacts.Modified)
                || entry.ModifiedPrecision > TimeSpan.FromMinutes(1) || entry.Name.AsSpan().ContainsAny('\r', '\n'))
            {
                continue;
            }

            var reply = await session.AskAsync("MDTM", Paths.Argument(directory.Append(entry.Name)), cancel).ConfigureAwait(false);
            if (reply.Code == 213 && ListedTime.Fact(reply.Text.Trim()) is { } exact)
            {
                var ahead = entry.Modified - exact.Utc;
                _offset = TimeSpan.FromMinutes(15 * Math.Round(ahead.TotalMinutes / 15));
                if (_offset.Value.Duration() > TimeSpan.FromHours(14))
                {
                    _offset = TimeSpan.Zero;
                }

                Log.Zone(logger, session.Name, _offset.Value);
                break;
            }
        }
    }

    private ListingContext Context(FtpClientSession session, ListingKind kind, VirtualPath directory) => new(kind, clock.GetUtcNow().UtcDateTime)
    {
        Offset = _offset ?? TimeSpan.Zero,
        System = session.Kind,
        Directory = directory.Value,
    };

    /// <summary>MLSD takes any path; LIST takes options and patterns, so the directory is entered first, and hidden names are asked for where that is known.</summary>
    private TransferOrder ListOrder(FtpClientSession session, ListingKind kind, VirtualPath directory)
    {
        if (kind == ListingKind.Facts)
        {
            return new TransferOrder("MLSD", Paths.Argument(directory), directory);
        }

        bool all = session.Kind.Contains("UNIX", StringComparison.OrdinalIgnoreCase) && !_refusesOptions;
        bool ebcdic = session.Kind.Contains("MVS", StringComparison.OrdinalIgnoreCase) || session.Kind.Contains("OS/400", StringComparison.OrdinalIgnoreCase);
        return new TransferOrder("LIST", all ? "-a" : null, directory) { Within = Paths.Argument(directory), Type = ebcdic ? 'A' : 'I' };
    }

    private async IAsyncEnumerable<string> LinesAsync(FtpClientSession session, TransferOrder order, [EnumeratorCancellation] CancellationToken cancel)
    {
        ListingTransfer listing;
        try
        {
            listing = await ListingTransfer.OpenAsync(session, order, cancel).ConfigureAwait(false);
        }
        catch (FileException refused) when (order.Argument == "-a" && refused.Error is FileError.NotSupported or FileError.Invalid)
        {
            _refusesOptions = true;
            listing = await ListingTransfer.OpenAsync(session, order with { Argument = null }, cancel).ConfigureAwait(false);
        }
        catch (FileException nothing) when (order.Verb == "LIST" && nothing.ServerReply is { } said && said.StartsWith("450", StringComparison.Ordinal) | said.Contains("no files", StringComparison.OrdinalIgnoreCase))
        {
            // ProFTPD of old and others say so of an empty directory.
            yield break;
        }

        await using var closing = listing.ConfigureAwait(false);
        do
        {
            while (listing.Take() is { } line)
            {
                yield return line;
            }
        }
        while (await listing.FillAsync(cancel).ConfigureAwait(false));

        await listing.CompleteAsync(cancel).ConfigureAwait(false);
    }

    private void Tell(FtpClientSession session, ListingParser parser, VirtualPath directory)
    {
        if (parser.Refused > 0)
        {
            Log.BadNames(logger, session.Name, parser.Refused, directory.ToString(), FileNames.ForDisplay(parser.FirstOddLine ?? ""));

            // Behind all other entries: whoever copies or removes by them must know that there is more.
            throw new FileException(FileError.BadName, directory);
        }
        else if (parser.Unread > 0)
        {
            Log.OddLines(logger, session.Name, parser.Unread, directory.ToString(), FileNames.ForDisplay(parser.FirstOddLine ?? ""));
        }
    }

    /// <summary>What has that name, asked over this session.</summary>
    /// <param name="session">Which.</param>
    /// <param name="path">The name.</param>
    /// <param name="links">What a link means; without MLST only files that are links can be told.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="full">Whether all attributes are wanted that can be had, rather than kind and length.</param>
    internal async ValueTask<Entry?> StatAsync(FtpClientSession session, VirtualPath path, LinkHandling links, CancellationToken cancel, bool full = false)
    {
        if (path.Value.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            // No line of FTP can ask for it, so it has no such name here.
            return null;
        }

        var entry = session.Features.Mlst
            ? await FactsOfAsync(session, path, cancel).ConfigureAwait(false)
            : await ProbeAsync(session, path, cancel).ConfigureAwait(false);
        if (entry is null && !path.IsRoot && !session.Features.Mlst && !session.Features.Has("SIZE"))
        {
            // A server may have nothing but LIST to tell of a file.
            entry = await FindAsync(session, path, cancel).ConfigureAwait(false);
        }

        if (entry is { Kind: EntryKind.Link } && links == LinkHandling.Follow)
        {
            entry = await ProbeAsync(session, path, cancel).ConfigureAwait(false);
        }
        else if (full && !session.Features.Mlst && entry is { IsFile: true }
            && await LineOfAsync(session, path, cancel).ConfigureAwait(false) is { } line && (line.IsFile || links == LinkHandling.Self))
        {
            entry = line.IsFile && entry.Known.HasFlag(EntryFacts.Modified) ? WithTime(line, entry) : line;
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
            return reply.Lines.Skip(1).Select(line => ListingParser.ParseMlst(line, path.Name)).FirstOrDefault(entry => entry is not null)
                ?? await ProbeAsync(session, path, cancel).ConfigureAwait(false);
        }

        if (ReplyErrors.Of(reply) == FileError.NotSupported)
        {
            session.Features.LacksMlst();
            return await ProbeAsync(session, path, cancel).ConfigureAwait(false);
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
        var (time, precision) = replies[1].Code == 213 && ListedTime.Fact(replies[1].Text.Trim()) is { } fact ? ((DateTime?)fact.Utc, fact.Precision) : default;
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

    /// <summary>
    /// The line of LIST for a file, by STAT, which takes no data connection (RFC 959 section 4.1.3). Only for names that are no pattern, and never
    /// for directories: all their entries would come.
    /// </summary>
    private async ValueTask<Entry?> LineOfAsync(FtpClientSession session, VirtualPath path, CancellationToken cancel)
    {
        if (path.Value.AsSpan().ContainsAny(PatternSigns) || !session.Kind.Contains("UNIX", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var reply = await session.AskAsync("STAT", Paths.Argument(path), cancel).ConfigureAwait(false);
        if (!reply.IsSuccess || reply.Lines.Count != 3)
        {
            return null;
        }

        var parser = new ListingParser(Context(session, ListingKind.Lines, path.Parent));
        return parser.Parse(reply.Lines[1]) is { } entry && entry.Name == path.Name ? entry : null;
    }

    /// <summary>What a line tells, with the exact time and length.</summary>
    private static Entry WithTime(Entry line, Entry exact) => new()
    {
        Name = line.Name,
        Kind = line.Kind,
        Length = exact.Length,
        Modified = exact.Modified,
        ModifiedPrecision = exact.ModifiedPrecision,
        Known = line.Known | exact.Known,
        Mode = line.Mode,
        Owner = line.Owner,
        Group = line.Group,
        OwnerName = line.OwnerName,
        GroupName = line.GroupName,
        Links = line.Links,
    };

    /// <summary>The line of a name in the listing of its directory; null where there is none, or no listing.</summary>
    private async ValueTask<Entry?> FindAsync(FtpClientSession session, VirtualPath path, CancellationToken cancel)
    {
        try
        {
            await foreach (var entry in ListAsync(session, path.Parent, cancel).ConfigureAwait(false))
            {
                if (entry.Name == path.Name)
                {
                    return entry;
                }
            }
        }
        catch (FileException refused) when (refused.Error is FileError.NotFound or FileError.NotDirectory or FileError.Denied or FileError.BadName)
        {
            // Then there is nothing of that name for us.
        }

        return null;
    }

    /// <summary>Whether a refusal says that nothing is there, rather than that we may not know.</summary>
    private static bool IsNothing(ServerReply reply) =>
        reply.Code is 550 or 450 or 553 or 501 && ReplyErrors.Of(reply) is null or FileError.NotFound or FileError.NotDirectory or FileError.Invalid or FileError.NameTooLong or FileError.LinkLoop
        || ReplyErrors.Of(reply) is FileError.NotFound or FileError.NotDirectory;
}
