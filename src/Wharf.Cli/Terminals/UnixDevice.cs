using System.Buffers;
using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Text;

namespace Wharf.Cli.Terminals;

/// <summary>A terminal, pipe or file by its descriptors.</summary>
/// <param name="input">The descriptor that is read; a terminal where <see cref="EnterRaw"/> is called.</param>
/// <param name="output">The descriptor that is written.</param>
[UnsupportedOSPlatform("windows")]
internal class UnixDevice(int input, int output) : ITerminalDevice
{
    private const int UnknownColumns = 80;
    private const int UnknownRows = 24;

    public event Action? Changed;

    public int Columns => Size.Columns;

    public int Rows => Size.Rows;

    public bool CanSuspend => !RawMode.NobodyContinues;

    private (int Columns, int Rows) Size =>
        !OperatingSystem.IsLinux()
            // ioctl has a variable number of arguments, which generated calls do not know on every machine.
            ? (Console.WindowWidth, Console.WindowHeight)
            : LibC.WindowSizeOf(output) ?? LibC.WindowSizeOf(input) ?? (UnknownColumns, UnknownRows);

    public IDisposable EnterRaw() => new RawMode(input, () => Changed?.Invoke());

    /// <summary>
    /// Waits on a thread of its own, only while somebody wants to read: a program that is started meanwhile has the terminal for itself.
    /// </summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var wake = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        await using var registration = cancel.UnsafeRegister(static pipe => ((Stream)pipe!).WriteByte(0), wake);
        int descriptor = (int)wake.ClientSafePipeHandle.DangerousGetHandle();
        int count = await Task.Factory.StartNew(
            () => Read(into.Span, descriptor), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (count < 0)
        {
            cancel.ThrowIfCancellationRequested();
        }

        return count;
    }

    public unsafe void Write(ReadOnlySpan<char> text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var rest = rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
            while (!rest.IsEmpty)
            {
                nint count;
                fixed (byte* bytes = rest)
                {
                    count = LibC.Write(output, bytes, rest.Length);
                }

                if (count >= 0)
                {
                    rest = rest[(int)count..];
                }
                else if (LibC.Errno == LibC.Eagain)
                {
                    // Some program that shares the terminal made it non-blocking, as ssh does.
                    var writable = new LibC.PollEntry { Descriptor = output, Events = LibC.PollOut };
                    _ = LibC.Poll(&writable, 1, Timeout.Infinite);
                }
                else if (LibC.Errno != LibC.Eintr)
                {
                    throw new IOException($"The terminal cannot be written to (errno {LibC.Errno}).");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The whole group, as the kernel does it: what we started stops too.</summary>
    public void Suspend() => _ = LibC.Kill(0, LibC.SigTstp);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The bytes read; -1 when the wake descriptor had something to say first.</summary>
    private unsafe int Read(Span<byte> into, int wake)
    {
        var entries = stackalloc LibC.PollEntry[2];
        entries[0] = new() { Descriptor = wake, Events = LibC.PollIn };
        entries[1] = new() { Descriptor = input, Events = LibC.PollIn };
        while (true)
        {
            if (LibC.Poll(entries, 2, Timeout.Infinite) < 0)
            {
                if (LibC.Errno == LibC.Eintr)
                {
                    continue;
                }

                throw new IOException($"Input cannot be waited for (errno {LibC.Errno}).");
            }

            if (entries[0].Returned != 0)
            {
                return -1;
            }

            nint count;
            fixed (byte* bytes = into)
            {
                count = LibC.Read(input, bytes, into.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            int errno = LibC.Errno;
            if (errno == LibC.Eio)
            {
                // The terminal hung up: nobody types any more.
                return 0;
            }

            if (errno != LibC.Eintr && errno != LibC.Eagain)
            {
                throw new IOException($"Input cannot be read (errno {errno}).");
            }
        }
    }
}
