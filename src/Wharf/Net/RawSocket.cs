using System.Buffers;
using System.ComponentModel;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>What can be received or sent at once, by descriptor. Failures of the peer or the path are <see cref="IOException"/>.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class RawSocket
{
    /// <summary>Most pieces of one system call.</summary>
    private const int MostPieces = 64;

    [ThreadStatic]
    private static MemoryHandle[]? _pins;

    /// <summary>Receives what is here: 0 for the peer's end, -1 where nothing is. An empty buffer gets 0 where something is here.</summary>
    public static int Receive(int socket, Span<byte> into)
    {
        byte peeked;
        fixed (byte* bytes = into)
        {
            while (true)
            {
                nint count = into.IsEmpty
                    ? LinuxSockets.Receive(socket, &peeked, 1, LinuxSockets.MsgDontWait | LinuxSockets.MsgPeek)
                    : LinuxSockets.Receive(socket, bytes, into.Length, LinuxSockets.MsgDontWait);
                if (count >= 0)
                {
                    return into.IsEmpty ? 0 : (int)count;
                }

                if (!IsWorthAnotherTry())
                {
                    return -1;
                }
            }
        }
    }

    /// <summary>Sends what goes, of pieces one behind the other; the bytes that went, -1 where none go.</summary>
    /// <param name="socket">The descriptor.</param>
    /// <param name="pieces">What to send.</param>
    /// <param name="first">The piece to begin with.</param>
    /// <param name="skip">Bytes of it that went before.</param>
    public static long Send(int socket, IReadOnlyList<ReadOnlyMemory<byte>> pieces, int first, int skip)
    {
        var pins = _pins ??= new MemoryHandle[MostPieces];
        int count = Math.Min(pieces.Count - first, MostPieces);
        var vector = stackalloc LinuxSockets.Piece[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                var piece = i == 0 ? pieces[first][skip..] : pieces[first + i];
                pins[i] = piece.Pin();
                vector[i] = new LinuxSockets.Piece { Bytes = (byte*)pins[i].Pointer, Count = (nuint)piece.Length };
            }

            var message = new LinuxSockets.MessageHeader { Pieces = vector, PieceCount = (nuint)count };
            while (true)
            {
                nint sent = LinuxSockets.SendMessage(socket, &message, LinuxSockets.MsgDontWait | LinuxSockets.MsgNoSignal);
                if (sent >= 0)
                {
                    return sent;
                }

                if (!IsWorthAnotherTry())
                {
                    return -1;
                }
            }
        }
        finally
        {
            for (int i = 0; i < count; i++)
            {
                pins[i].Dispose();
            }
        }
    }

    /// <summary>After a call that failed: true where it was only interrupted, false where it would have to wait.</summary>
    private static bool IsWorthAnotherTry() => LinuxSockets.Errno switch
    {
        LinuxSockets.Eintr => true,
        LinuxSockets.Eagain => false,
        var errno => throw new IOException($"The connection broke: {new Win32Exception(errno).Message}", new Win32Exception(errno)),
    };
}
