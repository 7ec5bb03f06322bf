using Wharf.Files;
using Wharf.Ftp.Listings;

namespace Wharf.Ftp.Commands;

/// <summary>
/// STAT, RFC 959 section 4.1.3: with a path a listing over the control connection; without one how the server stands, or, while
/// something runs, how far it is.
/// </summary>
internal sealed class Stat() : FtpCommand("STAT", Argument.Optional, Needs.Login)
{
    public override Beside Beside => Beside.Runs;

    public override string Form => "[<sp> path]";

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        argument.Length > 0 ? ListAsync(session, argument, cancel)
        : session.Transfer is { } transfer ? new(Progress(transfer.Verb, transfer.Path, transfer.Meter.Bytes, transfer.Expected))
        : session.Working is { } verb ? new(new Reply(213, $"{verb} is running."))
        : new(Status(session));

    private static Reply Progress(string verb, VirtualPath path, long bytes, long expected) => expected >= 0
        ? new(213, $"{verb} {path.Value}: {bytes} of {expected} bytes so far.")
        : new(213, $"{verb} {path.Value}: {bytes} bytes so far.");

    private static Reply Status(FtpServerSession session)
    {
        var parameters = session.State.Parameters;
        string type = parameters.Type switch
        {
            DataType.Ascii => "A " + parameters.Format,
            DataType.Ebcdic => "E " + parameters.Format,
            DataType.Image => "I",
            _ => "L 8",
        };
        string data = session.Data.IsOpen ? "open" : session.Data.IsPlanned ? "planned" : "none";
        return new(211, $"End of status.")
        {
            Opening = $"Status:",
            Lines =
            [
                FormattableString.Invariant($" {session.Remote.Address} {session.Login!.Name} {(int)session.Age.TotalSeconds}s"),
                FormattableString.Invariant($" TYPE {type}, STRU {(parameters.Structure == Structure.File ? 'F' : 'R')}, MODE {parameters.Mode}"),
                " DATA " + data,
                .. Protected(session),
            ],
        };
    }

    private static IEnumerable<string> Protected(FtpServerSession session) => session.Protection.IsOn
        ? [FormattableString.Invariant($" {session.Protection.Facts?.Protocol ?? "CCC"}, PROT {(session.Protection.IsPrivate ? 'P' : 'C')}")]
        : [];

    /// <summary>213 for a file, 212 for a directory, RFC 959 section 4.2.</summary>
    private static async ValueTask<Reply> ListAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var listing = new Listing(session, ListOptions.Parse(argument), ListCommand.Line(session), "\n"u8.ToArray());
        await using var closing = listing.ConfigureAwait(false);
        await listing.PrepareAsync(cancel).ConfigureAwait(false);
        var lines = new List<string>();
        await foreach (var piece in listing.PiecesAsync(cancel).ConfigureAwait(false))
        {
            // A line that began with three digits could pass for the end of the reply (RFC 959 section 4.2): each begins with a space.
            lines.AddRange(FileNames.Decode(piece.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => " " + line));
            if (lines.Count > session.Options.Limits.StatEntries)
            {
                lines.RemoveRange(session.Options.Limits.StatEntries, lines.Count - session.Options.Limits.StatEntries);
                break;
            }
        }

        return new(listing.IsDirectory ? 212 : 213, $"End of status.") { Opening = $"Status:", Lines = lines };
    }
}
