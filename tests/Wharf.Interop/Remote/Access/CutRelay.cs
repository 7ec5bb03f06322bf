using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Wharf.Net;
using TcpListener = System.Net.Sockets.TcpListener;

namespace Wharf.Interop.Remote.Access;

/// <summary>
/// A way to a server's ports that can be cut: for each port that is dialled, a listener of its own here passes bytes on. Cut, all
/// connections are reset at both ends at once; the way is open again for new ones.
/// </summary>
internal sealed class CutRelay : IDialer, IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly TcpDialer _dialer = new(new TcpNetwork(), TimeProvider.System);
    private readonly ConcurrentDictionary<int, TcpListener> _listeners = new();
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly CancellationTokenSource _over = new();
    private long _left = long.MaxValue;
    private long _passed;
    private long _every;
    private int _more;
    private long _leftToStall = long.MaxValue;
    private int _generation;
    private TaskCompletionSource _stalled = new();

    /// <summary>Bytes that went by, both ways.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <summary>How often it was cut.</summary>
    public int Cuts { get; private set; }

    public async ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
    {
        var listener = _listeners.GetOrAdd(port, Listen);
        return await _dialer.DialAsync(host, ((IPEndPoint)listener.LocalEndpoint).Port, beside, cancellationToken);
    }

    /// <summary>Cuts the way once so many more bytes have gone by, and again after as many, so many times.</summary>
    public void CutAfter(long bytes, int times = 1)
    {
        (_every, _more) = (bytes, times - 1);
        Interlocked.Exchange(ref _left, bytes);
    }

    /// <summary>
    /// Passes nothing more over any connection there is once so many more bytes have gone by, and says nothing of it to either end. Connections
    /// that are made later are not concerned. Ends when it is so.
    /// </summary>
    public Task StallAfter(long bytes)
    {
        _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _leftToStall, bytes);
        return _stalled.Task;
    }

    /// <summary>Cuts the way.</summary>
    public void Cut()
    {
        Cuts++;
        foreach (var socket in _open.Keys)
        {
            Reset(socket);
        }
    }

    public void Dispose()
    {
        _over.Cancel();
        foreach (var listener in _listeners.Values)
        {
            listener.Dispose();
        }

        Cut();
        _over.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (ObjectDisposedException)
        {
            return; // its own end came first
        }
        catch (SocketException)
        {
            // its peer was quicker; closing is all that is left
        }

        socket.Dispose();
    }

    private TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = AcceptAsync(listener, port);
        return listener;
    }

    private async Task AcceptAsync(TcpListener listener, int port)
    {
        while (!_over.IsCancellationRequested)
        {
            Socket near;
            try
            {
                near = await listener.AcceptSocketAsync(_over.Token);
            }
            catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }

            _ = PassAsync(near, port);
        }
    }

    private async Task PassAsync(Socket near, int port)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        _open[near] = _open[far] = 0;
        try
        {
            await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), _over.Token);
            await Task.WhenAll(PassAsync(near, far), PassAsync(far, near));
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Reset(near);
            Reset(far);
        }
        finally
        {
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
            near.Dispose();
            far.Dispose();
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[BufferBytes];
        int generation = Volatile.Read(ref _generation);
        while (true)
        {
            int count = await from.ReceiveAsync(buffer, _over.Token);
            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            Interlocked.Add(ref _passed, count);
            if (Interlocked.Add(ref _leftToStall, -count) is < 0 and var more && more + count >= 0)
            {
                Interlocked.Exchange(ref _leftToStall, long.MaxValue);
                Interlocked.Increment(ref _generation);
                _stalled.TrySetResult();
            }

            if (Volatile.Read(ref _generation) != generation)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _over.Token);
            }

            if (Interlocked.Add(ref _left, -count) is < 0 and var left && left + count >= 0)
            {
                // Only who crosses the line, whatever passes beside it.
                Interlocked.Exchange(ref _left, _more-- > 0 ? _every : long.MaxValue);
                Cut();
                return;
            }

            for (int sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _over.Token);
            }
        }
    }
}
