using Wharf.Files;
using Wharf.Ftp.Client;
using Wharf.Net;
using Wharf.Tests.Client.Transfers;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>A session from its login to its end: accounts, silences phase by phase, and dials that are given up.</summary>
public sealed class OddPhaseTests
{
    private static readonly VirtualPath Name = VirtualPath.Parse("/file");

    private static readonly TimeSpan DropPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(7);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PASS")]
    [InlineData("USER")]
    public async Task An_account_is_told_where_it_is_asked_for_and_is_not_in_the_log(string verb)
    {
        await using var server = new OddServer();
        server.Options = server.Options with { Account = "purse" };
        server.Stored["/file"] = Ends.Bytes(20);
        server.Saying(verb, "332 and the account?").Saying("ACCT", "230 in");
        Assert.NotNull(await server.Files.StatAsync(Name, LinkHandling.Self, Cancel).AsTask().WaitAsync(OddServer.Stuck, Cancel));
        Assert.Contains("ACCT purse", server.Heard);
        Assert.DoesNotContain(server.Lines.Texts, line => line.Contains("purse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_account_that_is_refused_is_a_refused_login()
    {
        await using var server = new OddServer();
        server.Options = server.Options with { Account = "purse" };
        server.Saying("PASS", "332 and the account?").Saying("ACCT", "530 not that one");
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.Files.StatAsync(Name, LinkHandling.Self, Cancel).AsTask());
        Assert.Equal((ConnectionError.LoginRefused, "530 not that one"), (failed.Error, failed.ServerReply));
    }

    [Theory]
    [InlineData("(greeting)")]
    [InlineData("USER")]
    [InlineData("PASS")]
    [InlineData("FEAT")]
    [InlineData("PWD")]
    [InlineData("MLST")]
    [InlineData("EPSV")]
    [InlineData("RETR")]
    [InlineData("STOR")]
    [InlineData("RNFR")]
    [InlineData("RNTO")]
    [InlineData("MLSD")]
    public async Task A_server_that_falls_silent_anywhere_is_given_up_after_the_idle_time_and_not_used_again(string at)
    {
        await using var server = new OddServer();
        server.Options = server.Options with { Timeouts = new ClientTimeouts { Idle = Idle, Connect = TimeSpan.FromHours(1) } };
        server.Stored["/file"] = Ends.Bytes(20);
        _ = FallsSilent(server, at);
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(UseAllAsync(server, Cancel), Idle, DropPatience));
        Assert.Equal(ConnectionError.TimedOut, failed.Error);
        server.Greets = null;
        server.Answers.Clear();
        Assert.True(await UseAllAsync(server, Cancel).WaitAsync(OddServer.Stuck, Cancel));
        Assert.Equal(2, server.Sessions.Count);
    }

    [Fact]
    public async Task A_dial_that_gets_no_answer_is_given_up_by_the_caller_or_by_the_clock()
    {
        using var dialer = new DeafDialer();
        var clock = new ManualClock();
        var options = new FtpClientOptions { Host = "odd.example" };
        using var enough = new CancellationTokenSource();
        var connecting = FtpClientSession.ConnectAsync(options, dialer, new MemoryNetwork(), clock, new LogLines().CreateLogger("client"), enough.Token);
        await dialer.Dialled.WaitAsync(OddServer.Stuck, Cancel);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(OddServer.Stuck, Cancel));

        connecting = FtpClientSession.ConnectAsync(options, dialer, new MemoryNetwork(), clock, new LogLines().CreateLogger("client"), Cancel);
        await dialer.Dialled.WaitAsync(OddServer.Stuck, Cancel);
        clock.Advance(options.Timeouts.Connect);
        Assert.Equal(ConnectionError.TimedOut, (await Assert.ThrowsAsync<ConnectionException>(() => connecting.WaitAsync(OddServer.Stuck, Cancel))).Error);
    }

    [Fact]
    public async Task Whoever_types_a_password_slowly_is_not_taken_for_a_server_that_does_not_answer()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var typed = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new OddServer();
        server.Stored["/file"] = Ends.Bytes(20);
        server.Options = server.Options with
        {
            Password = async cancel =>
            {
                asked.SetResult();
                return await typed.Task.WaitAsync(cancel);
            },
        };
        var used = UseAllAsync(server, Cancel);
        await asked.Task.WaitAsync(OddServer.Stuck, Cancel);
        server.Clock.Advance(TimeSpan.FromHours(1));
        typed.SetResult("secret");
        Assert.True(await used.WaitAsync(OddServer.Stuck, Cancel));
    }

    [Theory]
    [InlineData("500 what?")]
    [InlineData("425 not now")]
    public async Task A_server_that_comes_to_us_by_no_way_is_an_error_of_the_way(string answer)
    {
        await using var server = new OddServer();
        server.Options = server.Options with { Active = true };
        server.Stored["/file"] = Ends.Bytes(20);
        server.Saying("EPRT", answer).Saying("PORT", answer);
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => UseAllAsync(server, Cancel).WaitAsync(OddServer.Stuck, Cancel));
        Assert.True(failed.Error is ConnectionError.NotOffered or ConnectionError.Busy, $"{failed.Error}");
        Assert.Equal(answer, failed.ServerReply);
        Assert.Empty(server.Network.ListeningPorts);
    }

    /// <summary>Reads a file, writes it anew and lists: every phase of a session.</summary>
    private static async Task<bool> UseAllAsync(OddServer server, CancellationToken cancel)
    {
        await using (var file = await server.Files.OpenAsync(Name, OpenMode.Read, cancel))
        {
            _ = await file.ReadAsync(0, new byte[100], cancel);
        }

        await using (var file = await server.Files.OpenAsync(Name, OpenMode.Replace, cancel))
        {
            await file.WriteAsync(0, new(Ends.Bytes(20)), cancel);
            await file.CommitAsync(replace: true, durable: false, cancel);
        }

        await foreach (var entry in server.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, cancel))
        {
            Assert.Equal("file", entry.Name);
        }

        return true;
    }

    private static Task FallsSilent(OddServer server, string at)
    {
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Func<OddSession, string, Task> fallSilent = async (session, argument) =>
        {
            silent.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Over);
        };
        if (at == "(greeting)")
        {
            server.Greets = fallSilent;
        }
        else
        {
            server.Answers[at] = fallSilent;
        }

        return silent.Task;
    }

    private sealed class DeafDialer : IDialer, IDisposable
    {
        private readonly SemaphoreSlim _dialled = new(0);

        public Task Dialled => _dialled.WaitAsync();

        public void Dispose() => _dialled.Dispose();

        public async ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
        {
            _dialled.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new IOException("never");
        }
    }
}
