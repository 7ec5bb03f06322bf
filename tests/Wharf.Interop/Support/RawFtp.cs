using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Interop.Support;

/// <summary>A control connection of which every byte is ours; for what no client program does. Everything waits a bounded time.</summary>
internal sealed class RawFtp : IDisposable
{
    /// <summary>Longest wait for one reply or one connection.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[4096];
    private int _from;
    private int _to;

    private RawFtp(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>Connects over IPv4 and reads nothing yet.</summary>
    /// <param name="port">The server's.</param>
    /// <param name="from">The loopback address to come from; 127.0.0.1 if null.</param>
    public static async Task<RawFtp> ConnectAsync(int port, string? from = null)
    {
        var socket = await DialAsync(new IPEndPoint(IPAddress.Loopback, port), from);
        socket.NoDelay = true;
        return new RawFtp(socket);
    }

    /// <summary>Connects, reads the greeting and logs in.</summary>
    public static async Task<RawFtp> LogInAsync(int port, string? from = null)
    {
        var ftp = await ConnectAsync(port, from);
        Assert.StartsWith("220", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("331", await ftp.AskAsync($"USER {WharfdProcess.User}"), StringComparison.Ordinal);
        Assert.StartsWith("230", await ftp.AskAsync($"PASS {WharfdProcess.Password}"), StringComparison.Ordinal);
        Assert.StartsWith("200", await ftp.AskAsync("TYPE I"), StringComparison.Ordinal);
        return ftp;
    }

    /// <summary>A plain connection from a chosen loopback address.</summary>
    public static async Task<Socket> DialAsync(IPEndPoint to, string? from = null)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            }

            using var patience = new CancellationTokenSource(Patience);
            await socket.ConnectAsync(to, patience.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, patience.Token)..];
        }
    }

    public Task SendAsync(string lines) => SendAsync(Encoding.UTF8.GetBytes(lines));

    /// <summary>Sends a command and reads one whole reply.</summary>
    public async Task<string> AskAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>One reply (RFC 959 section 4.2), its lines joined by LF; null when the server has closed.</summary>
    public async Task<string?> TryReplyAsync()
    {
        string? line = await LineAsync();
        if (line is null || line.Length < 4 || line[3] != '-')
        {
            return line;
        }

        var text = new StringBuilder(line);
        string end = line[..3] + " ";
        do
        {
            line = await LineAsync() ?? throw new EndOfStreamException($"Closed within: {text}");
            text.Append('\n').Append(line);
        }
        while (!line.StartsWith(end, StringComparison.Ordinal));
        return text.ToString();
    }

    public async Task<string> ReplyAsync() => await TryReplyAsync() ?? throw new EndOfStreamException("The server closed instead of replying.");

    /// <summary>Asks EPSV and connects.</summary>
    public async Task<Socket> PassiveAsync() => await DialAsync(new IPEndPoint(IPAddress.Loopback, await PassivePortAsync()));

    /// <summary>Asks EPSV; returns the port (RFC 2428 section 3).</summary>
    public async Task<int> PassivePortAsync()
    {
        string reply = await AskAsync("EPSV");
        Assert.StartsWith("229", reply, StringComparison.Ordinal);
        return int.Parse(reply[(reply.IndexOf("|||", StringComparison.Ordinal) + 3)..reply.LastIndexOf('|')], CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a data connection to its end.</summary>
    public static async Task<byte[]> DrainAsync(Socket data)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            using var patience = new CancellationTokenSource(Patience);
            int count = await data.ReceiveAsync(buffer, patience.Token);
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, count);
        }
    }

    public void Dispose() => Socket.Dispose();

    private async Task<string?> LineAsync()
    {
        var line = new List<byte>();
        while (true)
        {
            if (_from == _to)
            {
                using var patience = new CancellationTokenSource(Patience);
                _from = 0;
                try
                {
                    _to = await Socket.ReceiveAsync(_buffer, patience.Token);
                }
                catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
                {
                    _to = 0;
                }

                if (_to == 0)
                {
                    Assert.True(line.Count == 0, $"Closed in the middle of a line: {Encoding.UTF8.GetString([.. line])}");
                    return null;
                }
            }

            byte next = _buffer[_from++];
            if (next == (byte)'\n')
            {
                Assert.True(line.Count > 0 && line[^1] == '\r', "A reply line ended without CR LF.");
                return Encoding.UTF8.GetString([.. line[..^1]]);
            }

            line.Add(next);
        }
    }
}
