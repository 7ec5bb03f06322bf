using Wharf.Ftp.Listings;

namespace Wharf.Ftp.Commands;

/// <summary>OPTS, RFC 2389 section 4. It serves before the login too: Windows Explorer sends OPTS UTF8 ON first of all.</summary>
internal sealed class Opts() : FtpCommand("OPTS", Argument.Required, Needs.Nothing)
{
    public override IEnumerable<string> Features(FtpServerSession session) => OptionTable.Rows.SelectMany(row => row.Features(session));

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (name, value) = CommandTable.Split(argument.Trim(' '));
        return OptionTable.Rows.FirstOrDefault(row => row.Name == name) is { } option
            ? option.RunAsync(session, value.Trim(' '), cancel)
            : new(Reply.BadArgument($"There is no such option."));
    }
}

/// <summary>One command that OPTS sets something for.</summary>
/// <param name="name">Its name, upper case.</param>
internal abstract class FtpOption(string name)
{
    /// <summary>Its name, upper case.</summary>
    public string Name { get; } = name;

    /// <summary>Lines of FEAT that no command of its own shows.</summary>
    public virtual IEnumerable<string> Features(FtpServerSession session) => [];

    /// <summary>Sets it.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="value">What came behind the name, without spaces around; "" for nothing.</param>
    /// <param name="cancel">The session's end.</param>
    public abstract ValueTask<Reply> RunAsync(FtpServerSession session, string value, CancellationToken cancel);
}

/// <summary>All OPTS knows.</summary>
internal static class OptionTable
{
    public static readonly IReadOnlyList<FtpOption> Rows =
    [
        new Utf8Option("UTF8"), new Utf8Option("UTF-8"), new MlstOption(), new HashOption(), new ModeOption(), new MarkOption(),
    ];
}

/// <summary>OPTS UTF8 ON, as drafts before RFC 2640 had it. Names are always UTF-8, and bytes that are not go both ways unchanged.</summary>
internal sealed class Utf8Option(string name) : FtpOption(name)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["UTF8"];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string value, CancellationToken cancel) =>
        new(value.ToUpperInvariant() switch
        {
            "" or "ON" or "NLST" => Reply.Okay($"Names are UTF-8."),
            "OFF" => Reply.NotForThat($"Names are always UTF-8."),
            _ => Reply.BadArgument($"ON, or nothing."),
        });
}

/// <summary>OPTS MLST, RFC 3659 section 7.9: exactly these facts from now on.</summary>
internal sealed class MlstOption() : FtpOption("MLST")
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string value, CancellationToken cancel)
    {
        session.State.Facts = FactNames.Parse(value);
        string chosen = FactNames.List(session.State.Facts);
        return new(new Reply(200, $"{(chosen.Length == 0 ? "MLST OPTS" : "MLST OPTS " + chosen)}"));
    }
}

/// <summary>OPTS HASH, draft-bryan-ftp-hash section 4: the algorithm of HASH, said or set.</summary>
internal sealed class HashOption() : FtpOption("HASH")
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string value, CancellationToken cancel)
    {
        if (value.Length > 0)
        {
            if (HashTable.Find(value) is not { } row)
            {
                return new(Reply.BadArgument($"Unknown algorithm; the current selection stays."));
            }

            session.State.HashAlgorithm = row.Name;
        }

        return new(new Reply(200, $"{session.State.HashAlgorithm}"));
    }
}
