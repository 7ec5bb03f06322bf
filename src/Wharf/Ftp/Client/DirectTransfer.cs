using Wharf.Files;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>What became of a transfer between two servers.</summary>
/// <param name="Why">Why the file was not copied; null where it was. A server's words.</param>
/// <param name="IsOfThePair">Whether no other file would be copied either.</param>
internal readonly record struct DirectOutcome(string? Why, bool IsOfThePair);

/// <summary>
/// One file from one server straight to another, RFC 959 section 5.2, figure 3: one waits (PASV), the other one is told where (PORT), and
/// STOR and RETR go out together, since either server may say 150 only when they have met. No byte is seen, so no silence of theirs can be
/// told from work: servers end a transfer that stands still, and the caller's overall time ends any. Until they have met, and once one has
/// said that it is done, the client's own limits count. What fails leaves a session that is quiet, or closes it.
/// </summary>
/// <param name="source">Rented, and used by nobody else.</param>
/// <param name="target">Rented, and used by nobody else.</param>
/// <param name="from">At the source.</param>
/// <param name="to">At the target.</param>
internal sealed class DirectTransfer(FtpClientSession source, FtpClientSession target, VirtualPath from, VirtualPath to)
{
    /// <summary>Copies it.</summary>
    /// <exception cref="ConnectionException">One of the sessions was lost before it began.</exception>
    public async ValueTask<DirectOutcome> RunAsync(CancellationToken cancel)
    {
        if (source.Data.Protects != target.Data.Protects)
        {
            return new("only one of them protects its data connections", IsOfThePair: true);
        }

        var (client, verb) = source.Data.Protects ? TlsClient() : (null, "PASV");
        if (source.Data.Protects && client is null)
        {
            return new("neither has SSCN or CPSV", IsOfThePair: true);
        }

        bool switches = client is not null && verb == "PASV";
        try
        {
            await source.PlainAsync(from, cancel).ConfigureAwait(false);
            await target.PlainAsync(to, cancel).ConfigureAwait(false);
            if (switches)
            {
                var reply = await client!.AskAsync("SSCN", "ON", cancel).ConfigureAwait(false);
                if (!reply.IsSuccess)
                {
                    return Refused(reply);
                }
            }

            // The target waits first, as lftp has it; a source that does not connect elsewhere may still be connected to.
            bool sourceWaits = verb == "CPSV" && client == source;
            var refusal = await AgreeAsync(sourceWaits, verb, cancel).ConfigureAwait(false);
            if (refusal is not null && verb == "PASV" && source.IsAlive && target.IsAlive)
            {
                refusal = await AgreeAsync(sourceWaits: true, verb, cancel).ConfigureAwait(false);
            }

            var outcome = refusal is not null ? new(refusal.ToString(), IsOfThePair: true) : await MoveAsync(cancel).ConfigureAwait(false);
            if (switches)
            {
                await RestoreAsync(client!, cancel).ConfigureAwait(false);
            }

            return outcome;
        }
        catch
        {
            Break("A transfer between two servers was ended.");
            throw;
        }
    }

    /// <summary>Which of them becomes the TLS client, where by nature both are servers, and what makes one of them wait.</summary>
    private (FtpClientSession? Client, string Verb) TlsClient() =>
        source.Features.Has("SSCN") ? (source, "PASV")
        : target.Features.Has("SSCN") ? (target, "PASV")
        : target.Features.Has("CPSV") ? (target, "CPSV")
        : source.Features.Has("CPSV") ? (source, "CPSV")
        : (null, "PASV");

    /// <summary>Null where they know of each other, else the refusal.</summary>
    private async ValueTask<ServerReply?> AgreeAsync(bool sourceWaits, string verb, CancellationToken cancel)
    {
        var (waits, connects) = sourceWaits ? (source, target) : (target, source);
        var (place, offered) = await waits.Data.OfferAsync(verb, cancel).ConfigureAwait(false);
        if (place is null)
        {
            return offered;
        }

        var told = await connects.Data.PointAsync(place, cancel).ConfigureAwait(false);
        return told.IsSuccess ? null : told;
    }

    private async ValueTask<DirectOutcome> MoveAsync(CancellationToken cancel)
    {
        var store = new PendingCommand("STOR", Paths.Argument(to));
        var retrieve = new PendingCommand("RETR", Paths.Argument(from));
        await target.SendAsync([store], cancel).ConfigureAwait(false);
        await source.SendAsync([retrieve], cancel).ConfigureAwait(false);
        var ended = Task.WhenAny(store.Final, retrieve.Final);
        var begun = Task.WhenAll(store.Opening, retrieve.Opening);
        var patience = target.Options.Timeouts.Connect;
        try
        {
            _ = await Task.WhenAny(begun, ended).WaitAsync(patience > TimeSpan.Zero ? patience : Timeout.InfiniteTimeSpan, target.Clock, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Break("Two servers did not meet.");
            return new(FormattableString.Invariant($"they did not meet within {patience.TotalSeconds:0.#} seconds"), IsOfThePair: true);
        }

        try
        {
            return await EndAsync(store.Final, retrieve.Final, cancel).ConfigureAwait(false);
        }
        catch (ConnectionException lost)
        {
            // ProFTPD ends its session where TLS with the other server fails; one that turned the other away may wait for it for ever.
            Break("A transfer between two servers failed.");
            return new(lost.Message, IsOfThePair: true);
        }
    }

    /// <summary>Both must say that it is done.</summary>
    private async ValueTask<DirectOutcome> EndAsync(Task<ServerReply> stored, Task<ServerReply> retrieved, CancellationToken cancel)
    {
        bool storedFirst = await Task.WhenAny(stored, retrieved).WaitAsync(cancel).ConfigureAwait(false) == stored;
        var (first, second) = storedFirst ? (target, source) : (source, target);
        var reply = await first.ReplyAsync(storedFirst ? stored : retrieved, cancel).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            // The other one waits for bytes, or has an answer on its way. ABOR has as many answers as there are servers: closing has one.
            second.Break(ConnectionError.Lost, $"{first.Name} refused: {FileNames.ForDisplay(reply.ToString())}");
            return Refused(reply);
        }

        reply = await second.ReplyAsync(storedFirst ? retrieved : stored, cancel).ConfigureAwait(false);
        return reply.IsSuccess ? default : Refused(reply);
    }

    /// <summary>A TLS server again, as for data connections of ours; else it is not used any more.</summary>
    private static async ValueTask RestoreAsync(FtpClientSession client, CancellationToken cancel)
    {
        try
        {
            if (client.IsAlive && !(await client.AskAsync("SSCN", "OFF", cancel).ConfigureAwait(false)).IsSuccess)
            {
                client.Break(ConnectionError.Protocol, $"{client.Name} stays a TLS client.");
            }
        }
        catch (ConnectionException over)
        {
            // What became of the file is known already.
            client.Break(over.Error, over.Message);
        }
    }

    /// <summary>Codes that speak of a file or of room (RFC 959 section 4.2.2, x5z) say nothing of the next one.</summary>
    private static DirectOutcome Refused(ServerReply reply) =>
        new(reply.ToString(), IsOfThePair: reply.Code is not (450 or 451 or 452 or (>= 550 and <= 559)));

    private void Break(string why)
    {
        source.Break(ConnectionError.Lost, why);
        target.Break(ConnectionError.Lost, why);
    }
}
