using System.Net;
using Wharf.Net;

namespace Wharf.Tests.Support;

/// <summary>
/// One end of a connection in memory. Each direction holds a bounded number of bytes and pushes back beyond it. An abort is
/// strict: what the peer has not read is lost to it, as with an RST on most systems.
/// </summary>
internal sealed class MemoryConnection : IConnection
{
    /// <summary>Bytes one direction holds before a sender waits.</summary>
    public const int DefaultCapacity = 64 * 1024;

    private readonly Direction _incoming;
    private readonly Direction _outgoing;

    private MemoryConnection(IPEndPoint local, IPEndPoint remote, Direction incoming, Direction outgoing)
    {
        Local = local;
        Remote = remote;
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

    public bool PeerHasFinished => _incoming.IsAtEnd;

    /// <summary>Bytes that wait to be received here.</summary>
    public int Available => _incoming.Count;

    /// <summary>Bytes sent that the peer has not received.</summary>
    public int Unreceived => _outgoing.Count;

    public long UnacknowledgedBytes => Unreceived;

    /// <summary>Whether either end aborted.</summary>
    public bool IsAborted => _incoming.IsAborted;

    /// <summary>Two ends of one connection, between two addresses of documentation networks unless told.</summary>
    public static (MemoryConnection Client, MemoryConnection Server) Pair(
        IPEndPoint? client = null, IPEndPoint? server = null, int capacity = DefaultCapacity)
    {
        client ??= new IPEndPoint(IPAddress.Parse("192.0.2.1"), 50_000);
        server ??= new IPEndPoint(IPAddress.Parse("198.51.100.1"), 21);
        var up = new Direction(capacity);
        var down = new Direction(capacity);
        return (new MemoryConnection(client, server, down, up), new MemoryConnection(server, client, up, down));
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) =>
        _incoming.ReceiveAsync(into, cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _outgoing.SendAsync(bytes, cancellationToken);

    public ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _outgoing.Finish();
        return ValueTask.CompletedTask;
    }

    public void Abort()
    {
        _incoming.Abort();
        _outgoing.Abort();
    }

    /// <summary>Everything the peer sends until it ends its direction.</summary>
    public Task<byte[]> ReadToEndAsync(CancellationToken cancellationToken) => ReadToEndAsync(this, cancellationToken);

    /// <summary>Everything a connection brings until the peer ends its direction.</summary>
    public static async Task<byte[]> ReadToEndAsync(IConnection connection, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (await connection.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    public ValueTask DisposeAsync()
    {
        _outgoing.Finish();
        _incoming.StopReading();
        return ValueTask.CompletedTask;
    }

    /// <summary>A bounded ring of bytes from one end to the other.</summary>
    private sealed class Direction(int capacity)
    {
        private readonly Lock _gate = new();
        private readonly byte[] _ring = new byte[capacity];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _head;
        private int _count;
        private bool _finished;
        private bool _aborted;
        private bool _unread;

        public int Count
        {
            get
            {
                lock (_gate)
                {
                    return _count;
                }
            }
        }

        public bool IsAborted
        {
            get
            {
                lock (_gate)
                {
                    return _aborted;
                }
            }
        }

        public bool IsAtEnd
        {
            get
            {
                lock (_gate)
                {
                    return _aborted || (_finished && _count == 0);
                }
            }
        }

        public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel)
        {
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                Task changed;
                lock (_gate)
                {
                    if (_aborted || _unread)
                    {
                        throw new IOException("The connection was reset.");
                    }

                    if (_count > 0 || _finished)
                    {
                        int count = Math.Min(into.Length, _count);
                        int first = Math.Min(count, _ring.Length - _head);
                        _ring.AsSpan(_head, first).CopyTo(into.Span);
                        _ring.AsSpan(0, count - first).CopyTo(into.Span[first..]);
                        _head = (_head + count) % _ring.Length;
                        _count -= count;
                        Change();
                        return count;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancel);
            }
        }

        public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
        {
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                Task changed;
                lock (_gate)
                {
                    if (_aborted || _finished || _unread)
                    {
                        throw new IOException(_finished ? "This direction has ended." : "The connection was reset.");
                    }

                    int count = Math.Min(bytes.Length, _ring.Length - _count);
                    int tail = (_head + _count) % _ring.Length;
                    int first = Math.Min(count, _ring.Length - tail);
                    bytes.Span[..first].CopyTo(_ring.AsSpan(tail));
                    bytes.Span[first..count].CopyTo(_ring);
                    _count += count;
                    if (count > 0)
                    {
                        Change();
                        bytes = bytes[count..];
                    }

                    if (bytes.IsEmpty)
                    {
                        return;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancel);
            }
        }

        public void Finish() => Set(ref _finished);

        public void Abort() => Set(ref _aborted);

        public void StopReading() => Set(ref _unread);

        private void Set(ref bool state)
        {
            lock (_gate)
            {
                state = true;
                Change();
            }
        }

        private void Change()
        {
            var changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }
}
