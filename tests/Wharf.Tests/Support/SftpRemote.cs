using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Wire;

namespace Wharf.Tests.Support;

/// <summary>Two ends of a channel in memory: what one sends, the other receives, on threads of the pool, one message loop each.</summary>
internal sealed class MemoryChannel : IMessageChannel
{
    private readonly Lock _gate = new();
    private readonly Queue<(Packet? Packet, bool IsEnd)> _arrived = new();
    private MemoryChannel _peer = null!;
    private long _unsent;
    private long _notifyBelow;
    private bool _receiving;
    private bool _over;

    private MemoryChannel()
    {
    }

    /// <summary>What receives at this end.</summary>
    public IChannelSink Sink { get; set; } = null!;

    /// <inheritdoc/>
    public int PieceBytes { get; init; } = 32 * 1024;

    public long Unsent => Interlocked.Read(ref _unsent);

    public static (MemoryChannel One, MemoryChannel Other) Pair(int pieceBytes = 32 * 1024)
    {
        var one = new MemoryChannel { PieceBytes = pieceBytes };
        var other = new MemoryChannel { PieceBytes = pieceBytes, _peer = one };
        one._peer = other;
        return (one, other);
    }

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
        for (Packet? piece = packet, next; piece is not null; piece = next)
        {
            next = piece.TakeNext();
            Interlocked.Add(ref _unsent, piece.Length);
            _peer.Arrive(piece, isEnd: false);
        }
    }

    public void Consumed(int bytes)
    {
    }

    public void Flush()
    {
    }

    public void Finish(int exitStatus) => _peer.Arrive(null, isEnd: true);

    /// <summary>The connection is gone, at both ends.</summary>
    public void Cut()
    {
        Arrive(null, isEnd: true);
        _peer.Arrive(null, isEnd: true);
    }

    private void Arrive(Packet? packet, bool isEnd)
    {
        lock (_gate)
        {
            _arrived.Enqueue((packet, isEnd));
            if (_receiving)
            {
                return;
            }

            _receiving = true;
        }

        ThreadPool.QueueUserWorkItem(_ => Receive());
    }

    private void Receive()
    {
        while (true)
        {
            bool settles = false;
            while (TryTake(out var packet, out bool isEnd))
            {
                if (_over)
                {
                    packet?.Dispose();
                }
                else if (isEnd)
                {
                    _over = true;
                    Sink.End();
                    _ = Sink.CloseAsync().AsTask();
                }
                else
                {
                    Take(packet!);
                    settles = true;
                }
            }

            if (settles)
            {
                Sink.Settle();
            }

            lock (_gate)
            {
                if (_arrived.Count == 0)
                {
                    _receiving = false;
                    return;
                }
            }
        }
    }

    private bool TryTake(out Packet? packet, out bool isEnd)
    {
        lock (_gate)
        {
            bool taken = _arrived.TryDequeue(out var next);
            (packet, isEnd) = next;
            return taken;
        }
    }

    private void Take(Packet packet)
    {
        int length = packet.Length;
        var buffer = SharedBuffer.Rent(length);
        packet.Span.CopyTo(buffer.Memory.Span);
        packet.Dispose();
        _peer.Left(length);
        Sink.Receive(buffer.Memory[..length], buffer);

        // Whoever needs the bytes has held the buffer; everyone else must see that they are gone.
        if (buffer.IsHeldOnce)
        {
            buffer.Memory.Span.Fill(0xEE);
        }

        buffer.Release();
    }

    private void Left(int bytes)
    {
        bool drained;
        lock (_gate)
        {
            drained = Interlocked.Add(ref _unsent, -bytes) < _notifyBelow;
            _notifyBelow = drained ? 0 : _notifyBelow;
        }

        if (drained)
        {
            Sink.Drained();
        }
    }
}

/// <summary>A server of ours over a file system, and a client's file system over it, with nothing but memory between.</summary>
internal sealed class SftpRemote : IAsyncDisposable
{
    private readonly ConcurrentBag<SftpServerSession> _servers = [];
    private readonly IFileSystem _files;
    private readonly SftpServerOptions _options;

    /// <param name="files">What the server serves.</param>
    /// <param name="most">Most sessions.</param>
    /// <param name="options">Of the server.</param>
    public SftpRemote(IFileSystem files, int most = 1, SftpServerOptions? options = null)
    {
        _files = files;
        _options = options ?? new();
        Pool = new(_ => ConnectAsync(), most, SftpFiles.SharesOfSession, TimeSpan.Zero, Clock);
        Files = new(Pool, Clock, Log);
    }

    public ManualClock Clock { get; } = new();

    public LogLines Log { get; } = new();

    public SessionPool<SftpClientSession> Pool { get; }

    public SftpFiles Files { get; }

    /// <summary>Sessions that were made.</summary>
    public int Sessions => _servers.Count;

    public async ValueTask DisposeAsync()
    {
        await Files.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.CloseAsync();
        }
    }

    private async Task<SftpClientSession> ConnectAsync()
    {
        var (near, far) = MemoryChannel.Pair();
        var server = new SftpServerSession(_files, far, _options, "s1", "alice", Clock, NullLogger.Instance);
        far.Sink = server;
        var client = new SftpClientSession(near, Clock, new ClientTimeouts()) { Software = "memory" };
        near.Sink = client;
        _servers.Add(server);
        await client.BeginAsync(TestContext.Current.CancellationToken);
        return client;
    }
}
