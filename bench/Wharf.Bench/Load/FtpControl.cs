using System.Text;

namespace Wharf.Bench.Load;

/// <summary>
/// A control connection of the load generator: it speaks just enough FTP to load a server, and costs 1 KiB, so that thousands
/// of them are no load themselves. Replies are read as RFC 959 section 4.2 frames them.
/// </summary>
internal sealed class FtpControl : IDisposable
{
    private const int BufferBytes = 1024;

    private readonly TcpSocket _socket;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly TimeSpan _timeout;
    private TlsSocket? _tls;
    private int _start;
    private int _end;

    private FtpControl(TcpSocket socket, TimeSpan timeout) => (_socket, _timeout) = (socket, timeout);

    /// <summary>The last line of the last reply, without CRLF.</summary>
    public string LastLine { get; private set; } = "";

    /// <summary>Connects and reads the greeting.</summary>
    public static FtpControl Open(int port, TimeSpan timeout)
    {
        var control = new FtpControl(TcpSocket.Connect(port, timeout), timeout);
        try
        {
            control.Expect(220);
            return control;
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    /// <summary>Connects, logs in and sets TYPE I.</summary>
    /// <param name="port">Of the server.</param>
    /// <param name="site">Whose user logs in.</param>
    /// <param name="timeout">Of every single wait.</param>
    /// <param name="tls">Whether the session and its data connections are protected (RFC 4217).</param>
    public static FtpControl LogIn(int port, Site site, TimeSpan timeout, bool tls = false)
    {
        var control = Open(port, timeout);
        try
        {
            if (tls)
            {
                control.LogInOverTls(site);
            }
            else
            {
                control.LogIn(site);
            }

            control.Do("TYPE I", 200);
            return control;
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    public void LogIn(Site site)
    {
        Do($"USER {site.User}", 331);
        Do($"PASS {site.Password}", 230);
    }

    /// <summary>AUTH TLS with a full handshake, the login, PBSZ and PROT P.</summary>
    public void LogInOverTls(Site site)
    {
        Do("AUTH TLS", 234);
        _tls = TlsClient.Shared.Control(_socket);
        LogIn(site);
        Do("PBSZ 0", 200);
        Do("PROT P", 200);
    }

    /// <summary>Sends a command without waiting for its reply.</summary>
    public void Send(string command)
    {
        var line = Encoding.ASCII.GetBytes(command + "\r\n");
        if (_tls is null)
        {
            _socket.Send(line);
        }
        else
        {
            _tls.Send(line);
        }
    }

    /// <summary>Sends a command and insists on this reply.</summary>
    public void Do(string command, int code)
    {
        Send(command);
        Expect(code, command);
    }

    public void Expect(int code, string after = "connecting")
    {
        var got = ReadReply();
        if (got != code && !(code == 150 && got == 125))
        {
            throw new IOException($"{after.Split(' ')[0]} was answered \"{LastLine}\" instead of {code}.");
        }
    }

    /// <summary>PASV (RFC 959 section 4.1.2) and the data connection it offers.</summary>
    public TcpSocket OpenData()
    {
        Do("PASV", 227);
        var numbers = LastLine[(LastLine.IndexOf('(') + 1)..].Split(',', ')');
        return TcpSocket.Connect((int.Parse(numbers[4]) << 8) | int.Parse(numbers[5]), _timeout);
    }

    /// <summary>The handshake on a data connection, with this control connection's session: what follows 150 under PROT P.</summary>
    public TlsSocket Protect(TcpSocket data, TlsUse use) => TlsClient.Shared.Data(data, _tls!, use);

    /// <summary>QUIT, and waits until the server has closed, so that its side keeps TIME_WAIT and our ports stay free.</summary>
    public void Quit()
    {
        Do("QUIT", 221);
        while (Receive(_buffer) > 0)
        {
        }

        if (_tls is not null)
        {
            _tls.EndSend();
            _tls.AwaitEnd();
        }
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _socket.Dispose();
    }

    private int Receive(Span<byte> into) => _tls is null ? _socket.Receive(into) : _tls.Receive(into);

    private int ReadReply()
    {
        var first = ReadLine();
        var code = int.Parse(first.AsSpan(0, 3));
        if (first.Length > 3 && first[3] == '-')
        {
            var last = $"{first[..3]} ";
            while (!ReadLine().StartsWith(last, StringComparison.Ordinal))
            {
            }
        }

        return code;
    }

    private string ReadLine()
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                LastLine = Encoding.UTF8.GetString(_buffer, _start, at).TrimEnd('\r');
                _start += at + 1;
                return LastLine;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == BufferBytes)
            {
                throw new IOException("A reply line is longer than 1 KiB.");
            }

            var received = Receive(_buffer.AsSpan(_end));
            _end += received > 0 ? received : throw new IOException("The server closed the control connection.");
        }
    }
}
