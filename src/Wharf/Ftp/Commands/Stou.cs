using System.Security.Cryptography;
using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>
/// STOU, RFC 959 section 4.1.3: as STOR, under a name nobody has. 150 says it as RFC 1123 section 4.1.2.9 wants: "FILE: name". An
/// argument, which some clients send, is the beginning of the name.
/// </summary>
internal sealed class Stou() : FtpCommand("STOU", Argument.Optional, Needs.Login)
{
    /// <summary>Random hexadecimal digits: two uploads meet once in 2^48.</summary>
    private const int RandomDigits = 12;

    public override Beside Beside => Beside.IsTransfer;

    public override bool Receives => true;

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (session.State.TakeStart() is not (0, null))
        {
            return new(Reply.BadSequence($"A new file begins at its beginning."));
        }

        string name = (argument.Length == 0 ? "upload" : argument) + "." + RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true);
        return Stor.ReceiveAsync(session, Verb, session.Resolve(name), start: default, append: false, unique: name, cancel);
    }
}

/// <summary>ALLO, RFC 959 section 4.1.3: whether so many bytes would find room, and a hint for the next upload. "R m" means nothing here.</summary>
internal sealed class Allo() : FtpCommand("ALLO", Argument.Required, Needs.Login)
{
    public override string Form => "<sp> bytes [<sp> R <sp> record-bytes]";

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        string[] words = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool formed = words.Length is 1 or 3 && Number.Parse(words[0]) is not null
            && (words.Length == 1 || (words[1].Equals("R", StringComparison.OrdinalIgnoreCase) && Number.Parse(words[2]) is not null));
        if (!formed)
        {
            return Reply.BadArgument($"A number of bytes, and R and a number for records.");
        }

        long bytes = Number.Parse(words[0])!.Value;
        var space = await session.Files.SpaceAsync(session.State.Directory, cancel).ConfigureAwait(false);
        if (bytes > space.AvailableBytes)
        {
            throw new FileException(FileError.NoSpace, session.State.Directory);
        }

        session.State.Allocate = bytes;
        return Reply.Okay($"There is room.");
    }
}

/// <summary>AVBL, draft-peterson-streamlined-ftp-command-extensions section 4: bytes free where that path lies.</summary>
internal sealed class Avbl() : FtpCommand("AVBL", Argument.Optional, Needs.Login)
{
    public override string Form => "[<sp> path]";

    public override IEnumerable<string> Features(FtpServerSession session) => ["AVBL"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var space = await session.Files.SpaceAsync(session.Resolve(argument), cancel).ConfigureAwait(false);
        return Reply.FileStatus(FormattableString.Invariant($"{space.AvailableBytes}"));
    }
}
