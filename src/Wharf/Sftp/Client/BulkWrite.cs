using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>
/// A range of a file that is written with many requests in flight, whatever the source is: its bytes are read straight to where they are
/// sent from. Bounded by what has not left: what the server has not taken yet stays in the source.
/// </summary>
/// <param name="session">Where the file is open.</param>
/// <param name="handle">Of the file.</param>
/// <param name="range">What of the source, and where it belongs in the file.</param>
/// <param name="blockBytes">Bytes of one WRITE.</param>
/// <param name="mostInFlight">Bytes that may be sent and not acknowledged.</param>
/// <param name="source">Reads at an offset; fewer bytes than fit are no end, none are. Never called twice at once.</param>
/// <param name="cancel">Stops; returns when the source has returned.</param>
internal sealed class BulkWrite(
    SftpClientSession session, byte[] handle, BulkRange range, int blockBytes, long mostInFlight,
    Func<long, Memory<byte>, CancellationToken, ValueTask<int>> source, CancellationToken cancel)
    : IReplies, IGoesOn
{
    /// <summary>Bytes that may be under way: a server's window bounds it further, and <see cref="UnsentBytes"/> what waits here.</summary>
    public const long MostInFlight = FlightSize.MostBytes;

    /// <summary>
    /// Bytes that have not left, of all that the session sends, beyond which nothing more is read: so few that what was read from the disk
    /// is still in the processor's cache when it is sealed.
    /// </summary>
    private const int UnsentBytes = 512 * 1024;

    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _end = range.Count > long.MaxValue - range.From ? long.MaxValue : range.From + range.Count;

    // All that follows is guarded by the session's lock.
    private Exception? _failure;
    private long _next = range.From;
    private long _acknowledged;
    private long _untold;
    private long _inFlight;
    private bool _reading;
    private bool _sourceEnded;

    public bool TakesPieces => false;


    /// <summary>The bytes that were sent, when the source has ended; acknowledgements may be due. Fails as the whole does.</summary>
    public Task<long> SentAll => _sent.Task;

    /// <summary>Writes; returns the bytes, all of them acknowledged.</summary>
    /// <exception cref="SftpStatusException">The server cannot.</exception>
    /// <exception cref="ConnectionException">The session is over.</exception>
    public async Task<long> RunAsync()
    {
        // Cancelled already, it stops here, and SentAll fails as the whole does.
        var registration = cancel.UnsafeRegister(static (state, token) => ((BulkWrite)state!).Stop(new OperationCanceledException(token)), this);
        await using var forgetting = registration.ConfigureAwait(false);
        GoOn();
        session.FlushTogether();
        return await _done.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void GoOn()
    {
        while (TryBegin(out long at, out int count, out long untold))
        {
            var reading = StepAsync(at, count, untold);
            if (!reading.IsCompletedSuccessfully)
            {
                _ = GoOnBehindAsync(reading);
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Reply(in Due due, ReadOnlyMemory<byte> reply)
    {
        if (reply.Span[0] != Status.Number)
        {
            throw new WireException($"Message {reply.Span[0]} in answer to WRITE.");
        }

        _inFlight -= due.Length;
        if (StatusReply.FailureIn(reply) is { } failure)
        {
            _failure ??= failure;
        }
        else
        {
            _acknowledged += due.Length;
            _untold += due.Length;
        }

        session.Touch(this);
    }

    /// <inheritdoc/>
    public void Piece(in Due due, int at, ReadOnlyMemory<byte> piece, SharedBuffer buffer)
    {
    }

    /// <inheritdoc/>
    public void PiecesEnd(in Due due, int count)
    {
    }

    /// <inheritdoc/>
    public void Fail(Exception why) => Stop(why);

    private void Stop(Exception why)
    {
        lock (session.Gate)
        {
            _failure ??= why;
            TryFinish();
        }
    }

    /// <summary>Whether there is something to do now, for one caller at a time: bytes to send, or some to be told of.</summary>
    private bool TryBegin(out long at, out int count, out long untold)
    {
        lock (session.Gate)
        {
            (at, count, untold) = (_next, 0, _untold);
            if (_reading)
            {
                return false;
            }

            _sourceEnded |= _next >= _end;
            if (_failure is null && !_sourceEnded && MayRead())
            {
                count = (int)Math.Min(blockBytes, _end - _next);
            }

            if (count == 0 && untold == 0)
            {
                TryFinish();
                return false;
            }

            _untold = 0;
            return _reading = true;
        }
    }

    private bool MayRead()
    {
        if (_inFlight > 0 && _inFlight + blockBytes > mostInFlight)
        {
            return false;
        }

        return session.Channel.Unsent < UnsentBytes || !session.WaitsForRoom(this, (UnsentBytes / 2) + 1);
    }

    private async ValueTask StepAsync(long at, int count, long untold)
    {
        Packet? message = null;
        int read = 0;
        Exception? failure = null;
        try
        {
            if (untold > 0)
            {
                range.Moved?.Invoke(untold);
            }

            if (count > 0)
            {
                (message, read) = await ReadAsync(at, count).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever the source's failure is, it is the writing's result.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            failure = failed;
        }

        lock (session.Gate)
        {
            _reading = false;
            _failure ??= failure;
            if (_failure is not null || (count > 0 && read == 0))
            {
                _sourceEnded = true;
                message?.Dispose();
                return;
            }

            if (message is not null)
            {
                Send(message, at, read);
            }
        }
    }

    /// <summary>A WRITE with the bytes of the source, without its id; in pieces where the channel's packets are shorter than it.</summary>
    private async ValueTask<(Packet Message, int Count)> ReadAsync(long at, int count)
    {
        // uint32 length, byte number, uint32 id, string handle, uint64 offset, uint32 length of the data (section 6.4).
        int header = SftpPacket.HeaderBytes + 4 + handle.Length + 8 + 4;
        int room = Math.Min(count, session.Channel.PieceBytes - header);
        var message = Packet.Rent(header + room);
        try
        {
            WriteHeader(message, at - range.From + range.To);
            int total = 0;
            for (var piece = message; ; piece = piece.Next = Packet.Rent(room))
            {
                int read = await source(at + total, piece.AppendMemory(room), cancel).ConfigureAwait(false);
                piece.Truncate(piece.Length - room + read);
                total += read;
                if (read < room || total == count)
                {
                    break;
                }

                room = Math.Min(count - total, session.Channel.PieceBytes);
            }

            BinaryPrimitives.WriteInt32BigEndian(message.Span, header - 4 + total);
            BinaryPrimitives.WriteInt32BigEndian(message.Span[(header - 4)..], total);
            return (message, total);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private void WriteHeader(Packet message, long offset)
    {
        message.Append(SftpPacket.HeaderBytes)[4] = Write.Number;
        var writer = new WireWriter(message);
        writer.Bytes(handle);
        writer.UInt64((ulong)offset);
        writer.UInt32(0);
    }

    private void Send(Packet message, long at, int count)
    {
        try
        {
            BinaryPrimitives.WriteUInt32BigEndian(message.Span[5..], session.Expect(new Due(this, at, count)));
        }
        catch (ConnectionException over)
        {
            _failure ??= over;
            message.Dispose();
            return;
        }

        _next += count;
        _inFlight += count;
        session.Channel.Send(message);
    }

    private async Task GoOnBehindAsync(ValueTask reading)
    {
        await reading.ConfigureAwait(false);
        GoOn();
        session.Channel.Flush();
    }

    /// <summary>Finishes where there is nothing left to do; what the source has in its hands comes first. Under the lock.</summary>
    private void TryFinish()
    {
        if (_reading)
        {
            return;
        }

        if (_failure is not null)
        {
            _sent.TrySetException(_failure);
            _done.TrySetException(_failure);
        }
        else if (_sourceEnded)
        {
            _sent.TrySetResult(_next - range.From);
            if (_inFlight == 0 && _untold == 0)
            {
                _done.TrySetResult(_acknowledged);
            }
        }
    }
}
