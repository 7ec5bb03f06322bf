namespace Wharf.Ftp.Commands;

/// <summary>HELP, RFC 959 section 4.1.3: all commands, or the form of one.</summary>
internal sealed class Help() : FtpCommand("HELP", Argument.Optional, Needs.Nothing)
{
    private const int PerLine = 8;

    public override string Form => "[<sp> command]";

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (verb, rest) = CommandTable.Split(argument.Trim(' '));
        if (verb == "SITE")
        {
            return SiteHelp.AnswerAsync(session, rest);
        }

        if (verb.Length > 0)
        {
            return new(CommandTable.Find(verb) is { } command && command.IsThere(session)
                ? new Reply(214, $"Form: {command.Verb + " " + command.Form}")
                : new Reply(502, $"There is no such command."));
        }

        return new(new Reply(214, $"End.")
        {
            Opening = $"Commands:",
            Lines = [.. CommandTable.Rows.Where(row => row.IsThere(session)).Select(row => row.Verb).Chunk(PerLine).Select(verbs => " " + string.Join(' ', verbs))],
        });
    }
}

/// <summary>SITE HELP: the commands of SITE, or the form of one.</summary>
internal sealed class SiteHelp() : SiteCommand("HELP", Argument.Optional, "[<sp> command]")
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) => AnswerAsync(session, argument);

    /// <summary>Also HELP SITE.</summary>
    public static ValueTask<Reply> AnswerAsync(FtpServerSession session, string argument)
    {
        string name = argument.Trim(' ').ToUpperInvariant();
        if (name.Length > 0)
        {
            return new(SiteTable.Find(name) is { } row && row.IsThere(session)
                ? new Reply(214, $"Form: {"SITE " + row.Name + " " + row.Form}")
                : Reply.NotForThat($"There is no such SITE command."));
        }

        return new(new Reply(214, $"End.")
        {
            Opening = $"SITE commands:",
            Lines = [.. SiteTable.Rows.Where(row => row.IsThere(session)).Select(row => " " + row.Name + " " + row.Form)],
        });
    }
}
