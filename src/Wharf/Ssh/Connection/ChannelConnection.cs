using System.Net;
using Wharf.Net;
using Wharf.Wire;

namespace Wharf.Ssh.Connection;

/// <summary>
/// A channel as a connection: what comes waits here, bounded by the channel's window, until it is received; who sends waits while
/// much has not reached the kernel. So a session of SSH can go through a channel of another (ProxyJump).
/// </summary>
/// <param name="local">What is told as our end.</param>
/// <param name="remote">What is told as the peer's.</param>
/// <param name="owner">Disposed with it; null for none.</param>
internal sealed class ChannelConnection(IPEndPoint local, IPEndPoint remote, IAsyncDisposable? owner) : IConnection, IChannelSink
{
    /// <summary>Bytes that may wait to be sent before a sender waits.</summary>
    private const int MostUnsentBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<(ReadOnlyMemory<byte> Bytes, SharedBuffer Buffer)> _received = new();
    private Channel? _channel;
    private TaskCompletionSource? _arrival;
    private TaskCompletionSource? _room;
    private int _used;
    private bool _ended;
    private bool _gone;
    private bool _closed;

    /// <inheritdoc/>
    public IPEndPoint Local => local;

    /// <inheritdoc/>
    public IPEndPoint Remote => remote;

    /// <inheritdoc/>
    public bool PeerHasFinished
    {
        get
        {
            lock (_gate)
            {
                return (_ended || _gone) && _received.Count == 0;
            }
        }
    }

    /// <summary>Where it sends: before the channel is open.</summary>
    public IChannelSink Over(IMessageChannel channel)
    {
        _channel = (Channel)channel;
        return this;
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task arrival;
            lock (_gate)
            {
                if (_closed)
                {
                    throw Broken();
                }

                if (_received.Count > 0)
                {
                    if (into.IsEmpty)
                    {
                        return 0;
                    }

                    break;
                }

                if (_ended)
                {
                    return 0;
                }

                if (_gone)
                {
                    throw Broken();
                }

                arrival = (_arrival ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        int count = Take(into.Span);
        _channel!.Consumed(count);
        _channel.Flush();
        return count;
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var channel = _channel!;
        while (!bytes.IsEmpty)
        {
            await RoomAsync(channel, cancellationToken).ConfigureAwait(false);
            int count = Math.Min(bytes.Length, Math.Min(channel.PieceBytes, MostUnsentBytes));
            var packet = Packet.Rent(count);
            bytes.Span[..count].CopyTo(packet.Append(count));
            channel.Send(packet);
            bytes = bytes[count..];
        }

        channel.Flush();
    }

    /// <inheritdoc/>
    public ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _channel!.FinishSending();
        _channel.Flush();
        return default;
    }

    /// <inheritdoc/>
    public void Abort()
    {
        int unread = Close();
        if (_channel is { } channel)
        {
            channel.Consumed(unread);
            channel.Close();
            channel.Flush();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Abort();
        if (owner is not null)
        {
            await owner.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                if (!bytes.IsEmpty)
                {
                    buffer.Hold();
                    _received.Enqueue((bytes, buffer));
                }

                return;
            }
        }

        _channel!.Consumed(bytes.Length);
    }

    /// <inheritdoc/>
    public void Settle() => Wake();

    /// <inheritdoc/>
    public void Drained()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
    }

    /// <inheritdoc/>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
        }

        Wake();
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync()
    {
        lock (_gate)
        {
            _gone = true;
        }

        Wake();
        Drained();
        return default;
    }

    private int Take(Span<byte> into)
    {
        int count = 0;
        lock (_gate)
        {
            while (count < into.Length && _received.TryPeek(out var first))
            {
                int part = Math.Min(into.Length - count, first.Bytes.Length - _used);
                first.Bytes.Span.Slice(_used, part).CopyTo(into[count..]);
                count += part;
                _used += part;
                if (_used == first.Bytes.Length)
                {
                    _received.Dequeue();
                    _used = 0;
                    first.Buffer.Release();
                }
            }
        }

        return count;
    }

    private async ValueTask RoomAsync(Channel channel, CancellationToken cancel)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_gone || _closed)
                {
                    throw Broken();
                }

                if (channel.Unsent < MostUnsentBytes)
                {
                    return;
                }

                room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            channel.Flush();
            if (channel.NotifyBelow(MostUnsentBytes / 2))
            {
                await room.WaitAsync(cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Nobody receives any more. The bytes that were unread.</summary>
    private int Close()
    {
        int unread = 0;
        lock (_gate)
        {
            _closed = true;
            while (_received.TryDequeue(out var piece))
            {
                unread += piece.Bytes.Length - _used;
                _used = 0;
                piece.Buffer.Release();
            }
        }

        Wake();
        Drained();
        return unread;
    }

    private void Wake()
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            arrival = _arrival;
            _arrival = null;
        }

        arrival?.TrySetResult();
    }

    private static IOException Broken() => new("The channel that carried this connection was closed.");
}
