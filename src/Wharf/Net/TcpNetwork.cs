using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Wharf.Net;

/// <summary>What is set on every TCP connection.</summary>
public sealed record TcpOptions
{
    /// <summary>
    /// Whether urgent data arrives in its place in the stream. FTP's Synch (RFC 959 section 4.1.3, RFC 854) sends the Telnet
    /// data mark as urgent data, and a server that leaves it out of line loses a byte.
    /// </summary>
    public bool UrgentInline { get; init; } = true;

    /// <summary>Whether the kernel asks a silent peer from time to time if it is still there.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>
    /// Whether connections are for protocols that lend their socket to a thread while much goes over it, as SSH does: then the
    /// runtime's engine, which would go on waking for every byte, is passed by. Linux only; without effect elsewhere.
    /// </summary>
    public bool LendsSockets { get; init; }

    /// <summary>Most threads that carry transfers between files and sockets; further transfers go asynchronously through a buffer.</summary>
    public int TransferThreads { get; init; } = Math.Min(64, 8 * Environment.ProcessorCount);
}

/// <summary>The network as it is: TCP over sockets of the system.</summary>
public sealed class TcpNetwork : INetwork
{
    private static readonly Lazy<bool> TlsInKernel = new(static () =>
    {
        if (!LinuxSockets.AreHere)
        {
            return false;
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return LinuxSockets.KnowsTls((int)socket.SafeHandle.DangerousGetHandle());
    });

    private readonly TcpOptions _options;
    private readonly Pump? _pump;

    /// <summary>A network with these options.</summary>
    public TcpNetwork(TcpOptions? options = null)
    {
        _options = options ?? new TcpOptions();
        _pump = LinuxSockets.AreHere ? new Pump(_options.TransferThreads) : null;
    }

    /// <summary>Whether the kernel can seal and open TLS of a TCP connection by itself.</summary>
    internal static bool KernelKnowsTls => TlsInKernel.Value;

    /// <inheritdoc/>
    public IListener Listen(IPAddress address, PortRange ports, int backlog)
    {
        ArgumentNullException.ThrowIfNull(address);
        int count = ports.Last - ports.First + 1;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(ports));

        // A port that can be guessed lets a stranger take the data connection (port stealing), so where to begin is
        // cryptographically random; then every other port of the range has its turn.
        int start = RandomNumberGenerator.GetInt32(count);
        SocketException? last = null;
        for (int i = 0; i < count; i++)
        {
            try
            {
                return new TcpListener(new IPEndPoint(address, ports.First + ((start + i) % count)), backlog, _options, _pump);
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                last = taken;
            }
            catch (SocketException failed)
            {
                throw new IOException($"Cannot listen on {address}: {failed.Message}", failed);
            }
        }

        throw new IOException($"No port of {ports.First} to {ports.Last} is free on {address}.", last);
    }

    /// <inheritdoc/>
    public async ValueTask<IConnection> ConnectAsync(IPEndPoint remote, IPEndPoint? local, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remote);
        remote = TcpConnection.Unmapped(remote);
        local = local is null ? null : TcpConnection.Unmapped(local);
        try
        {
            if (local is { Port: > 0 })
            {
                try
                {
                    return await DialAsync(remote, local, cancellationToken).ConfigureAwait(false);
                }
                catch (SocketException taken) when (taken.SocketErrorCode
                    is SocketError.AccessDenied or SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable)
                {
                    // Below 1024 without the right, or the same four numbers are in use or in TIME_WAIT. RFC 1123 section
                    // 4.1.2.12 notes that not every host can use L-1, so any port will do.
                    local = new IPEndPoint(local.Address, 0);
                }
            }

            return await DialAsync(remote, local, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException failed)
        {
            throw new IOException($"Cannot connect to {remote}: {failed.Message}", failed);
        }
    }

    private async ValueTask<IConnection> DialAsync(IPEndPoint remote, IPEndPoint? local, CancellationToken cancel)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local is not null)
            {
                // The runtime sets SO_REUSEADDR before it binds, so port 20 serves many connections at once.
                socket.Bind(local);
            }

            if (_options.LendsSockets && _pump is not null && LinuxSockets.AreHere && SocketWatch.Shared is { } watch)
            {
                return new TcpConnection(socket, _options, _pump, await DialAsync(socket, remote, watch, cancel).ConfigureAwait(false));
            }

            await socket.ConnectAsync(remote, cancel).ConfigureAwait(false);
            return new TcpConnection(socket, _options, _pump);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects past the runtime's engine, which never lets go of a socket it has waited for.</summary>
    [SupportedOSPlatform("linux")]
    private static async ValueTask<SocketWaits> DialAsync(Socket socket, IPEndPoint remote, SocketWatch watch, CancellationToken cancel)
    {
        socket.Blocking = false;
        var waits = watch.Add((int)socket.SafeHandle.DangerousGetHandle());
        try
        {
            try
            {
                // Asks the kernel and does not wait.
                socket.Connect(remote);
                return waits;
            }
            catch (SocketException begun) when (begun.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                using var registration = cancel.UnsafeRegister(SocketWaits.Direction.Cancel, waits.Writable);
                await waits.Writable.WaitAsync(cancel).ConfigureAwait(false);
            }

            cancel.ThrowIfCancellationRequested();
            var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return error == SocketError.Success ? waits : throw new SocketException((int)error);
        }
        catch
        {
            waits.Close();
            throw;
        }
    }
}
