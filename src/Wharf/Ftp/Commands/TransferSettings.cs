using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Commands;

/// <summary>TYPE, RFC 959 section 4.1.2: A [N|T|C], E [N|T|C], I, L 8. C (carriage control) is refused.</summary>
internal sealed class TypeCommand() : FtpCommand("TYPE", Argument.Required, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        string[] words = argument.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string second = words.Length > 1 ? words[1] : "";
        TransferParameters? next = (words.FirstOrDefault(), second) switch
        {
            ("A", "" or "N") => session.State.Parameters with { Type = DataType.Ascii, Format = 'N' },
            ("A", "T") => session.State.Parameters with { Type = DataType.Ascii, Format = 'T' },
            ("E", "" or "N") => session.State.Parameters with { Type = DataType.Ebcdic, Format = 'N' },
            ("E", "T") => session.State.Parameters with { Type = DataType.Ebcdic, Format = 'T' },
            ("I", "") => session.State.Parameters with { Type = DataType.Image },
            ("L", "8") => session.State.Parameters with { Type = DataType.Local },
            _ => null,
        };
        if (next is { } parameters && words.Length <= 2)
        {
            session.State.Parameters = parameters;
            return new(Reply.Okay($"Type is {words[0]}."));
        }

        return new(words is ["A" or "E", "C"] or ["L", _] ? Reply.NotForThat($"Not that type.") : Reply.BadArgument($"Types are A, E, I and L 8."));
    }
}

/// <summary>STRU, RFC 959 section 4.1.2: F and R; P is refused, as RFC 1123 section 4.1.2.3 allows.</summary>
internal sealed class Stru() : FtpCommand("STRU", Argument.Required, Needs.Login)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        switch (argument.ToUpperInvariant())
        {
            case "F":
                session.State.Parameters = session.State.Parameters with { Structure = Structure.File };
                break;
            case "R":
                session.State.Parameters = session.State.Parameters with { Structure = Structure.Record };
                break;
            case "P":
                return Reply.NotForThat($"Structures are F and R.");
            default:
                return Reply.BadArgument($"Structures are F and R.");
        }

        await session.Data.CloseAsync().ConfigureAwait(false);
        return Reply.Okay($"Structure is {argument.ToUpperInvariant()}.");
    }
}

/// <summary>MODE, RFC 959 section 4.1.2. FEAT names block mode too, which no RFC wants: our client then knows that a data connection stays open.</summary>
internal sealed class Mode() : FtpCommand("MODE", Argument.Required, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["MODE Z", "MODE B"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (argument.Length != 1 || !char.IsAsciiLetter(argument[0]))
        {
            return Reply.BadArgument($"A mode is one letter.");
        }

        if (ModeTable.Find(argument[0]) is not { } mode)
        {
            return Reply.NotForThat($"Not that mode.");
        }

        session.State.Parameters = session.State.Parameters with { Mode = mode.Letter };
        await session.Data.CloseAsync().ConfigureAwait(false);
        return Reply.Okay($"Mode is {mode.Letter.ToString()}.");
    }
}
