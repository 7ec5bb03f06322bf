using System.Globalization;
using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>SITE, RFC 959 section 4.1.3: commands of our own within one. Their permission is the file system's, like that of all others.</summary>
internal sealed class Site() : FtpCommand("SITE", Argument.Required, Needs.Login)
{
    // SITE CPTO takes as long as the file is large.
    public override Beside Beside => Beside.IsWork;

    public override string Form => "<sp> command";

    public override IEnumerable<string> Features(FtpServerSession session) =>
        SiteTable.Rows.Where(row => row.IsThere(session)).Select(row => "SITE " + row.Name);

    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (name, rest) = CommandTable.Split(argument);
        if (SiteTable.Find(name) is not { } row || !row.IsThere(session))
        {
            return new(Reply.NotForThat($"There is no such SITE command."));
        }

        return row.Argument == Argument.Required && rest.Length == 0
            ? new(Reply.BadArgument($"{"SITE " + name} needs an argument."))
            : row.RunAsync(session, rest, cancel);
    }
}

/// <summary>One command of SITE.</summary>
/// <param name="name">Its name, upper case.</param>
/// <param name="argument">What it takes.</param>
/// <param name="form">How HELP shows what it takes.</param>
internal abstract class SiteCommand(string name, Argument argument, string form)
{
    /// <summary>Its name, upper case.</summary>
    public string Name { get; } = name;

    /// <summary>What it takes.</summary>
    public Argument Argument { get; } = argument;

    /// <summary>How HELP shows what it takes.</summary>
    public string Form { get; } = form;

    /// <summary>Whether the settings have it.</summary>
    public virtual bool IsThere(FtpServerSession session) => true;

    /// <summary>Does it.</summary>
    public abstract ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel);
}

/// <summary>SITE CHMOD: octal permission bits, then the path. The bits that make a program run as its owner are not for FTP.</summary>
internal sealed class SiteChmod() : SiteCommand("CHMOD", Argument.Required, "<sp> octal-mode <sp> path")
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        int space = argument.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || Parse(argument[..space]) is not { } mode || space == argument.Length - 1)
        {
            return Reply.BadArgument($"A mode is 0 to 777, octal, before the path.");
        }

        var change = new AttributeChange { Mode = mode };
        await session.Files.ChangeAsync(session.Resolve(argument.AsSpan(space + 1).ToString()), change, LinkHandling.Follow, cancel).ConfigureAwait(false);
        return Reply.Okay($"Mode changed.");
    }

    /// <summary>Octal digits as a mode of 0 to 0777; null for anything else.</summary>
    public static int? Parse(string text)
    {
        if (text.Length is 0 or > 5 || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
        {
            return null;
        }

        int mode = Convert.ToInt32(text, 8);
        return mode <= 0x1FF ? mode : null;
    }
}

/// <summary>SITE UTIME in both forms that clients send: "time path", and "path atime mtime ctime UTC".</summary>
internal sealed class SiteUtime() : SiteCommand("UTIME", Argument.Required, "<sp> YYYYMMDDhhmm[ss] <sp> path")
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        string[] words = argument.Split(' ');
        AttributeChange change;
        string name;
        if (words.Length >= 5 && words[^1].Equals("UTC", StringComparison.OrdinalIgnoreCase)
            && Parse(words[^4]) is { } accessed && Parse(words[^3]) is { } modified && Parse(words[^2]) is not null)
        {
            // The time of the last attribute change (the third) cannot be set on any disk.
            change = new AttributeChange { Accessed = accessed, Modified = modified };
            name = string.Join(' ', words[..^4]);
        }
        else if (words.Length >= 2 && Parse(words[0]) is { } time)
        {
            change = new AttributeChange { Modified = time };
            name = string.Join(' ', words[1..]);
        }
        else
        {
            return Reply.BadArgument($"A time is YYYYMMDDhhmm or YYYYMMDDhhmmss, UTC.");
        }

        await session.Files.ChangeAsync(session.Resolve(name), change, LinkHandling.Follow, cancel).ConfigureAwait(false);
        return Reply.Okay($"Times changed.");
    }

    private static DateTime? Parse(string text) => FtpTime.Parse(text.Length == 12 ? text + "00" : text);
}

/// <summary>SITE MKDIR: with all parents that are missing, and no error where it is there, as ProFTPD's; lftp's "mkdir -p" asks for it.</summary>
internal sealed class SiteMkdir() : SiteCommand("MKDIR", Argument.Required, "<sp> path")
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = VirtualPath.Root;
        foreach (string part in session.Resolve(argument.TrimStart(' ')).Parts())
        {
            path = path.Append(part);
            if (await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is not { IsDirectory: true })
            {
                await session.Files.MakeDirectoryAsync(path, null, cancel).ConfigureAwait(false);
            }
        }

        return Reply.Okay($"Directory made.");
    }
}

/// <summary>SITE RMDIR: RMD by another name.</summary>
internal sealed class SiteRmdir() : SiteCommand("RMDIR", Argument.Required, "<sp> path")
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        await session.Files.RemoveDirectoryAsync(session.Resolve(argument), cancel).ConfigureAwait(false);
        return Reply.Okay($"Directory removed.");
    }
}

/// <summary>
/// SITE SYMLINK: target, then link; both seen from the working directory. The link's text is made relative to where it lies, so
/// that it means the same for the machine as for the client and stays inside the root. Off unless set.
/// </summary>
internal sealed class SiteSymlink() : SiteCommand("SYMLINK", Argument.Required, "<sp> target <sp> link")
{
    public override bool IsThere(FtpServerSession session) => session.Options.SiteSymlink;

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (Words.Split(argument) is not [var target, var link])
        {
            return Reply.BadArgument($"Two names; quote one that has spaces.");
        }

        var path = session.Resolve(link);
        await session.Files.MakeLinkAsync(path, Relative(path.Parent, session.Resolve(target)), LinkKind.Symbolic, cancel).ConfigureAwait(false);
        return Reply.Okay($"Link made.");
    }

    /// <summary>The way from a directory to a path in relative steps.</summary>
    internal static string Relative(VirtualPath from, VirtualPath to)
    {
        string[] start = from.Parts(), goal = to.Parts();
        int common = 0;
        while (common < start.Length && common < goal.Length && start[common] == goal[common])
        {
            common++;
        }

        var steps = Enumerable.Repeat("..", start.Length - common).Concat(goal[common..]);
        return string.Join('/', steps) is { Length: > 0 } text ? text : ".";
    }
}

/// <summary>SITE QUOTA: how much room there is for this account.</summary>
internal sealed class SiteQuota() : SiteCommand("QUOTA", Argument.None, "")
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var space = await session.Files.SpaceAsync(session.State.Directory, cancel).ConfigureAwait(false);
        return Reply.Okay($"{space.TotalBytes} bytes in all, {space.TotalBytes - space.FreeBytes} used, {space.AvailableBytes} free for you.");
    }
}

/// <summary>SITE IDLE: how long this session may be silent, seconds; said, or set up to a limit.</summary>
internal sealed class SiteIdle() : SiteCommand("IDLE", Argument.Optional, "[<sp> seconds]")
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var limits = session.Options.Limits;
        if (argument.Length > 0)
        {
            int longest = (int)limits.MaxIdle.TotalSeconds;
            if (!int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds < 1 || seconds > longest)
            {
                return new(Reply.BadArgument($"From 1 to {longest} seconds."));
            }

            session.State.Idle = TimeSpan.FromSeconds(seconds);
        }

        return new(Reply.Okay($"The session may be silent for {(int)(session.State.Idle ?? limits.ControlIdle).TotalSeconds} seconds."));
    }
}

/// <summary>SITE WHO: the sessions of one's own account, nobody else's.</summary>
internal sealed class SiteWho() : SiteCommand("WHO", Argument.None, "")
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var own = session.Server.Sessions.Where(other => other.Login?.Name == session.Login?.Name).OrderByDescending(other => other.Age);
        return new(Reply.Okay($"End.") with { Opening = $"Your sessions:", Lines = [.. own.Select(Line)] });

        string Line(FtpServerSession other)
        {
            string doing = other.Transfer is { } transfer
                ? FormattableString.Invariant($"{transfer.Verb} {FileNames.ForDisplay(transfer.Path.Value)} {transfer.Meter.Bytes}")
                : "-";
            return FormattableString.Invariant($" {other.Id}{(other == session ? "*" : "")} {other.Remote.Address} {(int)other.Age.TotalSeconds}s {doing}");
        }
    }
}
