namespace Wharf.Ftp.Commands;

/// <summary>
/// RANG, draft-bryan-ftp-range section 3: the bytes of the next RETR or HASH, both ends included. "RANG 1 0" takes it back, as
/// does the next transfer command.
/// </summary>
internal sealed class Rang() : FtpCommand("RANG", Argument.Required, Needs.Login)
{
    public override string Form => "<sp> first <sp> last";

    public override IEnumerable<string> Features(FtpServerSession session) => ["RANG STREAM"];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (argument.Split(' ') is not [var one, var other] || Number.Parse(one) is not { } first || Number.Parse(other) is not { } last)
        {
            return new(Reply.BadArgument($"The first and the last byte, two numbers."));
        }

        if ((first, last) is (1, 0))
        {
            session.State.Range = null;
            return new(new Reply(350, $"The whole file again."));
        }

        if (last < first || last == long.MaxValue)
        {
            return new(Reply.BadArgument($"The first and the last byte, two numbers."));
        }

        session.State.Range = (first, last);
        return new(new Reply(350, $"The next transfer is bytes {first} to {last}."));
    }
}
