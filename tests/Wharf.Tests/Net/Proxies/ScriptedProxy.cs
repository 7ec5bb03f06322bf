using System.Net;
using System.Text;
using Wharf.Net;
using Wharf.Net.Proxies;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Proxies;

/// <summary>A proxy in memory: what it does with each connection is a script. It proves nothing about TCP.</summary>
internal sealed class ScriptedProxy(Func<MemoryConnection, CancellationToken, Task> script) : IDialer
{
    private readonly List<Task> _running = [];

    /// <summary>Who was dialled, and beside what.</summary>
    public List<(string Host, int Port, IConnection? Beside)> Dialled { get; } = [];

    /// <summary>Our ends of the connections.</summary>
    public List<MemoryConnection> Made { get; } = [];

    public ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
    {
        Dialled.Add((host, port, beside));
        var (client, server) = MemoryConnection.Pair(server: new IPEndPoint(IPAddress.Parse("198.51.100.9"), port));
        Made.Add(client);
        _running.Add(script(server, cancellationToken));
        return new(client);
    }

    /// <summary>A proxy that says one thing piece by piece, as soon as it was asked, and shows what it was asked.</summary>
    public static (ScriptedProxy Proxy, Task<string> Asked) Saying(string url, string answer, string[] ends, out IDialer dialer)
    {
        var asked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var proxy = new ScriptedProxy(async (connection, cancel) =>
        {
            var said = new StringBuilder();
            foreach (string end in ends)
            {
                while (!said.ToString().EndsWith(end, StringComparison.Ordinal))
                {
                    byte[] buffer = new byte[100];
                    int count = await connection.ReceiveAsync(buffer, cancel);
                    if (count == 0)
                    {
                        return;
                    }

                    said.Append(Encoding.Latin1.GetString(buffer, 0, count));
                }
            }

            asked.TrySetResult(said.ToString());
            await connection.SendAsync(Encoding.Latin1.GetBytes(answer), cancel);
        });
        dialer = ProxyUrl.Parse(url).Over(proxy);
        return (proxy, asked.Task);
    }

    /// <summary>The scripts came to an end without a failure.</summary>
    public Task EndAsync() => Task.WhenAll(_running);
}
