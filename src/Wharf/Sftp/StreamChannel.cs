using System.Threading.Channels;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>
/// A message channel over two streams, such as standard input and output: as sftp-server runs below an sshd that is not ours.
/// </summary>
internal sealed class StreamChannel : IMessageChannel
{
    /// <summary>Bytes read at once.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>Most bytes received that were not worked off: beyond it nothing is read.</summary>
    private const int WindowBytes = 2 * 1024 * 1024;

    /// <summary>Small replies are joined to writes of this size.</summary>
    private const int JoinBytes = 64 * 1024;

    private readonly Channel<Packet> _packets = Channel.CreateUnbounded<Packet>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _room;
    private IChannelSink? _sink;
    private long _unsent;
    private long _notifyBelow;
    private int _unworked;

    private StreamChannel()
    {
    }

    public long Unsent => Interlocked.Read(ref _unsent);

    /// <summary>Serves until the sink has finished, or one of the streams ends or breaks; returns the exit status.</summary>
    /// <param name="input">What the peer sends; not owned.</param>
    /// <param name="output">What the peer receives; not owned.</param>
    /// <param name="open">Makes what stands at this end.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<int> RunAsync(Stream input, Stream output, Func<IMessageChannel, IChannelSink> open, CancellationToken cancel)
    {
        var channel = new StreamChannel();
        var sink = channel._sink = open(channel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var writing = channel.WriteAsync(output, stop.Token);
        var reading = channel.ReadAsync(input, sink, stop.Token);
        await Task.WhenAny(writing, channel._exit.Task, reading).ConfigureAwait(false);
        if (reading.IsCompletedSuccessfully && await reading.ConfigureAwait(false))
        {
            // The end of the input is not the end of the answers.
            await Task.WhenAny(writing, channel._exit.Task).ConfigureAwait(false);
        }

        channel._packets.Writer.TryComplete();
        int status = channel._exit.Task.IsCompletedSuccessfully ? await channel._exit.Task.ConfigureAwait(false) : 1;
        if (channel._exit.Task.IsCompletedSuccessfully)
        {
            await writing.ConfigureAwait(false);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await sink.CloseAsync().ConfigureAwait(false);
        return status;
    }

    public void Send(Packet packet)
    {
        int length = packet.Length;
        Interlocked.Add(ref _unsent, length);
        if (!_packets.Writer.TryWrite(packet))
        {
            Interlocked.Add(ref _unsent, -length);
            packet.Dispose();
        }
    }

    public bool NotifyBelow(long bytes)
    {
        lock (_gate)
        {
            _notifyBelow = Unsent < bytes ? 0 : bytes;
            return _notifyBelow > 0;
        }
    }

    public void Consumed(int bytes)
    {
        lock (_gate)
        {
            _unworked -= bytes;
            if (_unworked < WindowBytes)
            {
                _room?.TrySetResult();
                _room = null;
            }
        }
    }

    public void Flush()
    {
        // Everything leaves as soon as it can.
    }

    public void Finish(int exitStatus) => _exit.TrySetResult(exitStatus);

    /// <summary>True at the end of the input, false where it broke.</summary>
    private async Task<bool> ReadAsync(Stream input, IChannelSink sink, CancellationToken cancel)
    {
        SharedBuffer? buffer = null;
        try
        {
            while (true)
            {
                await Room().WaitAsync(cancel).ConfigureAwait(false);
                if (buffer is null || !buffer.IsHeldOnce)
                {
                    buffer?.Release();
                    buffer = SharedBuffer.Rent(BufferBytes);
                }

                int count = await input.ReadAsync(buffer.Memory, cancel).ConfigureAwait(false);
                if (count == 0)
                {
                    sink.End();
                    return true;
                }

                lock (_gate)
                {
                    _unworked += count;
                }

                sink.Receive(buffer.Memory[..count], buffer);
                sink.Settle();
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            buffer?.Release();
        }
    }

    private Task Room()
    {
        lock (_gate)
        {
            return _unworked < WindowBytes
                ? Task.CompletedTask
                : (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private async Task WriteAsync(Stream output, CancellationToken cancel)
    {
        byte[] joined = System.Buffers.ArrayPool<byte>.Shared.Rent(JoinBytes);
        try
        {
            while (await _packets.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
            {
                int count = 0;
                while (_packets.Reader.TryRead(out var packet))
                {
                    using (packet)
                    {
                        if (count + packet.Length > JoinBytes && count > 0)
                        {
                            await output.WriteAsync(joined.AsMemory(0, count), cancel).ConfigureAwait(false);
                            Sent(count);
                            count = 0;
                        }

                        if (packet.Length >= JoinBytes / 4)
                        {
                            await output.WriteAsync(joined.AsMemory(0, count), cancel).ConfigureAwait(false);
                            await output.WriteAsync(packet.Memory, cancel).ConfigureAwait(false);
                            Sent(count + packet.Length);
                            count = 0;
                        }
                        else
                        {
                            packet.Span.CopyTo(joined.AsSpan(count));
                            count += packet.Length;
                        }
                    }
                }

                await output.WriteAsync(joined.AsMemory(0, count), cancel).ConfigureAwait(false);
                await output.FlushAsync(cancel).ConfigureAwait(false);
                Sent(count);
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _packets.Writer.TryComplete();
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(joined);
            while (_packets.Reader.TryRead(out var left))
            {
                left.Dispose();
            }
        }
    }

    private void Sent(int bytes)
    {
        bool drained;
        lock (_gate)
        {
            drained = Interlocked.Add(ref _unsent, -bytes) < _notifyBelow;
            if (drained)
            {
                _notifyBelow = 0;
            }
        }

        if (drained)
        {
            _sink!.Drained();
        }
    }
}
