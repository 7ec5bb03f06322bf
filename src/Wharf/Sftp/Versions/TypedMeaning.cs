using System.Buffers.Text;
using Wharf.Files;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <summary>
/// Attributes of versions 4 to 6 and what they mean for a file. Owners are numbers in digits: names of accounts of this
/// machine are nobody's business. What cannot be set here (access control lists, bits, sizes on the disk, hints) is read and
/// left alone.
/// </summary>
internal sealed class TypedMeaning<TLayout> : IAttributeMeaning<TypedAttributes<TLayout>>
    where TLayout : struct, ILayout
{
    private const long NanosecondsPerTick = 100;
    private const uint NanosecondsPerSecond = 1_000_000_000;
    private const int NumberBytes = 20;

    private TypedMeaning()
    {
    }

    /// <summary>What is known of an entry, as this version says it.</summary>
    public static TypedAttributes<TLayout> Of(Entry entry)
    {
        var flags = TypedFlags.Size | TypedFlags.Permissions | TypedFlags.Modified | TypedFlags.Owners | TypedFlags.Subseconds | TypedFlags.Links
            | (TLayout.HasValidBits ? TypedFlags.Bits : 0) // phpseclib reads two words also in version 5, which has one
            | (entry.Accessed is null ? 0 : TypedFlags.Accessed)
            | (entry.Created is null ? 0 : TypedFlags.Created)
            | (entry.Changed is null ? 0 : TypedFlags.Changed);
        byte[] owner = Digits(entry.Owner);
        return new()
        {
            Flags = flags & TLayout.Fields,
            Type = TypeOf(entry.Kind),
            Size = (ulong)Math.Max(entry.Length, 0),
            Owner = owner,
            Group = entry.Group == entry.Owner ? owner : Digits(entry.Group),
            Permissions = (uint)entry.Mode,
            Accessed = TimeOf(entry.Accessed),
            Created = TimeOf(entry.Created),
            Modified = TimeOf(entry.Modified),
            Changed = TimeOf(entry.Changed),
            Bits = entry.Name is ['.', not '.', ..] ? AttributeBits.Hidden : AttributeBits.None,
            ValidBits = AttributeBits.Hidden,
            Links = (uint)Math.Clamp(entry.Links, 0, uint.MaxValue),
        };
    }

    /// <inheritdoc/>
    public static AttributeChange Change(in TypedAttributes<TLayout> attributes)
    {
        if (attributes.Has(TypedFlags.Size) && attributes.Size > long.MaxValue)
        {
            throw new SftpException(SftpFailure.Of(FileError.TooLarge));
        }

        bool owners = attributes.Has(TypedFlags.Owners);
        return new()
        {
            Length = attributes.Has(TypedFlags.Size) ? (long)attributes.Size : null,
            Owner = owners ? NumberOf(attributes.Owner.Span, SftpFailure.UnknownOwner) : null,
            Group = owners ? NumberOf(attributes.Group.Span, SftpFailure.UnknownGroup) : null,
            Mode = ModeOf(attributes),
            Accessed = attributes.Has(TypedFlags.Accessed) ? ToDate(attributes.Accessed) : null,
            Modified = attributes.Has(TypedFlags.Modified) ? ToDate(attributes.Modified) : null,
            Created = attributes.Has(TypedFlags.Created) ? ToDate(attributes.Created) : null,
        };
    }

    /// <inheritdoc/>
    public static int? ModeOf(in TypedAttributes<TLayout> attributes) =>
        attributes.Has(TypedFlags.Permissions) ? (int)(attributes.Permissions & Version3.PermissionBits) : null;

    private static FileType TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.File => FileType.Regular,
        EntryKind.Directory => FileType.Directory,
        EntryKind.Link => FileType.Link,
        EntryKind.Unknown => FileType.Unknown,
        _ when !TLayout.HasMoreTypes => FileType.Special,
        EntryKind.Socket => FileType.Socket,
        EntryKind.CharacterDevice => FileType.CharacterDevice,
        EntryKind.BlockDevice => FileType.BlockDevice,
        EntryKind.Fifo => FileType.Fifo,
        _ => FileType.Special,
    };

    private static byte[] Digits(long number)
    {
        Span<byte> digits = stackalloc byte[NumberBytes];
        Utf8Formatter.TryFormat(number, digits, out int length);
        return digits[..length].ToArray();
    }

    /// <summary>An owner that is digits; empty is "no change" (draft-ietf-secsh-filexfer-05 section 5.4); anything else is nobody we know.</summary>
    private static long? NumberOf(ReadOnlySpan<byte> text, SftpFailure unknown) =>
        text.IsEmpty ? null
        : Utf8Parser.TryParse(text, out uint number, out int used) && used == text.Length ? number
        : throw new SftpException(unknown);

    private static WireTime TimeOf(DateTime? time)
    {
        if (time is not { } known)
        {
            return default;
        }

        long ticks = known.Ticks - DateTime.UnixEpoch.Ticks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);

        // The nanoseconds are added, also before 1970 (section 5.6).
        return rest < 0
            ? new(seconds - 1, (uint)((rest + TimeSpan.TicksPerSecond) * NanosecondsPerTick))
            : new(seconds, (uint)(rest * NanosecondsPerTick));
    }

    private static DateTime ToDate(WireTime time)
    {
        const long first = -62_135_596_800, last = 253_402_300_799; // the years 1 to 9999
        return time.Seconds is >= first and <= last && time.Nanoseconds < NanosecondsPerSecond
            ? DateTime.UnixEpoch.AddTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / NanosecondsPerTick))
            : throw new SftpException(SftpFailure.InvalidParameter);
    }
}
