using System.Buffers;
using System.Buffers.Binary;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Files;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Tests.Support;

/// <summary>
/// A server session and a client that is nothing but packets, in memory. What the test sends arrives in one piece, or cut as
/// it says; replies come out as whole messages.
/// </summary>
internal sealed class SftpPair : IAsyncDisposable
{
    private readonly Pipe _pipe = new();
    private uint _id;

    public SftpPair(IFileSystem files, SftpServerOptions? options = null, TimeProvider? clock = null, ILogger? logger = null)
    {
        Session = new(files, _pipe, options ?? new(), "s1", "alice", clock ?? new ManualClock(), logger ?? NullLogger.Instance);
        _pipe.Sink = Session;
    }

    public SftpServerSession Session { get; }

    /// <summary>Whether the server has said that it sends nothing more.</summary>
    public int? ExitStatus => _pipe.ExitStatus;

    /// <summary>Until then.</summary>
    public Task Finished => _pipe.Finished.Task.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Bytes the server has worked off.</summary>
    public long Consumed => _pipe.ConsumedBytes;

    /// <summary>Packets the server sent, each of one or more messages.</summary>
    public int Packets => _pipe.Packets;

    /// <summary>Whether replies stay unsent, as where the client does not read.</summary>
    public bool Stuck
    {
        set => _pipe.SetStuck(value);
    }

    public long Unsent => _pipe.Unsent;

    /// <summary>Says INIT and takes VERSION.</summary>
    public async Task<ServerVersion> BeginAsync(uint version = 3)
    {
        Send(Bytes(new Init(version, default)));
        return Parse<ServerVersion>(await ReplyAsync());
    }

    /// <summary>A request id nobody had.</summary>
    public uint NextId() => ++_id;

    /// <summary>Sends bytes as they are, in pieces of so many, and lets the server settle.</summary>
    public void Send(byte[] bytes, int pieceBytes = int.MaxValue, bool settle = true)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int count = Math.Min(pieceBytes, bytes.Length - at);
            var buffer = SharedBuffer.Rent(count);
            bytes.AsSpan(at, count).CopyTo(buffer.Memory.Span);
            Session.Receive(buffer.Memory[..count], buffer);

            // Whoever needs the bytes has held the buffer; everyone else must see that they are gone.
            if (buffer.IsHeldOnce)
            {
                buffer.Memory.Span.Fill(0xEE);
            }

            buffer.Release();
            at += count;
        }

        if (settle)
        {
            Session.Settle();
        }
    }

    /// <summary>The next reply: its number, then its fields.</summary>
    public async Task<byte[]> ReplyAsync() => await _pipe.Replies.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>A reply that is there already; null where there is none.</summary>
    public byte[]? TryReply() => _pipe.Replies.Reader.TryRead(out var reply) ? reply : null;

    /// <summary>Sends one request and takes the next reply.</summary>
    public async Task<byte[]> AskAsync<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage>
    {
        Send(Bytes(message));
        return await ReplyAsync();
    }

    /// <summary>Sends one request that is answered by STATUS.</summary>
    public async Task<Status> StatusAsync<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage> => Parse<Status>(await AskAsync(message));

    /// <summary>Opens a file.</summary>
    public async Task<byte[]> OpenAsync(string path, OpenFlags flags, Attributes attributes = default) =>
        Parse<Handle>(await AskAsync(new Open<Attributes>(NextId(), Text(path), flags, attributes))).Value.ToArray();

    /// <summary>The status of an OPEN that is refused.</summary>
    public Task<Status> OpenRefusedAsync(string path, OpenFlags flags) => StatusAsync(new Open<Attributes>(NextId(), Text(path), flags, default));

    /// <summary>Closes a handle.</summary>
    public Task<Status> CloseAsync(byte[] handle) => StatusAsync(new Close(NextId(), handle));

    /// <summary>Reads; null at the end of the file.</summary>
    public async Task<byte[]?> ReadAsync(byte[] handle, ulong offset, uint length)
    {
        byte[] reply = await AskAsync(new Read(NextId(), handle, offset, length));
        if (reply[0] == Data.Number)
        {
            return Parse<Data>(reply).Bytes.ToArray();
        }

        Assert.Equal(SftpCode.EndOfFile, Parse<Status>(reply).Code);
        return null;
    }

    /// <summary>Writes.</summary>
    public Task<Status> WriteAsync(byte[] handle, ulong offset, ReadOnlyMemory<byte> data) => StatusAsync(new Write(NextId(), handle, offset, data));

    /// <summary>Asks for an extension's reply or status.</summary>
    public Task<byte[]> ExtendedAsync(string name, params object[] fields) => AskAsync(new Extended(NextId(), Text(name), Fields(fields)));

    /// <summary>Names of all entries of a directory, and in how many replies they came.</summary>
    public async Task<(List<NameEntry> Entries, int Replies)> ListAsync(string path)
    {
        byte[] handle = Parse<Handle>(await AskAsync(new OpenDirectory(NextId(), Text(path)))).Value.ToArray();
        List<NameEntry> entries = [];
        int replies = 0;
        while (true)
        {
            byte[] reply = await AskAsync(new ReadDirectory(NextId(), handle));
            if (reply[0] == Status.Number)
            {
                Assert.Equal(SftpCode.EndOfFile, Parse<Status>(reply).Code);
                Assert.Equal(SftpCode.Ok, (await CloseAsync(handle)).Code);
                return (entries, replies);
            }

            replies++;
            entries.AddRange(Parse<Name>(reply).Entries);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Session.End();
        await Session.CloseAsync();
    }

    /// <summary>A whole message as it stands on the channel.</summary>
    public static byte[] Bytes<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage>
    {
        using var packet = SftpPacket.Of(message);
        return packet.Span.ToArray();
    }

    /// <summary>A reply as that message.</summary>
    public static TMessage Parse<TMessage>(byte[] reply)
        where TMessage : IMessage<TMessage>
    {
        Assert.Equal(TMessage.Number, reply[0]);
        var reader = new WireReader(reply.AsMemory(1));
        var message = TMessage.Read(ref reader);
        reader.End();
        return message;
    }

    /// <summary>A name as bytes.</summary>
    public static byte[] Text(string text) => FileNames.Encode(text);

    /// <summary>Bytes as a name.</summary>
    public static string Text(ReadOnlyMemory<byte> bytes) => FileNames.Decode(bytes.Span);

    /// <summary>Fields of an extension: string, bytes, uint or ulong.</summary>
    public static byte[] Fields(params object[] fields)
    {
        using var packet = Packet.Rent();
        var writer = new WireWriter(packet);
        foreach (object field in fields)
        {
            switch (field)
            {
                case string text:
                    writer.Bytes(Text(text));
                    break;
                case byte[] bytes:
                    writer.Bytes(bytes);
                    break;
                case uint number:
                    writer.UInt32(number);
                    break;
                case ulong number:
                    writer.UInt64(number);
                    break;
                case Attributes attributes:
                    attributes.Write(writer);
                    break;
                default:
                    throw new ArgumentException(field.GetType().Name);
            }
        }

        return packet.Span.ToArray();
    }

    private sealed class Pipe : IMessageChannel
    {
        private readonly Lock _gate = new();
        private readonly List<Packet> _held = [];
        private readonly ArrayBufferWriter<byte> _received = new();
        private long _unsent;
        private long _notifyBelow;
        private bool _stuck;

        public Channel<byte[]> Replies { get; } = Channel.CreateUnbounded<byte[]>();

        public IChannelSink Sink { get; set; } = null!;

        public int? ExitStatus { get; private set; }

        public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long ConsumedBytes { get; private set; }

        public int Packets { get; private set; }

        public long Unsent => Interlocked.Read(ref _unsent);

        public bool NotifyBelow(long bytes)
        {
            lock (_gate)
            {
                _notifyBelow = Unsent < bytes ? 0 : bytes;
                return _notifyBelow > 0;
            }
        }

        public void Send(Packet packet)
        {
            lock (_gate)
            {
                Packets++;
                if (_stuck)
                {
                    _unsent += packet.Length;
                    _held.Add(packet);
                }
                else
                {
                    Deliver(packet);
                }
            }
        }

        public void SetStuck(bool stuck)
        {
            bool drained;
            lock (_gate)
            {
                _stuck = stuck;
                if (stuck)
                {
                    return;
                }

                foreach (var packet in _held)
                {
                    Deliver(packet);
                }

                _held.Clear();
                _unsent = 0;
                drained = _notifyBelow > 0;
                _notifyBelow = 0;
            }

            if (drained)
            {
                Sink.Drained();
            }
        }

        public void Consumed(int bytes)
        {
            lock (_gate)
            {
                ConsumedBytes += bytes;
            }
        }

        public void Flush()
        {
        }

        public void Finish(int exitStatus)
        {
            ExitStatus ??= exitStatus;
            Finished.TrySetResult();
        }

        private void Deliver(Packet packet)
        {
            using (packet)
            {
                _received.Write(packet.Span);
            }

            var bytes = _received.WrittenSpan;
            while (bytes.Length >= 4 && BinaryPrimitives.ReadInt32BigEndian(bytes) is var length && bytes.Length >= 4 + length)
            {
                Replies.Writer.TryWrite(bytes.Slice(4, length).ToArray());
                bytes = bytes[(4 + length)..];
            }

            byte[] rest = bytes.ToArray();
            _received.ResetWrittenCount();
            _received.Write(rest);
        }
    }
}
