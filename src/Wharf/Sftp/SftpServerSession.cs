using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>
/// One SFTP session of the server. Requests are parsed where they were received and, where the file system answers at once,
/// answered there and then; data of WRITE is gathered and written from the receive buffers. What takes longer goes on beside:
/// the requests of one handle in their order, all others as they come. This part takes the stream apart and sees to the
/// limits; the other parts do what the requests ask.
/// </summary>
internal sealed partial class SftpServerSession : IChannelSink, IAsyncDisposable
{
    private const int LengthBytes = 4;

    /// <summary>Length, number, id, handle, offset and the length of the data: what stands before the data of a WRITE.</summary>
    private const int WriteHeaderBytes = LengthBytes + 1 + 4 + 4 + HandleTable.HandleBytes + 8 + 4;

    private readonly Lock _gate = new();
    private readonly IMessageChannel _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Backlog _backlog = new();
    private byte[] _cut = [];
    private int _cutCount;
    private int _cutWanted;
    private IncomingWrite _incoming;
    private WriteBatch? _batch;
    private TaskCompletionSource? _idle;
    private int _inFlight;
    private int _queuedBytes;
    private int _worked;
    private bool _draining;
    private bool _processing;
    private bool _ended;
    private bool _finished;
    private bool _over;
    private bool _closed;

    /// <param name="files">What the account can see; not owned.</param>
    /// <param name="channel">Where replies go.</param>
    /// <param name="options">What is allowed, and how much of it.</param>
    /// <param name="session">The session's id, for the log.</param>
    /// <param name="user">The account's name: whose home "~" is.</param>
    /// <param name="clock">Measures how long files were open, and says what day it is in listings.</param>
    /// <param name="logger">Where what happens is told.</param>
    public SftpServerSession(
        IFileSystem files, IMessageChannel channel, SftpServerOptions options, string session, string user, TimeProvider clock, ILogger logger)
    {
        Files = files;
        Options = options;
        Id = session;
        User = user;
        Home = VirtualPath.Parse(options.Home);
        Handles = new(options.Limits.Handles);
        ListingBytes = Math.Min(options.Limits.ListingBytes, options.Limits.PacketBytes);
        _channel = channel;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Whether something is open or a request not answered. Any thread.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return !_over && (Handles.Count > 0 || _inFlight > 0 || !_backlog.IsEmpty);
            }
        }
    }

    public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        lock (_gate)
        {
            if (_over)
            {
                _channel.Consumed(bytes.Length);
                return;
            }

            int used = _backlog.IsEmpty ? Process(bytes, buffer) : 0;
            if (used < bytes.Length && !_over)
            {
                _backlog.Add(bytes[used..], buffer);
            }

            Acknowledge();
        }
    }

    public void Settle()
    {
        lock (_gate)
        {
            GoOn();
        }
    }

    public void Drained()
    {
        lock (_gate)
        {
            _draining = false;
            GoOn();
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            GoOn();
        }
    }

    public async ValueTask CloseAsync()
    {
        Task idle;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;

            // What was received wholly is written, though nobody will hear of it.
            if (!_over)
            {
                FlushWrites();
            }

            Stop();
            idle = _inFlight == 0 ? Task.CompletedTask : (_idle = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await idle.ConfigureAwait(false);
        foreach (var handle in Handles.Clear())
        {
            await AbandonAsync(handle).ConfigureAwait(false);
        }

        _stop.Dispose();
        _long?.Dispose();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => CloseAsync();

    /// <summary>Whether input must wait: too much is being done, or too many replies have not left.</summary>
    private bool IsFull()
    {
        if (_draining || _inFlight >= Limits.RequestsInFlight || _queuedBytes >= Limits.QueuedBytes)
        {
            return true;
        }

        if (_channel.Unsent >= Limits.UnsentBytes)
        {
            // Written before it is asked: the answer may come on another thread at once.
            _draining = true;
            _draining = _channel.NotifyBelow((Limits.UnsentBytes / 2) + 1);
        }

        return _draining;
    }

    /// <summary>Works off what waits, as far as the limits allow, then does what was gathered. Safe to call at any time under the lock.</summary>
    private void GoOn()
    {
        if (_over || _processing)
        {
            return;
        }

        do
        {
            while (!_backlog.IsEmpty)
            {
                var (bytes, buffer) = _backlog.First;
                int used = Process(bytes, buffer);
                if (_over)
                {
                    return;
                }

                if (used == 0)
                {
                    break;
                }

                _backlog.Advance(used);
            }

            _processing = true;
            FlushWrites();
            _processing = false;
        }
        while (!_backlog.IsEmpty && !IsFull());

        Acknowledge();
        if (_ended && !_finished && _inFlight == 0 && _backlog.IsEmpty)
        {
            _finished = true;
            _channel.Finish(0);
        }
    }

    private void Acknowledge()
    {
        if (_worked > 0)
        {
            int worked = _worked;
            _worked = 0;
            _channel.Consumed(worked);
        }
    }

    /// <summary>Takes whole messages, data of WRITE, and the beginning of what is cut; returns how far it came.</summary>
    private int Process(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        _processing = true;
        int at = 0;
        while (at < bytes.Length && !_over)
        {
            var rest = bytes[at..];
            int taken;
            if (_incoming.IsUnderWay)
            {
                at += TakeData(rest, buffer);
                continue;
            }

            if (_cutCount > 0)
            {
                taken = Assemble(rest);
                at += taken;
                _worked += taken;
                continue;
            }

            if (IsFull())
            {
                break;
            }

            taken = TakeMessage(rest);
            if (taken == 0)
            {
                _cutWanted = Wanted(rest.Span);
                taken = Assemble(rest);
            }

            at += taken;
            _worked += taken;
        }

        _processing = false;
        return at;
    }

    /// <summary>Puts the pieces of a message, or of the header of a WRITE, together until it is whole.</summary>
    private int Assemble(ReadOnlyMemory<byte> rest)
    {
        int count = Math.Min(rest.Length, _cutWanted - _cutCount);
        if (_cut.Length < _cutWanted)
        {
            byte[] larger = System.Buffers.ArrayPool<byte>.Shared.Rent(_cutWanted);
            _cut.AsSpan(0, _cutCount).CopyTo(larger);
            ReturnCut();
            _cut = larger;
        }

        rest.Span[..count].CopyTo(_cut.AsSpan(_cutCount));
        _cutCount += count;
        if (_cutCount == _cutWanted)
        {
            if (TakeMessage(_cut.AsMemory(0, _cutCount)) > 0)
            {
                _cutCount = 0;
                ReturnCut();
            }
            else
            {
                _cutWanted = Wanted(_cut.AsSpan(0, _cutCount));
            }
        }

        return count;
    }

    private void ReturnCut()
    {
        if (_cut.Length > 0)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(_cut);
            _cut = [];
        }
    }

    /// <summary>How many bytes of a cut message are needed to go on: first what tells its length and kind.</summary>
    private static int Wanted(ReadOnlySpan<byte> start)
    {
        if (start.Length < LengthBytes + 1)
        {
            return LengthBytes + 1;
        }

        int whole = LengthBytes + BinaryPrimitives.ReadInt32BigEndian(start);
        return start[LengthBytes] == Write.Number && start.Length < WriteHeaderBytes ? Math.Min(whole, WriteHeaderBytes) : whole;
    }

    /// <summary>Takes the message these bytes begin with, or the header of a WRITE; 0 where more bytes are needed.</summary>
    private int TakeMessage(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < LengthBytes + 1)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(span);
        if (length == 0 || length > (uint)Limits.PacketBytes)
        {
            Break($"a message of {length} bytes");
            return span.Length;
        }

        int whole = LengthBytes + (int)length;
        if (span[LengthBytes] == Write.Number && _version is not null)
        {
            if (span.Length < Math.Min(whole, WriteHeaderBytes))
            {
                return 0;
            }

            if (TryBeginWrite(span, whole))
            {
                return WriteHeaderBytes;
            }
        }

        if (span.Length < whole)
        {
            return 0;
        }

        Dispatch(bytes[LengthBytes..whole]);
        return whole;
    }

    /// <summary>The peer broke the framing, so that nothing behind it can be understood.</summary>
    private void Break(string offence)
    {
        Log.Broken(_logger, Id, offence);
        Stop();
        _channel.Finish(1);
    }

    /// <summary>Takes nothing more. What is being done goes on to its end.</summary>
    private void Stop()
    {
        _over = true;
        _backlog.Clear();
        _cutCount = 0;
        ReturnCut();
        _batch?.Release();
        _batch = null;
        _incoming = default;
    }
}
