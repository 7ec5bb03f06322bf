using System.Buffers;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>How a range of a file is read.</summary>
internal sealed record BulkReadPlan
{
    /// <summary>Bytes of one READ.</summary>
    public required int BlockBytes { get; init; }

    /// <summary>How many bytes are asked for at once.</summary>
    public required FlightSize Flight { get; init; }

    /// <summary>Where the file ends as far as was said; up to there much is asked for at once, behind it little. 0 where nothing was said.</summary>
    public long Guide { get; init; }
}

/// <summary>There was data behind what the server then called the end.</summary>
internal sealed class FileChangedException() : IOException("The file changed while it was read.");

/// <summary>
/// A range of a file that is read with many requests in flight. Data is handed on as it arrives, in pieces, from the receive buffer. What is
/// asked for and not yet written is bounded, so a slow target slows the server down.
/// </summary>
internal sealed class BulkRead : IReplies, IGoesOn
{
    /// <summary>Most bytes of one write to the target.</summary>
    private const int MostBatchBytes = 1024 * 1024;

    /// <summary>Most pieces of one write to the target: pwritev takes 1024.</summary>
    private const int MostBatchPieces = 256;

    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SftpClientSession _session;
    private readonly byte[] _handle;
    private readonly BulkRange _range;
    private readonly BulkReadPlan _plan;
    private readonly Func<long, ReadOnlySequence<byte>, CancellationToken, ValueTask> _target;
    private readonly CancellationToken _cancel;

    // All that follows is guarded by the session's lock.
    private readonly Queue<(long At, int Length)> _again = new();
    private readonly Queue<BulkPiece> _inbox = new();
    private readonly Stack<BulkPiece> _spare = new();
    private readonly List<BulkPiece> _batch = [];
    private SortedDictionary<long, BulkPiece>? _ahead;
    private Packet? _requests;
    private Exception? _failure;
    private long _next;
    private long _end;
    private long _highest;
    private long _inOrderTo;
    private long _written;
    private long _inFlight;
    private int _asked;
    private int _behindGuide;
    private int _mostBehindGuide = 1;
    private bool _crossesGuide;
    private int _fruitless;
    private bool _writing;
    private bool _isSlow;

    private BulkRead(
        SftpClientSession session, byte[] handle, in BulkRange range, BulkReadPlan plan,
        Func<long, ReadOnlySequence<byte>, CancellationToken, ValueTask> target, CancellationToken cancel)
    {
        (_session, _handle, _range, _plan, _target, _cancel) = (session, handle, range, plan, target, cancel);
        _next = _inOrderTo = _highest = range.From;
        _end = range.Count > long.MaxValue - range.From ? long.MaxValue : range.From + range.Count;
    }

    public bool TakesPieces => true;

    /// <summary>Reads a range; returns the bytes that were read and written, fewer where the file ends.</summary>
    /// <param name="session">Where the file is open.</param>
    /// <param name="handle">Of the file.</param>
    /// <param name="range">What, and where it belongs in the target.</param>
    /// <param name="plan">How.</param>
    /// <param name="target">Writes bytes, which are lent until it completes, at an offset; never called twice at once.</param>
    /// <param name="cancel">Stops; returns when the target has returned.</param>
    /// <exception cref="SftpStatusException">The server cannot.</exception>
    /// <exception cref="ConnectionException">The session is over.</exception>
    public static async Task<long> RunAsync(
        SftpClientSession session, byte[] handle, BulkRange range, BulkReadPlan plan,
        Func<long, ReadOnlySequence<byte>, CancellationToken, ValueTask> target, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var read = new BulkRead(session, handle, range, plan, target, cancel);
        var registration = cancel.UnsafeRegister(static (state, token) => ((BulkRead)state!).Stop(new OperationCanceledException(token)), read);
        await using var forgetting = registration.ConfigureAwait(false);
        read.GoOn();
        session.FlushTogether();
        return await read._done.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void GoOn()
    {
        while (true)
        {
            ReadOnlySequence<byte> bytes;
            long at;
            lock (_session.Gate)
            {
                if (_writing)
                {
                    return;
                }

                if (!TakeBatch(out at, out bytes))
                {
                    Ask();
                    TryFinish();
                    return;
                }

                _writing = true;
            }

            var writing = WriteAsync(at - _range.From + _range.To, bytes);
            if (!writing.IsCompletedSuccessfully)
            {
                lock (_session.Gate)
                {
                    _isSlow = _writing;
                }

                _ = GoOnBehindAsync(writing);
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Reply(in Due due, ReadOnlyMemory<byte> reply)
    {
        Answered(due, 0);
        if (reply.Span[0] != Status.Number)
        {
            throw new WireException($"Message {reply.Span[0]} in answer to READ.");
        }

        var (code, text) = StatusReply.Read(reply);
        if (code != SftpCode.EndOfFile)
        {
            _failure ??= code == SftpCode.Ok
                ? new ConnectionException(ConnectionError.Protocol, "The server answered READ with OK and no data.")
                : new SftpStatusException(code, text);
        }
        else if (due.At >= _highest)
        {
            _end = Math.Min(_end, due.At);
        }
        else
        {
            // There was data behind it: the file grew meanwhile, or the server is wrong.
            AskAgain(due.At, due.Length);
        }

        _session.Touch(this);
    }

    /// <inheritdoc/>
    public void Piece(in Due due, int at, ReadOnlyMemory<byte> piece, SharedBuffer buffer)
    {
        if (_failure is not null)
        {
            return;
        }

        long offset = due.At + at;
        bool inTurn = !_range.InOrder || offset == _inOrderTo;
        if (!_spare.TryPop(out var next))
        {
            next = new BulkPiece();
        }

        if (inTurn && !_isSlow)
        {
            next.Hold(offset, piece, buffer);
        }
        else
        {
            next.Copy(offset, piece);
        }

        if (!inTurn)
        {
            (_ahead ??= []).Add(offset, next);
            return;
        }

        Put(next);
        while (_ahead is { Count: > 0 } && _ahead.Remove(_inOrderTo, out var follows))
        {
            Put(follows);
        }
    }

    /// <inheritdoc/>
    public void PiecesEnd(in Due due, int count)
    {
        Answered(due, count);
        _highest = Math.Max(_highest, due.At + count);
        if (count == due.Length)
        {
            if (due.At >= _plan.Guide)
            {
                _mostBehindGuide = (int)Math.Min(2L * _mostBehindGuide, FlightSize.MostBytes / _plan.BlockBytes);
            }
        }
        else if (due.At < _plan.Guide && due.At + count == _plan.Guide && count > 0)
        {
            // As many as were said to be there, and more were asked for: that is the end.
            _end = Math.Min(_end, _plan.Guide);
        }
        else
        {
            // A short read is no end (draft-ietf-secsh-filexfer-02 section 6.4); one that brings nothing is no progress either.
            AskAgain(due.At + count, due.Length - count, fruitless: count == 0);
        }

        _session.Touch(this);
    }

    /// <inheritdoc/>
    public void Fail(Exception why) => Stop(why);

    private void Stop(Exception why)
    {
        lock (_session.Gate)
        {
            _failure ??= why;
            TryFinish();
        }
    }

    /// <summary>A request was answered, with so many bytes that are still to be written.</summary>
    private void Answered(in Due due, int count)
    {
        _asked--;
        _inFlight -= due.Length - count;
        _behindGuide -= due.At >= _plan.Guide ? 1 : 0;
        _crossesGuide &= !Crosses(due.At, due.Length);
        if (due.SentAt != 0)
        {
            _plan.Flight.Answered(_session.Now - due.SentAt, _session.LeastRoundTrip);
        }
    }

    private bool Crosses(long at, int length) => at < _plan.Guide && at + length > _plan.Guide;

    private void AskAgain(long at, int length, bool fruitless = true)
    {
        if (fruitless && ++_fruitless > SftpClientSession.MostFruitless)
        {
            _failure ??= new ConnectionException(ConnectionError.Protocol, "The server answers READ with nothing, again and again.");
            return;
        }

        _again.Enqueue((at, length));
    }

    private void Put(BulkPiece piece)
    {
        _inbox.Enqueue(piece);
        _inOrderTo = piece.End;
    }

    /// <summary>Asks for as much as may be under way. Under the lock.</summary>
    private void Ask()
    {
        while (_failure is null)
        {
            (long At, int Length) part;
            if (_again.TryPeek(out var again))
            {
                part = again;
                if (part.At >= _end)
                {
                    _again.Dequeue();
                    continue;
                }
            }
            else if (_next >= _end || (_next >= _plan.Guide && (_crossesGuide || _behindGuide >= _mostBehindGuide)))
            {
                break;
            }
            else
            {
                part = (_next, (int)Math.Min(_plan.BlockBytes, _end - _next));
            }

            if (_inFlight > 0 && _inFlight + part.Length > _plan.Flight.Bytes)
            {
                _plan.Flight.Full();
                break;
            }

            if (!_again.TryDequeue(out _))
            {
                _next += part.Length;
            }

            Request(part.At, part.Length);
        }

        if (_requests is { } packet)
        {
            _requests = null;
            _session.Channel.Send(packet);
        }
    }

    private void Request(long at, int length)
    {
        uint id;
        try
        {
            id = _session.Expect(new Due(this, at, length, _plan.Flight.Probes() ? _session.Now : 0));
        }
        catch (ConnectionException over)
        {
            _failure ??= over;
            return;
        }

        _asked++;
        _inFlight += length;
        _behindGuide += at >= _plan.Guide ? 1 : 0;
        _crossesGuide |= Crosses(at, length);
        _requests ??= Packet.Rent(4096);
        SftpPacket.Append(_requests, new Read(id, _handle, (ulong)at, (uint)length));
    }

    /// <summary>The next bytes that lie behind each other. Under the lock.</summary>
    private bool TakeBatch(out long at, out ReadOnlySequence<byte> bytes)
    {
        bytes = default;
        at = 0;
        if (_failure is not null || !_inbox.TryDequeue(out var piece))
        {
            return false;
        }

        at = piece.Offset;
        long index = 0;
        _batch.Add(piece);
        while (_batch.Count < MostBatchPieces && index < MostBatchBytes && _inbox.TryPeek(out var follows) && follows.Offset == piece.End)
        {
            _inbox.Dequeue();
            piece.Link(index, follows);
            index += piece.Memory.Length;
            _batch.Add(piece = follows);
        }

        piece.Link(index, null);
        bytes = new(_batch[0], 0, piece, piece.Memory.Length);
        return true;
    }

    private async ValueTask WriteAsync(long at, ReadOnlySequence<byte> bytes)
    {
        Exception? failure = null;
        try
        {
            await _target(at, bytes, _cancel).ConfigureAwait(false);
            _range.Moved?.Invoke(bytes.Length);
        }
#pragma warning disable CA1031 // Whatever the target's failure is, it is the reading's result.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            failure = failed;
        }

        lock (_session.Gate)
        {
            _writing = _isSlow = false;
            _failure ??= failure;
            _written += failure is null ? bytes.Length : 0;
            _inFlight -= bytes.Length;
            foreach (var piece in _batch)
            {
                Spare(piece);
            }

            _batch.Clear();
        }
    }

    private async Task GoOnBehindAsync(ValueTask writing)
    {
        await writing.ConfigureAwait(false);
        GoOn();
        _session.Channel.Flush();
    }

    /// <summary>Finishes where there is nothing left to do; what the target has in its hands comes first. Under the lock.</summary>
    private void TryFinish()
    {
        if (_writing)
        {
            return;
        }

        if (_failure is null)
        {
            if (_asked > 0 || _again.Count > 0 || _inbox.Count > 0 || (_next < _end && _failure is null))
            {
                return;
            }

            if (_ahead is { Count: > 0 } || _highest > _end)
            {
                _failure = new FileChangedException();
            }
        }

        while (_inbox.TryDequeue(out var piece))
        {
            Spare(piece);
        }

        foreach (var piece in _ahead?.Values ?? Enumerable.Empty<BulkPiece>())
        {
            piece.Release();
        }

        _ahead = null;
        if (_failure is { } failure)
        {
            _done.TrySetException(failure);
        }
        else
        {
            _done.TrySetResult(_written);
        }
    }

    private void Spare(BulkPiece piece)
    {
        piece.Release();
        _spare.Push(piece);
    }
}
