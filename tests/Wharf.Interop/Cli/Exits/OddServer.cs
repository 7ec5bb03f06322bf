using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Interop.Cli.Exits;

/// <summary>A server that is wrong in one way: it says nothing, something else, or hashes that no file has.</summary>
internal sealed class OddServer : IDisposable
{
    /// <summary>What it sends for every file.</summary>
    public const string Content = "what the server has";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();

    private OddServer(Func<Socket, CancellationToken, Task> serve)
    {
        _listener.Start();
        _ = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections there were.</summary>
    public int Connections { get; private set; }

    /// <summary>It takes connections and never says a word.</summary>
    public static OddServer Silent() => new(static (_, over) => Task.Delay(Timeout.InfiniteTimeSpan, over));

    /// <summary>It says one thing and closes.</summary>
    public static OddServer Saying(string greeting) => new(async (socket, over) => await socket.SendAsync(Encoding.ASCII.GetBytes(greeting), over));

    /// <summary>An FTP server without TLS whose HASH is never that of the file.</summary>
    public static OddServer Lying() => new(LieAsync);

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    private static async Task LieAsync(Socket socket, CancellationToken over)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        using var data = new TcpListener(IPAddress.Loopback, 0);
        data.Start();
        await SayAsync("220 Ready.");
        while (await reader.ReadLineAsync(over) is { } line)
        {
            string verb = line.Split(' ')[0].ToUpperInvariant();
            switch (verb)
            {
                case "RETR" or "STOR":
                    await SayAsync("150 Here it comes.");
                    using (var peer = await data.AcceptSocketAsync(over))
                    {
                        if (verb == "RETR")
                        {
                            await peer.SendAsync(Encoding.ASCII.GetBytes(Content), over);
                            peer.Shutdown(SocketShutdown.Send);
                        }

                        byte[] buffer = new byte[4096];
                        while (await peer.ReceiveAsync(buffer, over) > 0)
                        {
                            // What it is given it forgets.
                        }
                    }

                    await SayAsync("226 Done.");
                    break;
                default:
                    await SayAsync(verb switch
                    {
                        "USER" => "331 Who knows?",
                        "PASS" => "230 Come in.",
                        "FEAT" => "211-Features\r\n EPSV\r\n SIZE\r\n UTF8\r\n HASH SHA-256*\r\n MLST type*;size*;\r\n211 End",
                        "TYPE" or "OPTS" or "CLNT" or "NOOP" or "MODE" or "STRU" => "200 Well.",
                        "PWD" => "257 \"/\" is it.",
                        "EPSV" => $"229 Here (|||{((IPEndPoint)data.LocalEndpoint).Port}|)",
                        "SIZE" => $"213 {Content.Length}",
                        "MLST" when line.EndsWith("there", StringComparison.Ordinal) => $"250-It is\r\n type=file;size={Content.Length}; /there\r\n250 End",
                        "MLST" => "550 No such file.",
                        "HASH" => $"213 SHA-256 0-{Content.Length} {new string('0', 64)} /there",
                        "RNFR" => "350 To what?",
                        "RNTO" or "DELE" => "250 Done.",
                        "CWD" => "550 No such directory.",
                        "QUIT" => "221 Bye.",
                        _ => "502 What?",
                    });
                    break;
            }
        }

        async Task SayAsync(string reply) => await stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), over);
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> serve)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_over.Token);
                Connections++;
                _ = ServeAsync(socket, serve);
            }
        }
        catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket, Func<Socket, CancellationToken, Task> serve)
    {
        using (socket)
        {
            try
            {
                await serve(socket, _over.Token);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The client has gone, or the test is over.
            }
        }
    }
}
