using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Accounts;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>T25: time and places are not to be had for nothing. FtpListener's part, the accept loop, is shown by its own tests.</summary>
public sealed class SlowClientTests
{
    private static readonly FtpLimits Limits = new();

    [Fact]
    public async Task T25_one_byte_every_ten_seconds_does_not_outlast_the_time_for_the_login()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        await ftp.Clock.TimerDueIn(Limits.LoginGrace);
        for (var waited = TimeSpan.Zero; waited < Limits.LoginGrace; waited += TimeSpan.FromSeconds(10))
        {
            await ftp.WriteAsync("U");
            Assert.False(ftp.Ended.IsCompleted);
            ftp.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.StartsWith("421 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await ftp.LineAsync());
        await ftp.Control.FinishAsync(ftp.Token);
        await ftp.Ended.WaitAsync(ftp.Token);
    }

    [Fact]
    public async Task T25_commands_before_the_login_do_not_lengthen_its_time()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        var step = TimeSpan.FromSeconds(20);
        for (var waited = TimeSpan.Zero; waited < Limits.LoginGrace; waited += step)
        {
            Assert.Equal(200, await ftp.CodeAsync("NOOP"));
            Assert.Equal(331, await ftp.CodeAsync("USER alice"));
            Assert.Equal(220, await ftp.CodeAsync("REIN"));
            await ftp.Clock.TimerDueIn(Limits.LoginGrace - waited).WaitAsync(ftp.Token);
            ftp.Clock.Advance(step);
        }

        Assert.StartsWith("421 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        await ftp.Control.FinishAsync(ftp.Token);
        await ftp.Ended.WaitAsync(ftp.Token);
    }

    [Fact]
    public async Task T25_after_REIN_the_time_for_a_login_begins_anew_once()
    {
        await using var ftp = await FtpPair.StartAsync();
        ftp.Clock.Advance(Limits.LoginGrace);
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
        ftp.Clock.Advance(Limits.LoginGrace);
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        await ftp.Clock.TimerDueIn(Limits.LoginGrace).WaitAsync(ftp.Token);
        ftp.Clock.Advance(Limits.LoginGrace / 2);
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        await ftp.Clock.TimerDueIn(Limits.LoginGrace / 2).WaitAsync(ftp.Token);
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(230, await ftp.CodeAsync("PASS s3cret"));
    }

    [Fact]
    public async Task T25_a_command_sent_byte_by_byte_must_end_within_the_time_for_silence()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.Clock.TimerDueIn(Limits.ControlIdle);
        for (int i = 0; i < 10; i++)
        {
            await ftp.WriteAsync("N");
            ftp.Clock.Advance(Limits.ControlIdle / 10);
        }

        Assert.StartsWith("421 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T25_a_flood_of_strangers_does_not_keep_out_a_client_that_logs_in()
    {
        var hall = new Hall(new AdmissionLimits { Unauthenticated = 20, UnauthenticatedPerSource = 5, EarlyDropStart = 20 });
        var flood = new List<(MemoryConnection Connection, Task Ended)>();
        for (int source = 1; source <= 40; source++)
        {
            for (int i = 0; i < 5; i++)
            {
                flood.Add(hall.Enter($"203.0.113.{source}")!.Value);
            }

            Assert.Null(hall.Enter($"203.0.113.{source}"));
        }

        var (alice, session) = hall.Enter("192.0.2.7")!.Value;
        await alice.SendAsync("USER alice\r\nPASS s3cret\r\n"u8.ToArray(), hall.Token);
        string said = "";
        byte[] buffer = new byte[1000];
        while (!said.Contains("\r\n230 ", StringComparison.Ordinal))
        {
            int count = await alice.ReceiveAsync(buffer, hall.Token);
            Assert.NotEqual(0, count);
            said += Encoding.ASCII.GetString(buffer, 0, count);
        }

        // 200 strangers came, 20 places: the longest waiting made room, with a word, and their sessions are over.
        foreach (var (connection, ended) in flood.Take(180))
        {
            Assert.Contains("421 ", Encoding.ASCII.GetString(await connection.ReadToEndAsync(hall.Token)), StringComparison.Ordinal);
            await connection.FinishAsync(hall.Token);
            await ended.WaitAsync(hall.Token);
        }

        for (int source = 41; source <= 50; source++)
        {
            _ = Enumerable.Range(0, 5).Select(_ => hall.Enter($"203.0.113.{source}")).ToList();
        }

        // Who has logged in is no stranger and is never evicted.
        Assert.False(session.IsCompleted);
        await alice.SendAsync("QUIT\r\n"u8.ToArray(), hall.Token);
        Assert.EndsWith("221 Goodbye.\r\n", Encoding.ASCII.GetString(await alice.ReadToEndAsync(hall.Token)), StringComparison.Ordinal);
        await alice.FinishAsync(hall.Token);
        await session.WaitAsync(hall.Token);
        await hall.CloseAsync();
        Assert.Equal(0, hall.Count);
    }

    [Fact]
    public async Task T25_a_session_gives_its_place_back_however_it_ends()
    {
        var hall = new Hall(new AdmissionLimits { Sessions = 1 });
        foreach (string last in new[] { "QUIT\r\n", "GET / HTTP/1.1\r\n", "", "reset" })
        {
            var (connection, ended) = hall.Enter("192.0.2.7")!.Value;
            Assert.Null(hall.Enter("192.0.2.8"));
            if (last == "reset")
            {
                connection.Abort();
            }
            else
            {
                await connection.SendAsync(Encoding.ASCII.GetBytes(last), hall.Token);
                await connection.FinishAsync(hall.Token);
            }

            await ended.WaitAsync(hall.Token);
            Assert.Equal(0, hall.Count);
        }
    }

    /// <summary>A server behind an admission, as the daemon has it.</summary>
    private sealed class Hall
    {
        private readonly Admission _admission;
        private readonly FtpServer _server;
        private readonly List<(MemoryConnection Connection, Task Ended)> _in = [];
        private int _port = 10_000;

        public Hall(AdmissionLimits limits)
        {
            var clock = new ManualClock();
            _admission = new Admission(limits, _ => false, () => 0.5);
            _server = new FtpServer(new(), new Alice(new Memory(clock)), new MemoryNetwork(), clock, NullLoggerFactory.Instance);
        }

        public int Count => _admission.Count;

        public CancellationToken Token { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

        public (MemoryConnection Connection, Task Ended)? Enter(string address)
        {
            var remote = new IPEndPoint(IPAddress.Parse(address), ++_port);
            if (_admission.TryEnter(remote.Address) is not { } ticket)
            {
                return null;
            }

            var (client, server) = MemoryConnection.Pair(remote, new IPEndPoint(IPAddress.Parse("198.51.100.1"), 21));
            _in.Add((client, _server.ServeAsync(server, ticket)));
            return _in[^1];
        }

        public async Task CloseAsync()
        {
            foreach (var (connection, ended) in _in)
            {
                connection.Abort();
                await ended.WaitAsync(Token);
            }
        }
    }

    private sealed class Alice(Memory files) : IAccounts
    {
        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
            new(new LoginResult.Accepted(new Login(attempt.User, files)));

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(false);

        public bool IsTrusted(IPAddress address) => false;
    }
}
