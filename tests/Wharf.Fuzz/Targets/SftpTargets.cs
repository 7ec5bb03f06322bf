using System.Buffers.Binary;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Fuzz.Targets;

/// <summary>
/// Requests of a session with a file and a directory open. An even first byte says that each request is a byte of length and
/// so many bytes of body; an odd one that the stream is raw. The first byte is also how finely it is cut; the second is the
/// version, 3 to 6.
/// </summary>
internal sealed class SftpRequestTarget() : FuzzTarget("sftp-request")
{
    private const string File = "\0\0\0\u0008\0\0\0\0\0\0\0\0";
    private const string Listing = "\0\0\0\u0008\0\0\0\u0001\0\0\0\0";

    public override IReadOnlyList<string> Words =>
    [
        File, Listing, "\0\0\0\u0001a", "\0\0\0\u0001d", "\0\0\0\u0001l", "\0\0\0\0\0\0\0\0", "\u00ff\u00ff\u00ff\u00ff", "\0\0\0\u000f", "\0\0\0\u0004", "\u0080\0\0\0",
        .. Enumerable.Range(3, 21).Select(number => (char)number + "\0\0\0\u0007"),
        "\u00c8\0\0\0\u0007\0\0\0\u0009copy-data", "\u00c8\0\0\0\u0007\0\0\0\u0014statvfs@openssh.com\0", "\u00c8\0\0\0\u0007\0\0\0\u000fcheck-file-name",
        "\u00c8\0\0\0\u0007\0\0\0\u0014fsync@openssh.com\0\0\0", "\u00c8\0\0\0\u0007\0\0\0\u0017expand-path@openssh.com", "\u00c8\0\0\0\u0007\0\0\0\u0012limits@openssh.com",
        "\u00c8\0\0\0\u0007\0\0\0\u0009text-seek" + File, "\u00c8\0\0\0\u0007\0\0\0\u000eversion-select\0\0\0\u00016", "\u00c8\0\0\0\u0007\0\0\0\u0014lsetstat@openssh.com",
        "\0\0\u00ff\u00fd\u0001", "\u00ed\u00b2\u0080", "\0\0\0\u0002\0\0\0\u0023",
    ];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        if (input.Length < 2)
        {
            return;
        }

        using var log = new FuzzSession.FaultLog();
        var clock = new ManualClock();
        var channel = new Replies();
        var session = new SftpServerSession(new Memory(clock, 1 << 20), channel, new(), "s1", "alice", clock, log);
        uint version = 3u + (input[1] % 4u);
        Send(session, [.. Bytes(new Init(version, default)), .. OpenFile(version), .. Bytes(new OpenDirectory(2, "/"u8.ToArray()))], int.MaxValue);
        Require(session.Handles.Count == 2, "A file and a directory are open.");
        int piece = 1 + (input[0] / 2);
        Send(session, input[0] % 2 == 1 ? input[2..] : Framed(input.AsSpan(2)), piece);
        session.End();
        await session.CloseAsync();
        Require(session.Handles.Count == 0, "What a session opened is closed with it.");
        channel.Check();
        if (log.Fault is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>OPEN of "/a"; from version 4 on as text, so that text-seek has something to do.</summary>
    private static byte[] OpenFile(uint version)
    {
        const OpenFlags flags = OpenFlags.Read | OpenFlags.Write | OpenFlags.Create;
        const DesiredAccess access = DesiredAccess.ReadData | DesiredAccess.WriteData;
        const DispositionFlags disposition = DispositionFlags.OpenOrCreate | DispositionFlags.TextMode;
        byte[] path = "a"u8.ToArray();
        return version switch
        {
            3 => Bytes(new Open<Attributes>(1, path, flags, default)),
            4 => Bytes(new Open<TypedAttributes<Layout4>>(1, path, flags | OpenFlags.Text, TypedAttributes<Layout4>.Empty)),
            5 => Bytes(new OpenFor<TypedAttributes<Layout5>>(1, path, access, disposition, TypedAttributes<Layout5>.Empty)),
            _ => Bytes(new OpenFor<TypedAttributes<Layout6>>(1, path, access, disposition, TypedAttributes<Layout6>.Empty)),
        };
    }

    private static byte[] Bytes<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage>
    {
        using var packet = SftpPacket.Of(message);
        return packet.Span.ToArray();
    }

    private static byte[] Framed(ReadOnlySpan<byte> input)
    {
        List<byte> framed = [];
        while (!input.IsEmpty)
        {
            int count = Math.Min(Math.Max((int)input[0], 1), input.Length - 1);
            if (count > 0)
            {
                framed.AddRange([0, 0, 0, (byte)count]);
                framed.AddRange(input.Slice(1, count));
            }

            input = input[(1 + count)..];
        }

        return [.. framed];
    }

    private static void Send(SftpServerSession session, byte[] bytes, int pieceBytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int count = Math.Min(pieceBytes, bytes.Length - at);
            var buffer = SharedBuffer.Rent(count);
            bytes.AsSpan(at, count).CopyTo(buffer.Memory.Span);
            session.Receive(buffer.Memory[..count], buffer);
            buffer.Release();
            at += count;
        }

        session.Settle();
    }

    /// <summary>What the server says, which must be whole replies.</summary>
    private sealed class Replies : IMessageChannel
    {
        private readonly List<byte> _bytes = [];

        public long Unsent => 0;

        public bool NotifyBelow(long bytes) => false;

        public void Send(Packet packet)
        {
            lock (_bytes)
            {
                _bytes.AddRange(packet.Span);
            }

            packet.Dispose();
        }

        public void Consumed(int bytes) => Require(bytes > 0, "What is worked off is more than nothing.");

        public void Flush()
        {
        }

        public void Finish(int exitStatus)
        {
        }

        public void Check()
        {
            ReadOnlySpan<byte> left = _bytes.ToArray();
            while (!left.IsEmpty)
            {
                int length = BinaryPrimitives.ReadInt32BigEndian(left);
                Require(length > 0 && length <= left.Length - 4, "A reply is whole.");
                Require(left[4] is 2 or (>= 101 and <= 105) or 201, "A reply has a reply's number.");
                left = left[(4 + length)..];
            }
        }
    }
}
