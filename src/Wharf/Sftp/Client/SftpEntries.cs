using Wharf.Files;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <summary>ATTRS of version 3 as a client reads and writes them.</summary>
internal static class SftpEntries
{
    private const long TicksPerSecond = TimeSpan.TicksPerSecond;

    /// <summary>How exact times are: version 3 has seconds.</summary>
    public static TimeSpan TimePrecision { get; } = TimeSpan.FromSeconds(1);

    /// <summary>What a server tells of a name. What it leaves out is left out of <see cref="Entry.Known"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="people">What its line for people tells besides.</param>
    public static Entry Of(string name, in Attributes attributes, ListedOwners people = default)
    {
        var flags = attributes.Flags;
        bool hasMode = (flags & AttributeFlags.Permissions) != 0;
        bool hasTimes = (flags & AttributeFlags.Times) != 0;
        bool hasLength = (flags & AttributeFlags.Size) != 0 && attributes.Size <= long.MaxValue;
        return new Entry
        {
            Name = name,
            Kind = hasMode ? UnixMode.KindOf(attributes.Permissions) : EntryKind.Unknown,
            Length = hasLength ? (long)attributes.Size : 0,
            Modified = hasTimes ? Time(attributes.Modified) : DateTime.UnixEpoch,
            Accessed = hasTimes ? Time(attributes.Accessed) : null,
            ModifiedPrecision = TimePrecision,
            Mode = hasMode ? (int)(attributes.Permissions & Version3.PermissionBits) : 0,
            Owner = attributes.Owner,
            Group = attributes.Group,
            OwnerName = people.Owner,
            GroupName = people.Group,
            Links = people.Links ?? 1,
            Known = (hasLength ? EntryFacts.Length : 0) | (hasTimes ? EntryFacts.Modified : 0) | (hasMode ? EntryFacts.Mode : 0)
                | ((flags & AttributeFlags.Owners) != 0 ? EntryFacts.Owner : 0),
        };
    }

    /// <summary>A change for the wire, where owner and group, and both times, come only together. Null where that takes what is there now.</summary>
    /// <param name="change">Checked.</param>
    /// <param name="now">What is there now; null where that is not known.</param>
    public static Attributes? Of(in AttributeChange change, Entry? now)
    {
        bool setsOwner = change.Owner is not null || change.Group is not null;
        bool setsTimes = change.Accessed is not null || change.Modified is not null;
        if (now is null && ((setsOwner && (change.Owner is null || change.Group is null)) || (setsTimes && (change.Accessed is null || change.Modified is null))))
        {
            return null;
        }

        return new Attributes(
            (change.Length is not null ? AttributeFlags.Size : 0) | (setsOwner ? AttributeFlags.Owners : 0)
                | (change.Mode is not null ? AttributeFlags.Permissions : 0) | (setsTimes ? AttributeFlags.Times : 0),
            (ulong)(change.Length ?? 0),
            (uint)(change.Owner ?? now?.Owner ?? 0),
            (uint)(change.Group ?? now?.Group ?? 0),
            (uint)(change.Mode ?? 0),
            setsTimes ? Seconds(change.Accessed ?? now!.Accessed ?? now.Modified) : 0,
            setsTimes ? Seconds(change.Modified ?? now!.Modified) : 0,
            default);
    }

    /// <summary>Permission bits for something new.</summary>
    public static Attributes OfNew(int? mode) =>
        mode is { } bits ? Attributes.Empty with { Flags = AttributeFlags.Permissions, Permissions = (uint)bits } : Attributes.Empty;

    /// <summary>Refuses what version 3 cannot say at all.</summary>
    public static void Check(in AttributeChange change, VirtualPath path)
    {
        if (change.Created is not null)
        {
            throw new FileException(FileError.NotSupported, path);
        }

        if (change.Mode is < 0 or > Version3.PermissionBits || change.Length < 0 || change.Owner is < 0 or > uint.MaxValue || change.Group is < 0 or > uint.MaxValue)
        {
            throw new FileException(FileError.Invalid, path);
        }
    }

    /// <summary>Both changes in one, the later one first where both say something.</summary>
    public static AttributeChange Join(in AttributeChange earlier, in AttributeChange later) => new()
    {
        Mode = later.Mode ?? earlier.Mode,
        Owner = later.Owner ?? earlier.Owner,
        Group = later.Group ?? earlier.Group,
        Accessed = later.Accessed ?? earlier.Accessed,
        Modified = later.Modified ?? earlier.Modified,
        Length = later.Length ?? earlier.Length,
    };

    private static DateTime Time(uint seconds) => DateTime.UnixEpoch.AddSeconds(seconds);

    /// <summary>Seconds since 1970; what lies before or behind what 32 bits can say becomes the nearest that they can.</summary>
    private static uint Seconds(DateTime time) => (uint)Math.Clamp((time.Ticks - DateTime.UnixEpoch.Ticks) / TicksPerSecond, 0, uint.MaxValue);
}
