using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Bench.Load;

/// <summary>A blocking loopback socket with a time-out for every call, which ends in <see cref="TimeoutException"/>.</summary>
internal sealed unsafe class TcpSocket : IDisposable
{
    private const uint Loopback = 0x7F000001;

    private int _socket;

    private TcpSocket(int socket) => _socket = socket;

    /// <summary>For OpenSSL, which reads and writes it itself; valid until it is disposed of.</summary>
    public int Descriptor => _socket;

    /// <summary>Connects to 127.0.0.1; the kernel gives up after <paramref name="timeout"/>, which then holds for every later call.</summary>
    public static TcpSocket Connect(int port, TimeSpan timeout)
    {
        var descriptor = Native.Socket(Native.AddressFamilyInet, Native.SocketStream | Native.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Failed("socket");
        }

        var socket = new TcpSocket(descriptor);
        try
        {
            socket.SetTimeout(timeout);
            var one = 1;
            Native.SetOption(descriptor, Native.LevelTcp, Native.NoDelay, &one, sizeof(int));
            var address = new Native.InetAddress
            {
                Family = Native.AddressFamilyInet,
                Port = BinaryPrimitives.ReverseEndianness((ushort)port),
                Address = BinaryPrimitives.ReverseEndianness(Loopback),
            };
            return Native.Connect(descriptor, &address, sizeof(Native.InetAddress)) == 0 ? socket : throw Failed("connect");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void SetTimeout(TimeSpan timeout)
    {
        // Zero would mean "for ever".
        var whole = timeout > TimeSpan.FromMilliseconds(1) ? timeout : TimeSpan.FromMilliseconds(1);
        var value = new Native.TimeValue { Seconds = whole.Ticks / TimeSpan.TicksPerSecond, Microseconds = whole.Ticks % TimeSpan.TicksPerSecond / 10 };
        Native.SetOption(_socket, Native.LevelSocket, Native.ReceiveTimeout, &value, sizeof(Native.TimeValue));
        Native.SetOption(_socket, Native.LevelSocket, Native.SendTimeout, &value, sizeof(Native.TimeValue));
    }

    /// <summary>Bytes received into <paramref name="into"/>; 0 at the end of the stream.</summary>
    public int Receive(Span<byte> into)
    {
        fixed (byte* start = into)
        {
            return (int)Receive(start, into.Length, 0);
        }
    }

    /// <summary>Waits until the server has closed. One that did so before it saw our last bytes resets the connection: an end too.</summary>
    public void AwaitEnd()
    {
        Span<byte> rest = stackalloc byte[256];
        fixed (byte* start = rest)
        {
            nint received;
            do
            {
                received = Native.Receive(_socket, start, rest.Length, 0);
            }
            while (received > 0 || (received < 0 && Marshal.GetLastPInvokeError() == Native.Interrupted));
            if (received < 0 && Marshal.GetLastPInvokeError() != Native.ConnectionReset)
            {
                throw Failed("recv");
            }
        }
    }

    /// <summary>Bytes the kernel threw away for us (tcp(7), MSG_TRUNC), at most <paramref name="most"/>; 0 at the end of the stream.</summary>
    public int Drop(int most) => (int)Receive(null, most, Native.MessageTruncate);

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* start = bytes)
            {
                var sent = Native.Send(_socket, start, bytes.Length, Native.MessageNoSignal);
                if (sent >= 0)
                {
                    bytes = bytes[(int)sent..];
                }
                else if (Marshal.GetLastPInvokeError() != Native.Interrupted)
                {
                    throw Failed("send");
                }
            }
        }
    }

    /// <summary>Sends the first <paramref name="length"/> bytes of <paramref name="file"/> without touching them.</summary>
    public void SendFile(SafeFileHandle file, long length)
    {
        long offset = 0;
        while (offset < length)
        {
            var sent = Native.SendFile(_socket, file, &offset, (nint)(length - offset));
            if (sent == 0)
            {
                throw new EndOfStreamException("The file to send is shorter than it was.");
            }

            if (sent < 0 && Marshal.GetLastPInvokeError() != Native.Interrupted)
            {
                throw Failed("sendfile");
            }
        }
    }

    /// <summary>Ends our side of the stream: end of file in MODE S.</summary>
    public void ShutdownSend() => Native.Shutdown(_socket, Native.ShutdownWrite);

    public void Dispose()
    {
        var socket = Interlocked.Exchange(ref _socket, -1);
        if (socket >= 0)
        {
            Native.Close(socket);
        }
    }

    private nint Receive(void* into, nint length, int flags)
    {
        while (true)
        {
            var received = Native.Receive(_socket, into, length, flags);
            if (received >= 0)
            {
                return received;
            }

            if (Marshal.GetLastPInvokeError() != Native.Interrupted)
            {
                throw Failed("recv");
            }
        }
    }

    private static Exception Failed(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return error is Native.Again or Native.InProgress
            ? new TimeoutException($"{call}: no answer in time.")
            : new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
