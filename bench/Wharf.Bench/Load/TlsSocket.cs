using System.Runtime.InteropServices;

namespace Wharf.Bench.Load;

/// <summary>
/// TLS over a blocking socket, which OpenSSL reads and writes itself. It does not own the socket. Only one thread at a time may use it.
/// </summary>
internal sealed unsafe class TlsSocket : IDisposable
{
    private const int RecordBytes = 16 << 10;

    /// <summary>A record of TLS 1.3 on the wire: header, inner type and tag around the bytes (RFC 8446 section 5.2).</summary>
    private const int SealedRecordBytes = RecordBytes + 5 + 1 + 16;
    private const int RecordsAtOnce = 16;

    /// <summary>What OpenSSL leaves free in front of a header so that what follows it is aligned; a buffer without it splits a record.</summary>
    private const int AlignmentBytes = 3;

    private readonly TcpSocket _socket;
    private nint _connection;

    public TlsSocket(nint context, TcpSocket socket, nint session, TlsUse use)
    {
        _socket = socket;
        _connection = LibSsl.New(context);
        try
        {
            LibSsl.SetReadBio(_connection, LibSsl.NewSocketBio(socket.Descriptor, close: 0));
            LibSsl.SetWriteBio(_connection, WriteBio(socket.Descriptor, use));
            LibSsl.SetReadAhead(_connection, 1);
            if (use == TlsUse.Download)
            {
                LibSsl.SetReadBuffer(_connection, (RecordsAtOnce / 2 * SealedRecordBytes) + AlignmentBytes);
            }

            if (session != 0 && LibSsl.SetSession(_connection, session) != 1)
            {
                throw Failed("SSL_set_session");
            }

            int result;
            do
            {
                LibSsl.ClearErrors();
                result = LibSsl.Connect(_connection);
            }
            while (result != 1 && MustRepeat("SSL_connect", result));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a data connection gives the session of.</summary>
    public nint Handle => _connection;

    /// <summary>The handshake took up the session that was offered.</summary>
    public bool IsResumed => LibSsl.IsResumed(_connection) == 1;

    /// <summary>Bytes received into <paramref name="into"/>, at most a record's; 0 at close_notify and at the end of the stream.</summary>
    public int Receive(Span<byte> into)
    {
        fixed (byte* start = into)
        {
            while (true)
            {
                LibSsl.ClearErrors();
                var received = LibSsl.Read(_connection, start, into.Length);
                if (received > 0)
                {
                    return received;
                }

                if (!MustRepeat("SSL_read", received))
                {
                    return 0;
                }
            }
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int sent;
            do
            {
                LibSsl.ClearErrors();
                sent = LibSsl.Write(_connection, start, bytes.Length);
            }
            while (sent <= 0 && (MustRepeat("SSL_write", sent) ? true : throw new IOException("The server ended TLS while it was sent to.")));
        }
    }

    /// <summary>close_notify: nothing more comes from us. What the server still sends can be read.</summary>
    public void EndSend()
    {
        LibSsl.ClearErrors();
        var result = LibSsl.Shutdown(_connection);
        if (result < 0)
        {
            throw Failed("SSL_shutdown");
        }

        LibSsl.ControlBio(LibSsl.WriteBio(_connection), LibSsl.BioFlush, 0, null);
    }

    /// <summary>Reads until the server ends its side of the socket, whatever it still has to say: tickets and its close_notify.</summary>
    public void AwaitEnd()
    {
        Span<byte> rest = stackalloc byte[256];
        while (Receive(rest) > 0)
        {
        }

        _socket.AwaitEnd();
    }

    public void Dispose()
    {
        var connection = Interlocked.Exchange(ref _connection, 0);
        if (connection != 0)
        {
            LibSsl.Free(connection);
        }
    }

    /// <summary>What OpenSSL, or the kernel below it, says of the last call.</summary>
    public static Exception Failed(string call)
    {
        var system = Marshal.GetLastPInvokeError();
        var error = LibSsl.LastError();
        if (error == 0)
        {
            return new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(system)}");
        }

        const int MostBytes = 256;
        var text = stackalloc byte[MostBytes];
        LibSsl.Describe(error, text, MostBytes);
        return new IOException($"{call}: {Marshal.PtrToStringUTF8((nint)text)}");
    }

    private static nint WriteBio(int socket, TlsUse use)
    {
        var bio = LibSsl.NewSocketBio(socket, close: 0);
        if (use != TlsUse.Upload)
        {
            return bio;
        }

        var buffer = LibSsl.NewBio(LibSsl.BufferMethod());
        const int ForWriting = 1; // as BIO_set_write_buffer_size has it; 0 is for reading
        LibSsl.ControlBioNumber(buffer, LibSsl.BioSetBufferSize, RecordsAtOnce * SealedRecordBytes, ForWriting);
        return LibSsl.PushBio(buffer, bio);
    }

    /// <summary>True for a call that a signal interrupted, false at the end of the stream; everything else is thrown.</summary>
    private bool MustRepeat(string call, int result)
    {
        var system = Marshal.GetLastPInvokeError();
        return LibSsl.Error(_connection, result) switch
        {
            LibSsl.ErrorZeroReturn => false,
            LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite when system == Native.Interrupted => true,
            LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite => throw new TimeoutException($"{call}: no answer in time."),
            LibSsl.ErrorSyscall when system == 0 => false,
            _ => throw Failed(call),
        };
    }
}
