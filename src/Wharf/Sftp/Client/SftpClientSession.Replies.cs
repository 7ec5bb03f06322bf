using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Wharf.Net;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <content>The stream taken apart into replies, each given to who waits for it.</content>
internal sealed partial class SftpClientSession
{
    /// <summary>Number, id and the length of the data: what stands before the data of a DATA reply, behind its length.</summary>
    private const int DataHeaderBytes = 4 + 1 + 4 + 4;

    /// <summary>Longest reply we take; OpenSSH's bound.</summary>
    private const int MostReplyBytes = 256 * 1024;

    private readonly HashSet<IGoesOn> _touched = [];
    private readonly HashSet<IGoesOn> _waitingForRoom = [];
    private byte[] _cut = new byte[512];
    private int _cutCount;
    private DataReply _data;

    public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        int count = bytes.Length;
        try
        {
            lock (_gate)
            {
                Heard();
                Process(bytes, buffer);
            }
        }
        catch (WireException broken)
        {
            Broken($"The server breaks the protocol: {broken.Message}");
        }

        channel.Consumed(count);
    }

    public void Settle()
    {
        while (TakeTouched() is { } touched)
        {
            touched.GoOn();
        }
    }

    public void Drained()
    {
        IGoesOn[] waiting;
        lock (_gate)
        {
            waiting = [.. _waitingForRoom];
            _waitingForRoom.Clear();
        }

        foreach (var one in waiting)
        {
            one.GoOn();
        }
    }

    public void End() => Fail(new ConnectionException(ConnectionError.Lost, "The server ended the SFTP session."));

    public ValueTask CloseAsync()
    {
        Fail(new ConnectionException(ConnectionError.Lost, "The connection of the SFTP session is gone."));
        return default;
    }

    /// <summary>That one goes on when all that has come is taken in. Under the lock.</summary>
    internal void Touch(IGoesOn one) => _touched.Add(one);

    /// <summary>False where so few bytes are unsent that it can go on now; else it goes on when they are. Under the lock.</summary>
    internal bool WaitsForRoom(IGoesOn one, long unsentBytes)
    {
        _waitingForRoom.Add(one);
        if (channel.NotifyBelow(unsentBytes))
        {
            return true;
        }

        _waitingForRoom.Remove(one);
        return false;
    }

    private IGoesOn? TakeTouched()
    {
        lock (_gate)
        {
            foreach (var one in _touched)
            {
                _touched.Remove(one);
                return one;
            }

            return null;
        }
    }

    /// <summary>The session is over: whoever waits is told why.</summary>
    private void Fail(ConnectionException why)
    {
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = why;
            _data = default;
            foreach (var due in _due.Values.DistinctBy(due => due.To, ReferenceEqualityComparer.Instance).ToArray())
            {
                due.To.Fail(why);
            }

            // Who waits for room may have nothing in flight, and no room comes any more.
            foreach (var one in _waitingForRoom.OfType<IReplies>().ToArray())
            {
                one.Fail(why);
            }

            _due.Clear();
            _waitingForRoom.Clear();
            Unwatch();
        }
    }

    private void Process(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        while (!bytes.IsEmpty && _ended is null)
        {
            if (_data.Left > 0)
            {
                int count = Math.Min(_data.Left, bytes.Length);
                _data.Due.To.Piece(_data.Due, _data.Length - _data.Left, bytes[..count], buffer);
                _data = _data with { Left = _data.Left - count };
                bytes = bytes[count..];
                if (_data.Left == 0)
                {
                    _data.Due.To.PiecesEnd(_data.Due, _data.Length);
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

        int whole = WholeBytes(start);
        return start[4] == Data.Number && start.Length < DataHeaderBytes ? Math.Min(whole, DataHeaderBytes) : whole;
    }

    /// <summary>Bytes of the reply that begins so, its length included.</summary>
    private static int WholeBytes(ReadOnlySpan<byte> start)
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(start);
        return length is >= 5 and <= MostReplyBytes ? 4 + (int)length : throw new WireException($"A reply of {length} bytes.");
    }

    private bool Take(ReadOnlyMemory<byte> bytes, out int taken)
    {
        taken = 0;
        var span = bytes.Span;
        if (span.Length < 5)
        {
            return false;
        }

        int whole = WholeBytes(span);
        if (span[4] == Data.Number && span.Length >= DataHeaderBytes)
        {
            uint id = BinaryPrimitives.ReadUInt32BigEndian(span[5..]);
            int data = BinaryPrimitives.ReadInt32BigEndian(span[9..]);
            if (data != whole - DataHeaderBytes)
            {
                throw new WireException("DATA whose length is not that of its bytes.");
            }

            if (_due.TryGetValue(id, out var reading) && reading.To.TakesPieces)
            {
                if (reading.Length > 0 && data > reading.Length)
                {
                    throw new WireException("DATA with more bytes than were asked for.");
                }

                _due.Remove(id);
                Answered(reading);
                _data = new(reading, data, data);
                taken = DataHeaderBytes;
                if (data == 0)
                {
                    reading.To.PiecesEnd(reading, 0);
                }

                return true;
            }
        }

        if (span.Length < whole)
        {
            return false;
        }

        uint replyTo = span[4] == ServerVersion.Number ? VersionId : BinaryPrimitives.ReadUInt32BigEndian(span[5..]);
        if (!_due.Remove(replyTo, out var due))
        {
            throw new WireException("A reply that nothing was asked for.");
        }

        Answered(due);
        due.To.Reply(due, bytes[4..whole]);
        taken = whole;
        return true;
    }

    /// <summary>Some more names of a directory each time, with many READDIRs in flight; the handle is closed behind the last.</summary>
    /// <exception cref="SftpStatusException">It cannot be opened or read.</exception>
    internal async IAsyncEnumerable<NameEntry[]> ReadDirectoryAsync(byte[] path, int inFlight, [EnumeratorCancellation] CancellationToken cancel)
    {
        byte[] handle = HandleIn(await AskAsync(id => new OpenDirectory(id, path), cancel).ConfigureAwait(false));
        try
        {
            var asked = new Queue<Task<ReadOnlyMemory<byte>>>();
            bool ended = false;
            int empty = 0;
            while (!ended || asked.Count > 0)
            {
                while (!ended && asked.Count < inFlight)
                {
                    asked.Enqueue(AskAsync(id => new ReadDirectory(id, handle), new Asking { IsFollowed = asked.Count < inFlight - 1, TakesEnd = true }, cancel));
                }

                var reply = await asked.Dequeue().ConfigureAwait(false);
                if (reply.Span[0] == Status.Number)
                {
                    ended = true;
                    continue;
                }

                var entries = Parse<Name>(reply).Entries;

                // No names is no end; but a server that goes on so has none.
                if (entries.Length == 0 && ++empty > MostFruitless)
                {
                    throw Broken("The server lists nothing without an end.");
                }

                yield return entries;
            }
        }
        finally
        {
            Tell(id => new Close(id, handle));
            channel.Flush();
        }
    }

    private readonly record struct DataReply(Due Due, int Length, int Left);
}
