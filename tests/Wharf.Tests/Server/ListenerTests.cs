using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Net;
using Wharf.Server.Listeners;
using Wharf.Tests.Support;

namespace Wharf.Tests.Server;

public sealed class ListenerTests
{
    private static readonly IPAddress Host = IPAddress.Parse("198.51.100.1");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ManualClock _clock = new();
    private readonly Channel<(IConnection, Admission.Ticket)> _served = Channel.CreateUnbounded<(IConnection, Admission.Ticket)>();

    [Fact]
    public async Task A_client_beyond_the_bound_is_told_421_and_the_next_place_is_served()
    {
        var network = new MemoryNetwork();
        await using var listener = Start(network.Listen(Host, PortRange.Any, 10), new AdmissionLimits { Sessions = 1 });
        using var stop = new CancellationTokenSource();
        var loop = listener.RunAsync(stop.Token);

        await using var first = await network.ConnectAsync(listener.Local, null, TestContext.Current.CancellationToken);
        var (connection, ticket) = await _served.Reader.ReadAsync(TestContext.Current.CancellationToken);

        await using var second = await network.ConnectAsync(listener.Local, null, TestContext.Current.CancellationToken);
        Assert.Equal("421 Too many connections, try later.\r\n", await ReadAllAsync(second));

        ticket.Dispose();
        await connection.DisposeAsync();
        await using var third = await network.ConnectAsync(listener.Local, null, TestContext.Current.CancellationToken);
        await _served.Reader.ReadAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await loop;
    }

    [Fact]
    public async Task A_failure_to_accept_is_survived_after_a_rest()
    {
        var network = new MemoryNetwork();
        await using var listener = Start(new FailsTwice(network.Listen(Host, PortRange.Any, 10)), new AdmissionLimits());
        using var stop = new CancellationTokenSource();
        var loop = listener.RunAsync(stop.Token);
        for (int i = 0; i < 2; i++)
        {
            await _clock.TimerDueIn(Pause);
            _clock.Advance(Pause);
        }

        await using var client = await network.ConnectAsync(listener.Local, null, TestContext.Current.CancellationToken);
        await _served.Reader.ReadAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await loop;
    }

    [Theory]
    [InlineData("sftp")]
    [InlineData("ftps")]
    public async Task A_client_of_ssh_or_of_implicit_tls_beyond_the_bound_is_told_nothing(string scheme)
    {
        var network = new MemoryNetwork();
        await using var listener = Start(network.Listen(Host, PortRange.Any, 10), new AdmissionLimits { Sessions = 1 }, ListenProtocol.Rows.Single(row => row.Scheme == scheme));
        using var stop = new CancellationTokenSource();
        var loop = listener.RunAsync(stop.Token);

        await using var first = await network.ConnectAsync(listener.Local, null, TestContext.Current.CancellationToken);
        await _served.Reader.ReadAsync(TestContext.Current.CancellationToken);

        await using var second = await network.ConnectAsync(listener.Local, null, TestContext.Current.CancellationToken);
        Assert.Equal("", await ReadAllAsync(second));

        await stop.CancelAsync();
        await loop;
    }

    private Listener Start(IListener listener, AdmissionLimits limits, ListenProtocol? protocol = null) => new(
        new ListenUrl(protocol ?? ListenProtocol.Ftp, "198.51.100.1", 0), listener, new Admission(limits, _ => false), (connection, ticket) => _served.Writer.WriteAsync((connection, ticket)).AsTask(), Pause, _clock,
        NullLogger<Listener>.Instance);

    private static async Task<string> ReadAllAsync(IConnection connection)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[256];
        while (await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken) is > 0 and int count)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private sealed class FailsTwice(IListener inner) : IListener
    {
        private int _failures;

        public IPEndPoint Local => inner.Local;

        public ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken) =>
            ++_failures <= 2 ? throw new IOException("Too many open files") : inner.AcceptAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
