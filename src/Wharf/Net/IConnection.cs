using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Net;

/// <summary>
/// A stream connection: TCP, later TLS over it, or a pair in memory. One caller may receive while another sends; never two
/// at the same end. Failures of the peer or the path are <see cref="IOException"/>. Owned by whoever accepted or dialled it.
/// </summary>
public interface IConnection : IAsyncDisposable
{
    /// <summary>Our end. IPv4-mapped addresses are given as IPv4.</summary>
    IPEndPoint Local { get; }

    /// <summary>The peer's end. IPv4-mapped addresses are given as IPv4.</summary>
    IPEndPoint Remote { get; }

    /// <summary>
    /// Whether the peer has ended its direction and nothing unread is left, as far as this end knows now. Never blocks. Only
    /// for judging a silence: true means gone, false means nothing.
    /// </summary>
    bool PeerHasFinished { get; }

    /// <summary>
    /// Bytes that were sent here and that the peer's system has not acknowledged yet, as far as this end knows now; 0 where it cannot know. Never
    /// blocks. Only for telling a slow path from a dead one.
    /// </summary>
    long UnacknowledgedBytes => 0;

    /// <summary>
    /// Receives at least one byte; 0 means that the peer ended its direction. An empty buffer waits until something can be
    /// received, so that a silent connection holds no buffer. Throws when cancelled, and the connection stays usable.
    /// </summary>
    ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken);

    /// <summary>Sends all the bytes. When cancelled, the connection must be aborted: how much went is not known.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Sends all the pieces, one behind the other, in as few system calls as can be. As <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</summary>
    async ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        foreach (var piece in pieces)
        {
            await SendAsync(piece, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends our direction: everything sent before arrives, then the peer reads the end.</summary>
    ValueTask FinishAsync(CancellationToken cancellationToken);

    /// <summary>Ends both directions at once (RST where there is one). Pending calls fail. Safe from any thread, also twice.</summary>
    void Abort();
}

/// <summary>A connection whose bytes the kernel can move to or from a file without us seeing them.</summary>
public interface IKernelConnection : IConnection
{
    /// <summary>Sends a part of a file. Ends early, without error, where the file ends.</summary>
    /// <param name="file">Open for reading; its position is not used.</param>
    /// <param name="offset">Where to begin, bytes.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="path">How to move them.</param>
    /// <param name="meter">Counts what went, while it goes.</param>
    /// <param name="cancellationToken">Stops; how much went is in <paramref name="meter"/>, and the connection must be aborted.</param>
    ValueTask SendFileAsync(SafeFileHandle file, long offset, long count, CopyPath path, ByteMeter meter, CancellationToken cancellationToken);

    /// <summary>Receives into a file until the peer ends its direction, or this many bytes. Returns the bytes written: fewer only at the end.</summary>
    /// <param name="file">Open for writing, not with O_APPEND; its position is not used.</param>
    /// <param name="offset">Where to begin, bytes.</param>
    /// <param name="count">Most bytes; <see cref="long.MaxValue"/> for all.</param>
    /// <param name="path">How to move them.</param>
    /// <param name="meter">Counts what was written, while it is.</param>
    /// <param name="cancellationToken">Stops; what was counted is in the file.</param>
    /// <exception cref="IOException">The connection failed. A failure of the disk has the errno as its HResult and is a <see cref="DiskException"/>.</exception>
    ValueTask<long> ReceiveFileAsync(SafeFileHandle file, long offset, long count, CopyPath path, ByteMeter meter, CancellationToken cancellationToken);
}

/// <summary>The disk's side of a kernel transfer failed, not the connection's.</summary>
/// <param name="errno">The error number.</param>
public sealed class DiskException(int errno) : IOException($"errno {errno}", errno);

/// <summary>How bytes go between a file and a socket.</summary>
public enum CopyPath
{
    /// <summary>Whatever was measured to be best here.</summary>
    Auto,

    /// <summary>sendfile and splice: the bytes never enter the process.</summary>
    Kernel,

    /// <summary>Through a buffer of ours.</summary>
    Copy,
}

/// <summary>Counts the bytes of one transfer; written by whoever moves them, read by anyone.</summary>
public sealed class ByteMeter
{
    private long _bytes;

    /// <summary>Bytes so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts more bytes.</summary>
    public void Add(long count) => Interlocked.Add(ref _bytes, count);
}

/// <summary>Where a server waits for connections. Disposing frees the port at once.</summary>
public interface IListener : IAsyncDisposable
{
    /// <summary>Address and port, the real one where 0 was asked.</summary>
    IPEndPoint Local { get; }

    /// <summary>The next connection. Throws <see cref="OperationCanceledException"/> when cancelled or disposed.</summary>
    ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken);
}

/// <summary>Ports a listener may take: both ends included; 0 to 0 lets the system choose.</summary>
/// <param name="First">Lowest port.</param>
/// <param name="Last">Highest port.</param>
public readonly record struct PortRange(int First, int Last)
{
    /// <summary>Any port the system gives.</summary>
    public static PortRange Any => default;
}

/// <summary>The network as a session sees it: TCP, or a pair in memory in tests.</summary>
public interface INetwork
{
    /// <summary>Listens on a random free port of the range.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="ports">Which ports.</param>
    /// <param name="backlog">Most connections that wait to be accepted.</param>
    /// <exception cref="IOException">No port of the range is free.</exception>
    IListener Listen(IPAddress address, PortRange ports, int backlog);

    /// <summary>Connects.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="local">From which address and port; where the port may not be bound, any port is taken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Refused, unreachable.</exception>
    ValueTask<IConnection> ConnectAsync(IPEndPoint remote, IPEndPoint? local, CancellationToken cancellationToken);
}
