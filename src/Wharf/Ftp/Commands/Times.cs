using System.Globalization;
using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>
/// MDTM, RFC 3659 section 3: the last change, UTC, in whole seconds since several clients read no further. With a time before
/// the name it sets it, as older clients expect of servers without MFMT; a file that has that whole text as its name wins.
/// </summary>
internal sealed class Mdtm() : FtpCommand("MDTM", Argument.Required, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["MDTM"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = session.Resolve(argument);
        if (await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is { } entry)
        {
            return Reply.FileStatus(FtpTime.Format(entry.Modified));
        }

        return FtpTime.Split(argument) is ({ } time, { } name)
            ? await ModifyTime.SetAsync(session, "Modify", new AttributeChange { Modified = time }, name, cancel).ConfigureAwait(false)
            : throw new FileException(FileError.NotFound, path);
    }
}

/// <summary>MFMT and MFCT, draft-somers-ftp-mfxx sections 3 and 4: set the last change, or the creation where the disk can.</summary>
internal sealed class ModifyTime(string verb) : FtpCommand(verb, Argument.Required, Needs.Login)
{
    public override string Form => "<sp> YYYYMMDDHHMMSS <sp> path";

    public override IEnumerable<string> Features(FtpServerSession session) => Verb == "MFMT" || SetsCreation(session) ? [Verb] : [];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (FtpTime.Split(argument) is not ({ } time, { } name))
        {
            return Reply.BadArgument($"A time is YYYYMMDDHHMMSS, UTC.");
        }

        if (Verb == "MFMT")
        {
            return await SetAsync(session, "Modify", new AttributeChange { Modified = time }, name, cancel).ConfigureAwait(false);
        }

        return SetsCreation(session)
            ? await SetAsync(session, "Create", new AttributeChange { Created = time }, name, cancel).ConfigureAwait(false)
            : Reply.NotForThat($"Creation times cannot be set here.");
    }

    /// <summary>Whether creation times can be set; before the login nobody knows.</summary>
    public static bool SetsCreation(FtpServerSession session) => session.Login?.Files.Abilities.HasFlag(Abilities.CreationTimes) == true;

    /// <summary>Sets one time and answers as the draft has it, with the fact as it is now.</summary>
    public static async ValueTask<Reply> SetAsync(FtpServerSession session, string fact, AttributeChange change, string name, CancellationToken cancel)
    {
        await session.Files.ChangeAsync(session.Resolve(name), change, LinkHandling.Follow, cancel).ConfigureAwait(false);
        return Reply.FileStatus($"{fact}={FtpTime.Format((change.Modified ?? change.Created)!.Value)}; {name}");
    }
}

/// <summary>MFF, draft-somers-ftp-mfxx section 5: several facts of one file in one step.</summary>
internal sealed class Mff() : FtpCommand("MFF", Argument.Required, Needs.Login)
{
    public override string Form => "<sp> fact=value;... <sp> path";

    public override IEnumerable<string> Features(FtpServerSession session) =>
        [ModifyTime.SetsCreation(session) ? "MFF Create;Modify;UNIX.mode;" : "MFF Modify;UNIX.mode;"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        int space = argument.IndexOf(' ', StringComparison.Ordinal);

        // Section 5.1 wants ";" behind each fact; ncftp leaves out the last one, and ProFTPD takes that.
        if (space < 2 || space == argument.Length - 1)
        {
            return Reply.BadArgument($"Facts are name=value; and a space before the path.");
        }

        var change = default(AttributeChange);
        string facts = argument[..space], name = argument[(space + 1)..];
        foreach (string fact in facts.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = fact.IndexOf('=', StringComparison.Ordinal);
            string value = fact[(equals + 1)..];
            switch (equals < 0 ? "" : fact[..equals].ToUpperInvariant())
            {
                case "MODIFY" when FtpTime.Parse(value) is { } time:
                    change = change with { Modified = time };
                    break;
                case "CREATE" when ModifyTime.SetsCreation(session) && FtpTime.Parse(value) is { } time:
                    change = change with { Created = time };
                    break;
                case "UNIX.MODE" when SiteChmod.Parse(value) is { } mode:
                    change = change with { Mode = mode };
                    break;
                case "MODIFY" or "UNIX.MODE":
                    return Reply.BadArgument($"That is no value of the fact.");
                default:
                    return Reply.NotForThat($"That fact cannot be set.");
            }
        }

        await session.Files.ChangeAsync(session.Resolve(name), change, LinkHandling.Follow, cancel).ConfigureAwait(false);
        return Reply.FileStatus($"{facts.TrimEnd(';')}; {name}");
    }
}

/// <summary>Times as FTP writes them, RFC 3659 section 2.3: YYYYMMDDHHMMSS and, where given, a fraction; always UTC.</summary>
internal static class FtpTime
{
    private const string Seconds = "yyyyMMddHHmmss";

    public static string Format(DateTime time) => time.ToString(Seconds, CultureInfo.InvariantCulture);

    /// <summary>The time a text means; null for anything else.</summary>
    public static DateTime? Parse(string text)
    {
        string format = text.Length is > 15 and <= 22 && text[14] == '.' ? Seconds + "." + new string('f', text.Length - 15) : Seconds;
        return DateTime.TryParseExact(
            text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
    }

    /// <summary>Time, one space, and the rest as a name; nulls where it is not of that form.</summary>
    public static (DateTime? Time, string? Name) Split(string argument)
    {
        int space = argument.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && space < argument.Length - 1 && Parse(argument[..space]) is { } time ? (time, argument[(space + 1)..]) : (null, null);
    }
}
