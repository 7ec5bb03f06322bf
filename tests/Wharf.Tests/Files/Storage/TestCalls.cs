using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Wharf.Tests.Files.Storage;

/// <summary>System calls that only tests make: to put things on a disk that no file system of ours would.</summary>
internal static partial class TestCalls
{
    public const uint Exchange = 2;
    public const int CharacterDevice = 0x2000;

    /// <summary>The user and group "nobody".</summary>
    private const int Nobody = 65534;

    private const int AtCurrentDirectory = -100;

    public static bool IsRoot => EffectiveUser() == 0;

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MakeFifo(string path, int mode);

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MakeNode(string path, int mode, ulong device);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int ChangeOwner(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "setxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int SetExtended(string path, string name, ReadOnlySpan<byte> value, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "getxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial nint GetExtended(string path, string name, Span<byte> into, nuint count);

    /// <summary>chmod; File.SetUnixFileMode, where the analyzer must not ask about Windows.</summary>
    public static void ChangeMode(string path, int mode) => Assert.Equal(0, Chmod(path, mode));

    public static void Swap(string one, string other) =>
        Assert.Equal(0, Rename(AtCurrentDirectory, one, AtCurrentDirectory, other, Exchange));

    /// <summary>
    /// Does something without root's privileges: on a thread of its own, whose credentials alone are changed (the bare
    /// system calls are per thread), and which ends with it. As another user already, just does it.
    /// </summary>
    public static void AsNobody(Func<Task> operation)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (IsRoot)
                {
                    bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
                    Assert.Equal(0, SystemCall(arm ? 149 : 119, Nobody, Nobody, -1)); // setresgid
                    Assert.Equal(0, SystemCall(arm ? 147 : 117, Nobody, Nobody, -1)); // setresuid
                }

                operation().GetAwaiter().GetResult(); // LocalDisk never leaves the thread
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Chmod(string path, int mode);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
