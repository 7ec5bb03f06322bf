using System.Runtime.InteropServices;

namespace Wharf.Files.Storage;

/// <summary>struct statx of the kernel (linux/stat.h): the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct LinuxStat
{
    /// <summary>What is asked for: STATX_BASIC_STATS and STATX_BTIME.</summary>
    public const uint Wanted = 0x7FF | BirthTime;

    /// <summary>S_ISVTX: in such a directory only owners may rename or remove.</summary>
    public const int Sticky = 0x200;

    private const uint BirthTime = 0x800;

    [FieldOffset(0)] public uint Mask;
    [FieldOffset(16)] public uint Links;
    [FieldOffset(20)] public uint Owner;
    [FieldOffset(24)] public uint Group;
    [FieldOffset(28)] public ushort TypeAndMode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public long Length;
    [FieldOffset(64)] public StatTime Accessed;
    [FieldOffset(80)] public StatTime Born;
    [FieldOffset(96)] public StatTime Changed;
    [FieldOffset(112)] public StatTime Modified;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;

    public readonly EntryKind Kind => (TypeAndMode & 0xF000) switch
    {
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Directory,
        0xA000 => EntryKind.Link,
        0x1000 => EntryKind.Fifo,
        0xC000 => EntryKind.Socket,
        0x2000 => EntryKind.CharacterDevice,
        0x6000 => EntryKind.BlockDevice,
        _ => EntryKind.Unknown,
    };

    public readonly int Mode => TypeAndMode & 0xFFF;

    public readonly Entry ToEntry(string name) => new()
    {
        Name = name,
        Kind = Kind,
        Length = Length,
        Modified = Modified.ToDateTime(),
        Accessed = Accessed.ToDateTime(),
        Changed = Changed.ToDateTime(),
        Created = (Mask & BirthTime) != 0 ? Born.ToDateTime() : null,
        Mode = Mode,
        Owner = Owner,
        Group = Group,
        Links = Links,
        Device = ((ulong)DeviceMajor << 32) | DeviceMinor,
        FileId = Inode,
    };

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    public struct StatTime
    {
        public long Seconds;
        public uint Nanoseconds;

        public readonly DateTime ToDateTime()
        {
            // A disk may hold times that no calendar has; the nearest one is told.
            const long Lowest = -62135596800, Highest = 253402300799;
            return Seconds < Lowest ? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)
                : Seconds > Highest ? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc)
                : DateTime.UnixEpoch.AddTicks((Seconds * TimeSpan.TicksPerSecond) + (Nanoseconds / 100));
        }
    }
}

/// <summary>struct timespec, as utimensat takes it.</summary>
internal struct LinuxTime
{
    /// <summary>UTIME_OMIT: leave this time as it is.</summary>
    private const long Omit = (1 << 30) - 2;

    public long Seconds;
    public long Nanoseconds;

    public static LinuxTime From(DateTime? time)
    {
        if (time is not { } value)
        {
            return new() { Nanoseconds = Omit };
        }

        long ticks = (value - DateTime.UnixEpoch).Ticks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        return rest < 0
            ? new() { Seconds = seconds - 1, Nanoseconds = (rest + TimeSpan.TicksPerSecond) * 100 }
            : new() { Seconds = seconds, Nanoseconds = rest * 100 };
    }
}

/// <summary>struct statvfs of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct LinuxSpace
{
    public ulong BlockSize;
    public ulong FragmentSize;
    public ulong Blocks;
    public ulong FreeBlocks;
    public ulong AvailableBlocks;
    public ulong Entries;
    public ulong FreeEntries;
    public ulong AvailableEntries;
    public ulong Id;
    public ulong Flags;
    public ulong MaxName;

    public readonly Space ToSpace() => new(
        TotalBytes: Bytes(Blocks),
        FreeBytes: Bytes(FreeBlocks),
        AvailableBytes: Bytes(AvailableBlocks),
        BlockBytes: (int)Math.Min(FragmentSize, int.MaxValue),
        TotalEntries: (long)Math.Min(Entries, long.MaxValue),
        FreeEntries: (long)Math.Min(AvailableEntries, long.MaxValue),
        MaxNameBytes: (int)Math.Min(MaxName, int.MaxValue),
        Id,
        ReadOnly: (Flags & 1) != 0);

    private readonly long Bytes(ulong blocks) => (long)UInt128.Min((UInt128)blocks * FragmentSize, long.MaxValue);
}
