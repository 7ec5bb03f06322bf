using Wharf.Files;

namespace Wharf.Ftp.Listings;

/// <summary>
/// A line of MLST and MLSD, RFC 3659 section 7.2: facts, one space, the name to the end of the line. Whatever the name holds
/// but LF, it begins behind the first space and ends with the line.
/// </summary>
/// <param name="facts">Which facts.</param>
/// <param name="place">The directory the entries lie in.</param>
internal sealed class MlstLine(Facts facts, MlstPlace place) : LineFormat
{
    public override bool Write(LineBuffer into, Entry entry, string prefix, string name, string? target)
    {
        Write(into, entry, default);
        return into.Name(prefix) && into.Name(name);
    }

    /// <summary>The line of the directory itself (cdir) or its parent (pdir), RFC 3659 section 7.5.1.</summary>
    public void WriteSelf(LineBuffer into, Entry entry, ReadOnlySpan<byte> type, string name)
    {
        Write(into, entry, type);
        _ = into.Name(name);
    }

    private void Write(LineBuffer into, Entry entry, ReadOnlySpan<byte> type)
    {
        if ((facts & Facts.Type) != 0)
        {
            into.Write("type="u8);
            into.Write(type.IsEmpty ? Type(entry.Kind) : type);
            into.Write((byte)';');
        }

        if ((facts & Facts.Size) != 0 && entry.IsFile)
        {
            into.Write("size="u8);
            into.Right(entry.Length, 0);
            into.Write((byte)';');
        }

        if ((facts & Facts.Modify) != 0)
        {
            into.Write("modify="u8);
            Time(into, entry.Modified);
            into.Write((byte)';');
        }

        if ((facts & Facts.Perm) != 0)
        {
            into.Write("perm="u8);
            Perm(into, entry);
            into.Write((byte)';');
        }

        if ((facts & Facts.Unique) != 0 && entry.FileId != 0)
        {
            into.Write("unique="u8);
            into.Hex(entry.Device);
            into.Write((byte)'g');
            into.Hex(entry.FileId);
            into.Write((byte)';');
        }

        if ((facts & Facts.Create) != 0 && entry.Created is { } created)
        {
            into.Write("create="u8);
            Time(into, created);
            into.Write((byte)';');
        }

        if ((facts & Facts.UnixMode) != 0)
        {
            into.Write("UNIX.mode="u8);
            into.Digits(((entry.Mode >> 9) * 1000) + (((entry.Mode >> 6) & 7) * 100) + (((entry.Mode >> 3) & 7) * 10) + (entry.Mode & 7), 4);
            into.Write((byte)';');
        }

        if ((facts & Facts.UnixOwner) != 0)
        {
            into.Write("UNIX.owner="u8);
            into.Right(Math.Max(entry.Owner, 0), 0);
            into.Write((byte)';');
        }

        if ((facts & Facts.UnixGroup) != 0)
        {
            into.Write("UNIX.group="u8);
            into.Right(Math.Max(entry.Group, 0), 0);
            into.Write((byte)';');
        }

        into.Write((byte)' ');
    }

    /// <summary>A link is shown as itself, without its text: a ';' in it would end the fact.</summary>
    private static ReadOnlySpan<byte> Type(EntryKind kind) => kind switch
    {
        EntryKind.Directory => "dir"u8,
        EntryKind.File => "file"u8,
        EntryKind.Link => "OS.unix=symlink"u8,
        EntryKind.Fifo => "OS.unix=fifo"u8,
        EntryKind.Socket => "OS.unix=socket"u8,
        EntryKind.CharacterDevice => "OS.unix=chr"u8,
        EntryKind.BlockDevice => "OS.unix=blk"u8,
        _ => "OS.unix=unknown"u8,
    };

    /// <summary>YYYYMMDDHHMMSS, RFC 3659 section 2.3; whole seconds, since several clients read no further.</summary>
    private static void Time(LineBuffer into, DateTime time)
    {
        into.Digits(time.Year, 4);
        into.Digits(time.Month, 2);
        into.Digits(time.Day, 2);
        into.Digits(time.Hour, 2);
        into.Digits(time.Minute, 2);
        into.Digits(time.Second, 2);
    }

    /// <summary>
    /// RFC 3659 section 7.5.5, as far as mode bits tell: a bit that any class has counts, since which class we are depends on
    /// the process. Where the disk has no modes, everything is allowed that can be written at all.
    /// </summary>
    private void Perm(LineBuffer into, Entry entry)
    {
        int mode = place.HasModes ? entry.Mode : 0x1FF;
        bool reads = (mode & 0x124) != 0, writes = !place.ReadOnly && (mode & 0x92) != 0, enters = (mode & 0x49) != 0;
        bool moves = !place.ReadOnly && place.DirectoryWritable;
        if (entry.IsDirectory)
        {
            into.Write(writes && enters ? "c"u8 : default);
            into.Write(moves ? "d"u8 : default);
            into.Write(enters ? "e"u8 : default);
            into.Write(moves ? "f"u8 : default);
            into.Write(reads && enters ? "l"u8 : default);
            into.Write(writes && enters ? "mp"u8 : default);
            return;
        }

        bool opens = entry.Kind is EntryKind.File or EntryKind.Link;
        into.Write(opens && writes ? "a"u8 : default);
        into.Write(moves ? "df"u8 : default);
        into.Write(opens && reads ? "r"u8 : default);
        into.Write(opens && writes ? "w"u8 : default);
    }
}

/// <summary>What a directory says about the rights on its entries.</summary>
/// <param name="HasModes">Whether permission bits mean something.</param>
/// <param name="ReadOnly">Whether nothing can be written there at all.</param>
/// <param name="DirectoryWritable">Whether its own bits let entries come and go.</param>
internal readonly record struct MlstPlace(bool HasModes, bool ReadOnly, bool DirectoryWritable)
{
    /// <summary>Looks at a directory. What it refuses to tell counts as allowed: the operation itself will say.</summary>
    public static async ValueTask<MlstPlace> OfAsync(IFileSystem files, VirtualPath directory, CancellationToken cancel)
    {
        bool modes = files.Abilities.HasFlag(Abilities.Modes);
        try
        {
            var entry = await files.StatAsync(directory, LinkHandling.Follow, cancel).ConfigureAwait(false);
            var space = await files.SpaceAsync(directory, cancel).ConfigureAwait(false);
            return new(modes, space.ReadOnly, !modes || entry is null || (entry.Mode & 0x92) != 0);
        }
        catch (FileException)
        {
            return new(modes, ReadOnly: false, DirectoryWritable: true);
        }
    }
}
