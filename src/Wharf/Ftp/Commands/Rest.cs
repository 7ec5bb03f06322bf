using System.Globalization;

namespace Wharf.Ftp.Commands;

/// <summary>REST, RFC 3659 section 5: a byte position for the next transfer command alone.</summary>
internal sealed class Rest() : FtpCommand("REST", Argument.Required, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["REST STREAM"];

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (!long.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
        {
            return new(Reply.BadArgument($"A position is a number of bytes."));
        }

        session.State.Restart = offset;
        return new(new Reply(350, $"The next transfer begins at {offset}."));
    }
}
