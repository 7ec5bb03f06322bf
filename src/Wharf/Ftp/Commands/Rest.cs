using System.Globalization;

namespace Wharf.Ftp.Commands;

/// <summary>
/// REST for the next transfer command alone: in MODE S and Z a count of the bytes that would be transferred (RFC 3659 section
/// 5), in MODE B and C a marker of ours (RFC 959 section 3.5), which is a position in the file.
/// </summary>
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
