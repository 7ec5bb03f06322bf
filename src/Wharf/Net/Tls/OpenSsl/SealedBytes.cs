using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>
/// What is below TLS, as libssl sees it: a BIO. What was received and is not opened yet lies in one buffer, or comes straight from a
/// socket while a thread of the pump lends one; what is sealed gathers in another, so that many records go in one system call.
/// Neither buffer exists while it is empty. Used under the lock of its connection.
/// </summary>
internal sealed unsafe class SealedBytes : IDisposable
{
    private const int FirstOutBytes = 4 * 1024;

    private static readonly Lazy<nint> Method = new(NewMethod);

    private byte[]? _in;
    private int _from;
    private int _to;
    private byte[]? _out;
    private int _sent;
    private int _sealed;

    /// <summary>The server's side of a handshake, asked by libssl's callbacks; null for a client.</summary>
    public OpenSslServer? Server { get; init; }

    /// <summary>Decides about a server's certificate (DER, its own first); null for a server.</summary>
    public Func<IReadOnlyList<byte[]>, bool>? Accepts { get; init; }

    /// <summary>The certificate that SNI chose.</summary>
    public TlsCertificate? Chosen { get; set; }

    /// <summary>The socket to receive from at once; -1 for none.</summary>
    public int Socket { get; set; } = -1;

    /// <summary>The peer has ended its direction of the connection below.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What went wrong below or in a callback; libssl only knows that something did.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether received bytes wait to be opened.</summary>
    public bool HasReceived => _from < _to;

    /// <summary>Whether sealed bytes wait to be sent.</summary>
    public bool HasSealed => _sent < _sealed;

    /// <summary>How many sealed bytes wait to be sent.</summary>
    public int SealedCount => _sealed - _sent;

    /// <summary>A BIO over the object of that handle.</summary>
    public static nint NewBio(nint handle)
    {
        nint bio = LibSsl.Have(LibSsl.NewBio(Method.Value), "No BIO can be made");
        LibSsl.SetBioData(bio, handle);
        LibSsl.SetBioInit(bio, 1);
        return bio;
    }

    /// <summary>The bytes below an SSL object, for libssl's callbacks.</summary>
    public static SealedBytes Below(nint ssl) => Of(LibSsl.Bio(ssl));

    /// <summary>Takes over a rented buffer with what was received; 0 bytes are the peer's end.</summary>
    public void Receive(byte[] rented, int count)
    {
        if (count == 0)
        {
            HasEnded = true;
            ArrayPool<byte>.Shared.Return(rented);
            return;
        }

        (_in, _from, _to) = (rented, 0, count);
    }

    /// <summary>What was received and is not opened.</summary>
    public byte[] TakeReceived()
    {
        byte[] rest = _in is null ? [] : _in[_from.._to];
        ReturnIn();
        return rest;
    }

    /// <summary>The sealed bytes; the rented buffer they are in is the caller's from now on, to be returned. Null where there are none.</summary>
    public byte[]? TakeSealed(out ReadOnlyMemory<byte> bytes)
    {
        var rented = HasSealed ? _out : null;
        bytes = rented is null ? default : rented.AsMemory(_sent, _sealed - _sent);
        if (rented is not null)
        {
            _out = null;
            _sent = _sealed = 0;
        }

        return rented;
    }

    /// <summary>Sends what goes of the sealed bytes into a socket; false where some are left. The buffer is kept for more.</summary>
    [SupportedOSPlatform("linux")]
    public bool TrySend(int socket)
    {
        fixed (byte* bytes = _out)
        {
            while (HasSealed)
            {
                nint count = LinuxSockets.Send(socket, bytes + _sent, _sealed - _sent, LinuxSockets.MsgDontWait | LinuxSockets.MsgNoSignal);
                if (count >= 0)
                {
                    _sent += (int)count;
                    continue;
                }

                int errno = LinuxSockets.Errno;
                if (errno == LinuxSockets.Eagain)
                {
                    return false;
                }

                if (errno != LinuxSockets.Eintr)
                {
                    throw Broken(errno);
                }
            }
        }

        _sent = _sealed = 0;
        return true;
    }

    /// <summary>Gives back the buffers that hold nothing.</summary>
    public void ReturnIdle()
    {
        if (!HasSealed && _out is not null)
        {
            ArrayPool<byte>.Shared.Return(_out);
            _out = null;
            _sent = _sealed = 0;
        }
    }

    /// <summary>Makes room for so many more sealed bytes.</summary>
    public void Reserve(int bytes)
    {
        if (_out is null || _out.Length - _sealed < bytes)
        {
            Grow(_sealed + bytes);
        }
    }

    public void Dispose()
    {
        ReturnIn();
        _sent = _sealed;
        ReturnIdle();
    }

    private static nint NewMethod()
    {
        nint method = LibSsl.Have(LibSsl.NewBioMethod(LibSsl.NewBioIndex() | LibSsl.SourceSink, "wharf"), "No BIO can be defined");
        _ = LibSsl.SetBioRead(method, &Read);
        _ = LibSsl.SetBioWrite(method, &Write);
        _ = LibSsl.SetBioControl(method, &Control);
        return method;
    }

    private static SealedBytes Of(nint bio) => (SealedBytes)GCHandle.FromIntPtr(LibSsl.BioData(bio)).Target!;

    [UnmanagedCallersOnly]
    private static int Read(nint bio, byte* into, int count)
    {
        LibSsl.ClearBioFlags(bio, LibSsl.RetryMask);
        var below = Of(bio);
        int read = below._from < below._to ? below.Take(new Span<byte>(into, count))
            : LinuxSockets.AreHere && below.Socket >= 0 ? below.ReceiveNow(into, count) : -1;
        if (read < 0 && !below.HasEnded && below.Failure is null)
        {
            LibSsl.SetBioFlags(bio, LibSsl.RetryRead);
        }

        return read < 0 && below.HasEnded ? 0 : read;
    }

    [UnmanagedCallersOnly]
    private static int Write(nint bio, byte* bytes, int count)
    {
        LibSsl.ClearBioFlags(bio, LibSsl.RetryMask);
        var below = Of(bio);
        below.Reserve(count);
        new ReadOnlySpan<byte>(bytes, count).CopyTo(below._out.AsSpan(below._sealed));
        below._sealed += count;
        return count;
    }

    [UnmanagedCallersOnly]
    private static nint Control(nint bio, int what, nint number, nint pointer) => what == LibSsl.BioFlush ? 1 : 0;

    private int Take(Span<byte> into)
    {
        int count = Math.Min(into.Length, _to - _from);
        _in.AsSpan(_from, count).CopyTo(into);
        _from += count;
        if (_from == _to)
        {
            ReturnIn();
        }

        return count;
    }

    /// <summary>As recv; -1 where nothing is here, where it ended and where it failed.</summary>
    [SupportedOSPlatform("linux")]
    private int ReceiveNow(byte* into, int count)
    {
        while (true)
        {
            nint received = LinuxSockets.Receive(Socket, into, count, LinuxSockets.MsgDontWait);
            if (received > 0)
            {
                return (int)received;
            }

            if (received == 0)
            {
                HasEnded = true;
                return -1;
            }

            int errno = LinuxSockets.Errno;
            if (errno == LinuxSockets.Eintr)
            {
                continue;
            }

            if (errno != LinuxSockets.Eagain)
            {
                Failure = Broken(errno);
            }

            return -1;
        }
    }

    private void Grow(int bytes)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, FirstOutBytes));
        if (_out is not null)
        {
            _out.AsSpan(0, _sealed).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_out);
        }

        _out = larger;
    }

    private void ReturnIn()
    {
        if (_in is not null)
        {
            ArrayPool<byte>.Shared.Return(_in);
            _in = null;
        }

        _from = _to = 0;
    }

    private static IOException Broken(int errno) => new($"The connection broke: {new Win32Exception(errno).Message}", new Win32Exception(errno));
}
