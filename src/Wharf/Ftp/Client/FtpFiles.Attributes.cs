using Wharf.Files;
using Wharf.Ftp.Commands;

namespace Wharf.Ftp.Client;

/// <summary>Setting attributes, and how much room there is.</summary>
internal sealed partial class FtpFiles
{
    /// <inheritdoc/>
    public async ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken)
    {
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        if (links == LinkHandling.Self && await StatAsync(lease.Session, path, LinkHandling.Self, cancellationToken).ConfigureAwait(false) is { Kind: EntryKind.Link })
        {
            throw new FileException(FileError.NotSupported, path);
        }

        await ChangeAsync(lease.Session, path, change, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        var lease = await RentAsync(cancellationToken).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        var session = lease.Session;
        var entry = await StatAsync(session, path, LinkHandling.Follow, cancellationToken).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, path);
        if (!session.Features.Has("AVBL"))
        {
            throw new FileException(FileError.NotSupported, path);
        }

        var reply = await session.AskAsync("AVBL", Paths.Argument(entry.IsDirectory ? path : path.Parent), cancellationToken).ConfigureAwait(false);
        return reply.Code == 213 && long.TryParse(reply.Text.Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long bytes)
            ? new Space(bytes, bytes, bytes, 4096, 0, 0, VirtualPath.MaxNameBytes, 0, ReadOnly: false)
            : throw ReplyErrors.For(reply, path, FileError.NotSupported);
    }

    /// <summary>The commands that make a change; null where the server has none for a part of it.</summary>
    internal static List<PendingCommand>? Setting(FtpClientSession session, VirtualPath path, AttributeChange change)
    {
        if (change.Created is not null || change.Owner is not null || change.Group is not null || change.Length is not null)
        {
            return null;
        }

        string argument = Paths.Argument(path);
        List<PendingCommand> commands = [];
        if (change.Mode is { } mode)
        {
            string octal = Convert.ToString(mode, 8).PadLeft(3, '0');
            if (!SetsModes(session))
            {
                return null;
            }

            commands.Add(session.Features.HasSite("CHMOD") || !HasFact(session, "UNIX.mode")
                ? new PendingCommand("SITE", $"CHMOD {octal} {argument}")
                : new PendingCommand("MFF", $"UNIX.mode={octal}; {argument}"));
        }

        if ((change.Modified ?? change.Accessed) is not null)
        {
            // Reading times that cannot be set are left as they are: nobody of FTP's looks at them.
            if (change.Modified is not { } time || SetsTimes(session) is not { } verb)
            {
                return change.Modified is null && commands.Count > 0 ? commands : null;
            }

            string text = FtpTime.Format(time);
            commands.Add(verb switch
            {
                "MFF" => new PendingCommand("MFF", $"Modify={text}; {argument}"),
                "SITE UTIME" => new PendingCommand("SITE", $"UTIME {text} {argument}"),
                _ => new PendingCommand(verb, $"{text} {argument}"),
            });
        }

        return commands;
    }

    /// <summary>Sets attributes over this session.</summary>
    internal async ValueTask ChangeAsync(FtpClientSession session, VirtualPath path, AttributeChange change, CancellationToken cancel)
    {
        if (change.Length < 0 || change.Mode is < 0 or > 0xFFF)
        {
            throw new FileException(FileError.Invalid, path);
        }

        var commands = Setting(session, path, change with { Length = null });
        if (commands is null)
        {
            throw new FileException(FileError.NotSupported, path);
        }

        if (change.Length is { } length)
        {
            await CutAsync(session, path, length, cancel).ConfigureAwait(false);
        }

        if (commands.Count > 0)
        {
            Known.Forget(path);
            foreach (var reply in await session.AskAsync(commands, cancel).ConfigureAwait(false))
            {
                if (!reply.IsSuccess)
                {
                    throw await ExplainAsync(session, reply, path, Expects.Anything, cancel).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>FTP can only cut a file to nothing, by storing nothing; any other length is not for it.</summary>
    private async ValueTask CutAsync(FtpClientSession session, VirtualPath path, long length, CancellationToken cancel)
    {
        var entry = await StatAsync(session, path, LinkHandling.Follow, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, path);
        if (!entry.IsFile)
        {
            throw new FileException(entry.IsDirectory ? FileError.IsDirectory : FileError.NotRegular, path);
        }

        if (entry.Length == length && entry.Known.HasFlag(EntryFacts.Length))
        {
            return;
        }

        if (length != 0)
        {
            throw new FileException(FileError.NotSupported, path);
        }

        await StoreNothingAsync(session, path, cancel).ConfigureAwait(false);
    }

    /// <summary>Makes an empty file, or makes a file empty.</summary>
    internal async ValueTask StoreNothingAsync(FtpClientSession session, VirtualPath path, CancellationToken cancel)
    {
        Known.Forget(path);
        try
        {
            var transfer = await session.BeginAsync(new TransferOrder("STOR", Paths.Argument(path), path), cancel).ConfigureAwait(false);
            await using var dropping = transfer.ConfigureAwait(false);
            await transfer.OpenAsync(cancel).ConfigureAwait(false);
            using var nothing = transfer.Mode.Writer(transfer.Data, FtpClientSession.Parameters(transfer.Order), session.ModeOptions);
            await transfer.GuardAsync(async () => await nothing.FinishAsync(transfer.Stop).ConfigureAwait(false), cancel).ConfigureAwait(false);
            await transfer.FinishAsync(cancel).ConfigureAwait(false);
            _ = await transfer.CompleteAsync(cancel).ConfigureAwait(false);
        }
        catch (FileException refused) when (refused.ServerReply is not null)
        {
            throw await ExplainAsync(session, refused, path, Expects.FileOrNothing, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Whether permission bits can be set. SITE CHMOD is mostly there without being named anywhere.</summary>
    internal static bool SetsModes(FtpClientSession session) =>
        session.Features.HasSite("CHMOD") || HasFact(session, "UNIX.mode") || session.Behaviour.Server == "vsftpd";

    /// <summary>The command that sets the last change; null for none.</summary>
    private static string? SetsTimes(FtpClientSession session) =>
        session.Features.Has("MFMT") ? "MFMT"
        : HasFact(session, "Modify") ? "MFF"
        : session.Features.HasSite("UTIME") ? "SITE UTIME"
        : session.Features.Has("MDTM") && session.Behaviour.Server == "vsftpd" ? "MDTM"
        : null;

    private static bool HasFact(FtpClientSession session, string fact) =>
        session.Features["MFF"]?.Split([';', ' ']).Contains(fact, StringComparer.OrdinalIgnoreCase) == true;
}
