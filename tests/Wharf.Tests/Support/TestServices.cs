using Wharf.Ssh.Connection;
using Wharf.Wire;

namespace Wharf.Tests.Support;

/// <summary>A subsystem that sends back what it gets, no faster than it is taken; or only takes it.</summary>
internal sealed class EchoService(string name, bool answers = true) : ChannelService
{
    private long _received;
    private int _opened;
    private int _closed;

    /// <summary>Bytes that came on all channels.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>How often it was asked for.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>How many of those are over.</summary>
    public int Closed => Volatile.Read(ref _closed);

    internal override bool IsSubsystem(string asked) => asked == name;

    internal override IChannelSink Open(ChannelRequest request, IMessageChannel channel)
    {
        Interlocked.Increment(ref _opened);
        return new Sink(this, channel, answers);
    }

    private sealed class Sink(EchoService service, IMessageChannel channel, bool answers) : IChannelSink
    {
        private const long MostUnsent = 1 << 20;
        private int _owed;

        public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
        {
            Interlocked.Add(ref service._received, bytes.Length);
            if (answers)
            {
                var packet = Packet.Rent(bytes.Length);
                bytes.Span.CopyTo(packet.Append(bytes.Length));
                channel.Send(packet);
            }

            Interlocked.Add(ref _owed, bytes.Length);
        }

        public void Settle()
        {
            if (!channel.NotifyBelow(MostUnsent))
            {
                channel.Consumed(Interlocked.Exchange(ref _owed, 0));
            }
        }

        public void Drained() => ThreadPool.UnsafeQueueUserWorkItem(
            static sink =>
            {
                sink.Settle();
                sink.Flush();
            },
            this, preferLocal: false);

        public void End() => channel.Finish(0);

        public ValueTask CloseAsync()
        {
            Interlocked.Increment(ref service._closed);
            return default;
        }

        private void Flush() => channel.Flush();
    }
}

/// <summary>A subsystem that sends zeros without end, and never has more than a bound of them unsent.</summary>
internal sealed class FloodService(string name) : ChannelService
{
    /// <summary>Most bytes it leaves unsent.</summary>
    public const int MostUnsent = 256 * 1024;

    private const int PieceBytes = 16 * 1024;
    private long _produced;

    /// <summary>Bytes given to channels.</summary>
    public long Produced => Interlocked.Read(ref _produced);

    internal override bool IsSubsystem(string asked) => asked == name;

    internal override IChannelSink Open(ChannelRequest request, IMessageChannel channel)
    {
        var sink = new Sink(this, channel);
        sink.Drained();
        return sink;
    }

    private sealed class Sink(FloodService service, IMessageChannel channel) : IChannelSink
    {
        private readonly Lock _gate = new();
        private bool _isOver;

        public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer) => channel.Consumed(bytes.Length);

        public void Settle()
        {
        }

        public void Drained() => ThreadPool.UnsafeQueueUserWorkItem(static sink => sink.Produce(), this, preferLocal: false);

        public void End()
        {
        }

        public ValueTask CloseAsync()
        {
            Volatile.Write(ref _isOver, true);
            return default;
        }

        private void Produce()
        {
            lock (_gate)
            {
                while (!Volatile.Read(ref _isOver) && !channel.NotifyBelow(MostUnsent))
                {
                    var packet = Packet.Rent(PieceBytes);
                    packet.Append(PieceBytes).Clear();
                    Interlocked.Add(ref service._produced, PieceBytes);
                    channel.Send(packet);
                }
            }

            channel.Flush();
        }
    }
}
