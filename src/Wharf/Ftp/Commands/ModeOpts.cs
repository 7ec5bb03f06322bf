using System.Globalization;

namespace Wharf.Ftp.Commands;

/// <summary>OPTS MODE Z LEVEL n, draft-preston-ftpext-deflate-04 section 3: how hard RETR and listings are deflated, 1 to 9.</summary>
internal sealed class ModeOption() : FtpOption("MODE")
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string value, CancellationToken cancel)
    {
        string[] words = value.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["Z", "LEVEL", var digits]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int level) && level is >= 1 and <= 9)
        {
            session.State.DeflateLevel = level;
            return new(Reply.Okay($"MODE Z has level {level}."));
        }

        return new(Reply.BadArgument($"The form is OPTS MODE Z LEVEL 1 to 9."));
    }
}

/// <summary>OPTS MARK n, ours: RETR in MODE B and C inserts a restart marker every n bytes of the file; 0, the default, none.</summary>
internal sealed class MarkOption() : FtpOption("MARK")
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string value, CancellationToken cancel)
    {
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
        {
            return new(Reply.BadArgument($"The form is OPTS MARK n: a marker every n bytes, 0 for none."));
        }

        session.State.MarkEvery = bytes;
        return new(bytes == 0 ? Reply.Okay($"No restart markers.") : Reply.Okay($"A restart marker every {bytes} bytes."));
    }
}
