using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>st_mode of POSIX: permission bits, and above them what kind of thing it is.</summary>
internal static class UnixMode
{
    private const uint Fifo = 0x1000, CharacterDevice = 0x2000, Directory = 0x4000, BlockDevice = 0x6000, File = 0x8000, Link = 0xA000, Socket = 0xC000;

    /// <summary>Of an entry; an unknown kind leaves the upper bits 0.</summary>
    public static uint Of(Entry entry) => (uint)entry.Mode | entry.Kind switch
    {
        EntryKind.File => File,
        EntryKind.Directory => Directory,
        EntryKind.Link => Link,
        EntryKind.Fifo => Fifo,
        EntryKind.Socket => Socket,
        EntryKind.CharacterDevice => CharacterDevice,
        EntryKind.BlockDevice => BlockDevice,
        _ => 0,
    };

    /// <summary>What kind of thing that is.</summary>
    public static EntryKind KindOf(uint mode) => (mode & 0xF000) switch
    {
        File => EntryKind.File,
        Directory => EntryKind.Directory,
        Link => EntryKind.Link,
        Fifo => EntryKind.Fifo,
        Socket => EntryKind.Socket,
        CharacterDevice => EntryKind.CharacterDevice,
        BlockDevice => EntryKind.BlockDevice,
        _ => EntryKind.Unknown,
    };

    /// <summary>The ten letters "ls -l" begins with.</summary>
    public static void Write(Span<byte> into, Entry entry)
    {
        into[0] = entry.Kind switch
        {
            EntryKind.File => (byte)'-',
            EntryKind.Directory => (byte)'d',
            EntryKind.Link => (byte)'l',
            EntryKind.Fifo => (byte)'p',
            EntryKind.Socket => (byte)'s',
            EntryKind.CharacterDevice => (byte)'c',
            EntryKind.BlockDevice => (byte)'b',
            _ => (byte)'?',
        };
        int mode = entry.Mode;
        for (int i = 0; i < 9; i++)
        {
            into[1 + i] = (mode & (0x100 >> i)) != 0 ? "rwxrwxrwx"u8[i] : (byte)'-';
        }

        Special(ref into[3], (mode & 0x800) != 0, (byte)'s');
        Special(ref into[6], (mode & 0x400) != 0, (byte)'s');
        Special(ref into[9], (mode & 0x200) != 0, (byte)'t');
    }

    private static void Special(ref byte letter, bool set, byte mark)
    {
        if (set)
        {
            letter = letter == (byte)'x' ? mark : (byte)(mark - 32);
        }
    }
}
