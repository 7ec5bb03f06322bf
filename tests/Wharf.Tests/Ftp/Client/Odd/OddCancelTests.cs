using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;
using Wharf.Tests.Client.Transfers;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>
/// Calls that are given up, phase by phase, at a server that says nothing more: they return within a second of the clock that the test turns,
/// one session is enough for the next call, and what was under the name is there whole, or what was to come. That the kernel's own transfers
/// end as soon is shown with real servers (Wharf.Interop).
/// </summary>
public sealed class OddCancelTests
{
    private const int OldLength = 20;

    private const int NewLength = 5000;

    private static readonly VirtualPath Name = VirtualPath.Parse("/file");

    /// <summary>The only waits of the clock that a call given up may have, and all of those together.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5), Most = TimeSpan.FromSeconds(1);

    /// <summary>What goes on beside has longer: what the server says to a transfer that was dropped is waited for so long.</summary>
    private static readonly TimeSpan DropPatience = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("(greeting)")]
    [InlineData("AUTH")]
    [InlineData("(handshake)")]
    [InlineData("USER")]
    [InlineData("PASS")]
    [InlineData("FEAT")]
    [InlineData("PWD")]
    [InlineData("MLST")]
    [InlineData("TYPE")]
    [InlineData("EPSV")]
    [InlineData("(dial)")]
    [InlineData("RETR")]
    [InlineData("(in the middle of RETR)")]
    [InlineData("(behind the data of RETR)")]
    [InlineData("STOR")]
    [InlineData("(in the middle of STOR)")]
    [InlineData("(behind the data of STOR)")]
    [InlineData("RNFR")]
    [InlineData("RNTO")]
    [InlineData("MLSD")]
    [InlineData("(in the middle of MLSD)")]
    public async Task A_call_that_is_given_up_returns_within_a_second_and_leaves_room_for_the_next(string at)
    {
        await using var server = new OddServer { Network = new MemoryNetwork(1024) };
        server.Options = server.Options with { Tls = new DeafTls() };
        server.Stored["/file"] = Ends.Bytes(OldLength);
        server.Saying("AUTH", "502 no");
        var silent = FallsSilent(server, at);
        using var enough = new CancellationTokenSource();
        var whole = UseAllAsync(server, enough.Token);
        Assert.Equal(silent, await Task.WhenAny(silent, whole).WaitAsync(OddServer.Stuck, Cancel));
        await enough.CancelAsync();

        long before = server.Clock.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.WithinAsync(whole, Patience));
        Assert.InRange(server.Clock.GetElapsedTime(before), TimeSpan.Zero, Most);
        Assert.Contains(server.Stored["/file"].Length, new[] { OldLength, NewLength });

        server.Greets = null;
        server.Dials = null;
        server.Answers.Clear();
        Assert.True(await server.WithinAsync(UseAllAsync(server, Cancel), Patience, DropPatience - Patience, DropPatience));
        Assert.Equal(NewLength, server.Stored["/file"].Length);
        Assert.Equal("/file", Assert.Single(server.Stored.Keys));
    }

    [Fact]
    public async Task A_server_that_takes_commands_ahead_and_is_silent_for_long_to_one_who_went_away_is_not_asked_again()
    {
        await using var server = new OddServer { Greeting = "220 (vsFTPd 3.0.5)" };
        server.Stored["/file"] = Ends.Bytes(OldLength);
        var silent = FallsSilent(server, "RNFR");
        using var enough = new CancellationTokenSource();
        var renaming = server.Files.RenameAsync(Name, VirtualPath.Parse("/other"), replace: true, enough.Token).AsTask();
        await silent.WaitAsync(OddServer.Stuck, Cancel);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => renaming.WaitAsync(OddServer.Stuck, Cancel));
        server.Clock.Advance(DropPatience);
        server.Answers.Clear();
        Assert.True(await ListAsync(server, Cancel).WaitAsync(OddServer.Stuck, Cancel));
    }

    [Fact]
    public async Task A_type_whose_answer_nobody_waited_for_is_not_taken_for_the_one_before()
    {
        await using var server = new OddServer();
        server.Features.Clear();
        server.Features.Add("SIZE");
        server.Saying("SYST", "215 MVS is the operating system of this server");
        server.Stored["/file"] = Ends.Bytes(OldLength);
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await ReadAsync(server, Cancel);
        server.Answers["TYPE"] = async (session, _) =>
        {
            silent.TrySetResult();
            await answers.Task;
            await session.SayAsync("200 late");
        };
        using var enough = new CancellationTokenSource();
        var listing = ListAsync(server, enough.Token);
        await silent.Task.WaitAsync(OddServer.Stuck, Cancel);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.WithinAsync(listing, Patience));
        answers.TrySetResult();
        server.Answers.Remove("TYPE");
        Assert.True(await server.WithinAsync(ReadAsync(server, Cancel), Patience, DropPatience));
        Assert.Equal(2, server.Sessions.Count);
    }

    /// <summary>Reads a file, writes it anew and lists: every phase of a session.</summary>
    private static async Task<bool> UseAllAsync(OddServer server, CancellationToken cancel)
    {
        await ReadAsync(server, cancel);
        await using (var file = await server.Files.OpenAsync(Name, OpenMode.Replace, cancel))
        {
            await file.WriteAsync(0, new(Ends.Bytes(NewLength)), cancel);
            await file.CommitAsync(replace: true, durable: false, cancel);
        }

        return await ListAsync(server, cancel);
    }

    private static async Task<bool> ReadAsync(OddServer server, CancellationToken cancel)
    {
        await using var file = await server.Files.OpenAsync(Name, OpenMode.Read, cancel);
        _ = await file.ReadAsync(0, new byte[NewLength * 2], cancel);
        return true;
    }

    private static async Task<bool> ListAsync(OddServer server, CancellationToken cancel)
    {
        await foreach (var entry in server.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, cancel))
        {
            Assert.Equal("file", entry.Name);
        }

        return true;
    }

    /// <summary>The server says nothing more from there on; ends when it is there.</summary>
    private static Task FallsSilent(OddServer server, string at)
    {
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        switch (at)
        {
            case "(greeting)":
                server.Greets = (_, _) => FallAsync();
                break;
            case "(handshake)":
                server.Saying("AUTH", "234 go on");
                DeafTls.Of(server).Begun = () => silent.TrySetResult();
                break;
            case "(dial)":
                server.Dials = cancel =>
                {
                    silent.TrySetResult();
                    return Task.Delay(Timeout.InfiniteTimeSpan, cancel);
                };
                break;
            case "TYPE":
                // Only a server with LIST of EBCDIC has another TYPE than that of the login.
                server.Features.RemoveAt(0);
                server.Saying("SYST", "215 MVS is the operating system of this server");
                server.Answers["TYPE"] = (session, type) => type == "I" ? session.SayAsync("200 ok") : FallAsync();
                break;
            case "(in the middle of RETR)":
                server.Answers["RETR"] = (session, _) => SendAsync(session, Ends.Bytes(OldLength / 2));
                break;
            case "(in the middle of MLSD)":
                server.Answers["MLSD"] = (session, _) => SendAsync(session, "type=file;size=20;modify=20260102030405; file\r\ntype=fi"u8.ToArray());
                break;
            case "(behind the data of RETR)":
                server.Answers["RETR"] = async (session, _) =>
                {
                    await session.SayAsync("150 here it comes");
                    await session.SendDataAsync(Ends.Bytes(OldLength));
                    await FallAsync();
                };
                break;
            case "(in the middle of STOR)":
                server.Answers["STOR"] = async (session, argument) =>
                {
                    server.Stored[argument] = [];
                    await session.SayAsync("150 send it");
                    await using var data = await session.AcceptAsync();
                    _ = await data.ReceiveAsync(new byte[1], server.Over);
                    await FallAsync();
                };
                break;
            case "(behind the data of STOR)":
                server.Answers["STOR"] = async (session, argument) =>
                {
                    await session.SayAsync("150 send it");
                    await using var data = await session.AcceptAsync();
                    server.Stored[argument] = await data.ReadToEndAsync(server.Over);
                    await FallAsync();
                };
                break;
            default:
                server.Answers[at] = (_, _) => FallAsync();
                break;
        }

        return silent.Task;

        async Task FallAsync()
        {
            silent.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Over);
        }

        async Task SendAsync(OddSession session, byte[] beginning)
        {
            await session.SayAsync("150 here it comes");
            await using var data = await session.AcceptAsync();
            await data.SendAsync(beginning, server.Over);
            await FallAsync();
        }
    }

    /// <summary>TLS with a peer that never says anything.</summary>
    private sealed class DeafTls : ITlsClient
    {
        public Action Begun { get; set; } = () => { };

        public static DeafTls Of(OddServer server) => (DeafTls)server.Options.Tls!;

        public async ValueTask<ITlsConnection> ConnectAsync(IConnection connection, TlsRequest request, CancellationToken cancellationToken)
        {
            Begun();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
