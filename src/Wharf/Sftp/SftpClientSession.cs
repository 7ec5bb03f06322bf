using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>A request to the peer failed.</summary>
/// <param name="code">SSH_FX_*.</param>
/// <param name="text">The server's words; not to be believed, nor shown unescaped.</param>
internal sealed class SftpStatusException(SftpCode code, string text) : IOException($"{code}: {FileNames.ForDisplay(text)}")
{
    public SftpCode Code { get; } = code;
}

/// <summary>
/// The client's end of a session, version 3: single requests, and one file read or written with many requests in flight.
/// Replies may come in any order. Data of a read is handed on as it arrives, in pieces, and never copied.
/// </summary>
/// <param name="channel">Where requests go.</param>
internal sealed class SftpClientSession(IMessageChannel channel) : IChannelSink
{
    /// <summary>Number, id and the length of the data: what stands before the data of a DATA reply, behind its length.</summary>
    private const int DataHeaderBytes = 4 + 1 + 4 + 4;

    /// <summary>Longest reply we take; OpenSSH's bound.</summary>
    private const int MostReplyBytes = 256 * 1024;

    /// <summary>VERSION has no id; no request gets this one.</summary>
    private const uint VersionId = 0;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, IReplies> _waiting = [];
    private byte[] _cut = new byte[512];
    private int _cutCount;
    private DataReply _data;
    private Exception? _ended;
    private BulkRead? _touched;
    private uint _lastId;

    /// <summary>What takes replies. Called under the lock of the session.</summary>
    private interface IReplies
    {
        /// <summary>A whole reply that is not DATA of a bulk read; behind it nothing comes for that id.</summary>
        void Reply(uint id, ReadOnlyMemory<byte> reply);

        /// <summary>A piece of DATA. True where it is taken so; else it comes as a whole reply.</summary>
        bool Takes { get; }

        /// <summary>A piece of the data of a DATA reply.</summary>
        void Data(uint id, int at, ReadOnlyMemory<byte> piece);

        /// <summary>All of that DATA reply has come.</summary>
        void DataEnds(uint id, int length);

        /// <summary>Nothing comes any more.</summary>
        void Fail(Exception why);
    }

    /// <summary>INIT; the server's version and extensions.</summary>
    public async Task<ServerVersion> BeginAsync()
    {
        var one = new One();
        lock (_gate)
        {
            _waiting.Add(VersionId, one);
        }

        channel.Send(SftpPacket.Of(new Init(3, default)));
        channel.Flush();
        return Parse<ServerVersion>(await one.Task.ConfigureAwait(false));
    }

    /// <summary>One request and its reply, from the reply's number on. A STATUS other than OK is thrown.</summary>
    /// <param name="make">Makes the message for an id.</param>
    public async Task<ReadOnlyMemory<byte>> AskAsync<TMessage>(Func<uint, TMessage> make)
        where TMessage : IMessage<TMessage>
    {
        var one = new One();
        uint id;
        lock (_gate)
        {
            id = Expect(one);
        }

        channel.Send(SftpPacket.Of(make(id)));
        channel.Flush();
        byte[] reply = await one.Task.ConfigureAwait(false);
        return reply[0] == Status.Number && Parse<Status>(reply) is { Code: not SftpCode.Ok } status
            ? throw new SftpStatusException(status.Code, status.Text)
            : reply;
    }

    /// <summary>Opens a file.</summary>
    public async Task<byte[]> OpenAsync(string path, OpenFlags flags) =>
        Parse<Handle>(await AskAsync(id => new Open<Attributes>(id, FileNames.Encode(path), flags, default)).ConfigureAwait(false)).Value.ToArray();

    /// <summary>Closes a handle.</summary>
    public Task CloseAsync(byte[] handle) => AskAsync(id => new Close(id, handle));

    /// <summary>Names of a directory, many READDIRs in flight; returns how many and in how many replies.</summary>
    public async Task<(int Names, int Replies)> ListAsync(string path, int inFlight, Action<NameEntry>? entry = null)
    {
        byte[] handle = Parse<Handle>(await AskAsync(id => new OpenDirectory(id, FileNames.Encode(path))).ConfigureAwait(false)).Value.ToArray();
        int names = 0, replies = 0;
        var asked = new Queue<Task<ReadOnlyMemory<byte>>>();
        bool ended = false;
        while (!ended || asked.Count > 0)
        {
            while (!ended && asked.Count < inFlight)
            {
                asked.Enqueue(AskAsync(id => new ReadDirectory(id, handle)));
            }

            try
            {
                var name = Parse<Name>(await asked.Dequeue().ConfigureAwait(false));
                replies++;
                names += name.Entries.Length;
                foreach (var one in name.Entries)
                {
                    entry?.Invoke(one);
                }
            }
            catch (SftpStatusException end) when (end.Code == SftpCode.EndOfFile)
            {
                ended = true;
            }
        }

        await CloseAsync(handle).ConfigureAwait(false);
        return (names, replies);
    }

    /// <summary>Reads a range with many requests in flight; returns the bytes that came, fewer where the file ends.</summary>
    /// <param name="handle">Of an open file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many.</param>
    /// <param name="blockBytes">Bytes of one request.</param>
    /// <param name="inFlight">Requests in flight.</param>
    /// <param name="take">Gets each piece and its offset, in any order, lent for the call; null drops them.</param>
    public Task<long> ReadAsync(byte[] handle, long offset, long length, int blockBytes, int inFlight, Action<long, ReadOnlyMemory<byte>>? take)
    {
        var read = new BulkRead(this, handle, offset, length, blockBytes, take);
        lock (_gate)
        {
            read.Ask(inFlight);
            read.Send();
        }

        channel.Flush();
        return read.Task;
    }

    /// <summary>Writes a range with many requests in flight.</summary>
    /// <param name="handle">Of an open file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many.</param>
    /// <param name="blockBytes">Bytes of one request.</param>
    /// <param name="inFlight">Requests in flight.</param>
    /// <param name="fill">Writes the bytes of an offset to where they are sent from.</param>
    public Task<long> WriteAsync(byte[] handle, long offset, long length, int blockBytes, int inFlight, Action<long, Memory<byte>> fill)
    {
        var write = new BulkWrite(this, handle, offset, length, blockBytes, fill);
        lock (_gate)
        {
            write.Ask(inFlight);
        }

        channel.Flush();
        return write.Task;
    }

    public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        int count = bytes.Length;
        try
        {
            lock (_gate)
            {
                Process(bytes);
            }
        }
        catch (WireException broken)
        {
            Fail(new IOException("The server breaks the protocol.", broken));
        }

        channel.Consumed(count);
    }

    public void Settle()
    {
        lock (_gate)
        {
            _touched?.Send();
            _touched = null;
        }
    }

    public void End() => Fail(new IOException("The server ended the session."));

    public ValueTask CloseAsync()
    {
        Fail(new IOException("The session is over."));
        return default;
    }

    /// <summary>A reply as its message.</summary>
    public static TMessage Parse<TMessage>(ReadOnlyMemory<byte> reply)
        where TMessage : IMessage<TMessage>
    {
        if (reply.Span[0] != TMessage.Number)
        {
            throw new IOException($"The server answered with message {reply.Span[0]} where {TMessage.Number} was due.");
        }

        var reader = new WireReader(reply[1..]);
        return TMessage.Read(ref reader);
    }

    private uint Expect(IReplies replies)
    {
        if (_ended is not null)
        {
            throw new IOException(_ended.Message, _ended);
        }

        _lastId = _lastId == uint.MaxValue ? 1 : _lastId + 1;
        _waiting.Add(_lastId, replies);
        return _lastId;
    }

    private void Fail(Exception why)
    {
        lock (_gate)
        {
            _ended ??= why;
            foreach (var waiting in _waiting.Values.Distinct().ToArray())
            {
                waiting.Fail(why);
            }

            _waiting.Clear();
        }
    }

    private void Process(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty && _ended is null)
        {
            if (_data.Left > 0)
            {
                int count = Math.Min(_data.Left, bytes.Length);
                _data.To.Data(_data.Id, _data.Length - _data.Left, bytes[..count]);
                _data = _data with { Left = _data.Left - count };
                bytes = bytes[count..];
                if (_data.Left == 0)
                {
                    _data.To.DataEnds(_data.Id, _data.Length);
                }

                continue;
            }

            if (_cutCount == 0 && Take(bytes, out int taken))
            {
                bytes = bytes[taken..];
                continue;
            }

            // Put together until it is whole, byte counts first.
            int wanted = Wanted(_cut.AsSpan(0, _cutCount));
            if (_cut.Length < wanted)
            {
                Array.Resize(ref _cut, wanted);
            }

            int more = Math.Min(wanted - _cutCount, bytes.Length);
            bytes.Span[..more].CopyTo(_cut.AsSpan(_cutCount));
            _cutCount += more;
            bytes = bytes[more..];
            if (_cutCount == wanted && Take(_cut.AsMemory(0, _cutCount), out _))
            {
                _cutCount = 0;
            }
        }
    }

    private static int Wanted(ReadOnlySpan<byte> start)
    {
        if (start.Length < 5)
        {
            return 5;
        }

        int whole = 4 + BinaryPrimitives.ReadInt32BigEndian(start);
        return start[4] == Data.Number && start.Length < DataHeaderBytes ? Math.Min(whole, DataHeaderBytes) : whole;
    }

    private bool Take(ReadOnlyMemory<byte> bytes, out int taken)
    {
        taken = 0;
        var span = bytes.Span;
        if (span.Length < 5)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(span);
        if (length is 0 or > MostReplyBytes)
        {
            throw new WireException($"A reply of {length} bytes.");
        }

        int whole = 4 + (int)length;
        if (span[4] == Data.Number && span.Length >= DataHeaderBytes)
        {
            uint id = BinaryPrimitives.ReadUInt32BigEndian(span[5..]);
            int data = BinaryPrimitives.ReadInt32BigEndian(span[9..]);
            if (data != whole - DataHeaderBytes)
            {
                throw new WireException("DATA whose length is not that of its bytes.");
            }

            if (_waiting.TryGetValue(id, out var bulk) && bulk.Takes)
            {
                _waiting.Remove(id);
                _data = new(bulk, id, data, data);
                taken = DataHeaderBytes;
                if (data == 0)
                {
                    bulk.DataEnds(id, 0);
                }

                return true;
            }
        }

        if (span.Length < whole)
        {
            return false;
        }

        uint replyTo = span[4] == ServerVersion.Number ? VersionId : BinaryPrimitives.ReadUInt32BigEndian(span[5..]);
        if (!_waiting.Remove(replyTo, out var waiting))
        {
            throw new WireException("A reply that nothing was asked for.");
        }

        waiting.Reply(replyTo, bytes[4..whole]);
        taken = whole;
        return true;
    }

    private readonly record struct DataReply(IReplies To, uint Id, int Length, int Left);

    /// <summary>One reply to one request.</summary>
    private sealed class One : IReplies
    {
        private readonly TaskCompletionSource<byte[]> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<byte[]> Task => _reply.Task;

        public bool Takes => false;

        public void Reply(uint id, ReadOnlyMemory<byte> reply) => _reply.TrySetResult(reply.ToArray());

        public void Data(uint id, int at, ReadOnlyMemory<byte> piece)
        {
        }

        public void DataEnds(uint id, int length)
        {
        }

        public void Fail(Exception why) => _reply.TrySetException(why);
    }

    /// <summary>A range that is read.</summary>
    private sealed class BulkRead(SftpClientSession session, byte[] handle, long offset, long length, int blockBytes, Action<long, ReadOnlyMemory<byte>>? take)
        : IReplies
    {
        private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Dictionary<uint, (long At, int Length)> _asked = [];
        private readonly Queue<(long At, int Length)> _again = new();
        private readonly long _end = offset + length;
        private Packet? _requests;
        private long _next = offset;
        private long _bytes;

        public Task<long> Task => _done.Task;

        public bool Takes => true;

        public void Ask(int count)
        {
            while (count-- > 0)
            {
                if (!_again.TryDequeue(out var part))
                {
                    if (_next >= _end)
                    {
                        break;
                    }

                    part = (_next, (int)Math.Min(blockBytes, _end - _next));
                    _next += part.Length;
                }

                uint id = session.Expect(this);
                _asked.Add(id, part);
                _requests ??= Packet.Rent(4096);
                SftpPacket.Append(_requests, new Read(id, handle, (ulong)part.At, (uint)part.Length));
            }

            if (_asked.Count == 0)
            {
                _done.TrySetResult(_bytes);
            }
        }

        public void Send()
        {
            if (_requests is { } packet)
            {
                _requests = null;
                session.SendRequests(packet);
            }
        }

        public void Reply(uint id, ReadOnlyMemory<byte> reply)
        {
            _asked.Remove(id);
            var status = Parse<Status>(reply);
            if (status.Code != SftpCode.EndOfFile)
            {
                _done.TrySetException(new SftpStatusException(status.Code, status.Text));
            }

            // Behind the end there is nothing to be asked for.
            _next = _end;
            Goes();
        }

        public void Data(uint id, int at, ReadOnlyMemory<byte> piece) => take?.Invoke(_asked[id].At + at, piece);

        public void DataEnds(uint id, int count)
        {
            _asked.Remove(id, out var part);
            _bytes += count;
            if (count < part.Length && count > 0)
            {
                _again.Enqueue((part.At + count, part.Length - count));
            }

            Goes();
        }

        public void Fail(Exception why) => _done.TrySetException(why);

        private void Goes()
        {
            Ask(1);
            session._touched = this;
        }
    }

    private void SendRequests(Packet packet) => channel.Send(packet);

    /// <summary>A range that is written.</summary>
    private sealed class BulkWrite(SftpClientSession session, byte[] handle, long offset, long length, int blockBytes, Action<long, Memory<byte>> fill) : IReplies
    {
        private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _end = offset + length;
        private long _next = offset;
        private int _inFlight;

        public Task<long> Task => _done.Task;

        public bool Takes => false;

        public void Ask(int count)
        {
            while (count-- > 0 && _next < _end)
            {
                int block = (int)Math.Min(blockBytes, _end - _next);
                uint id = session.Expect(this);
                var packet = Packet.Rent(64 + handle.Length + block);
                packet.Append(5)[4] = Write.Number;
                var writer = new WireWriter(packet);
                writer.UInt32(id);
                writer.Bytes(handle);
                writer.UInt64((ulong)_next);
                writer.UInt32((uint)block);
                fill(_next, packet.AppendMemory(block));
                session.SendRequests(SftpPacket.Finish(packet));
                _next += block;
                _inFlight++;
            }

            if (_inFlight == 0)
            {
                _done.TrySetResult(length);
            }
        }

        public void Reply(uint id, ReadOnlyMemory<byte> reply)
        {
            _inFlight--;
            var status = Parse<Status>(reply);
            if (status.Code != SftpCode.Ok)
            {
                _done.TrySetException(new SftpStatusException(status.Code, status.Text));
                _next = _end;
            }

            Ask(1);
        }

        public void Data(uint id, int at, ReadOnlyMemory<byte> piece)
        {
        }

        public void DataEnds(uint id, int length)
        {
        }

        public void Fail(Exception why) => _done.TrySetException(why);
    }
}
