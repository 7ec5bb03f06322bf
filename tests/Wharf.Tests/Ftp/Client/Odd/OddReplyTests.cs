using System.Text;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Tests.Client.Transfers;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>What a control connection may say that no server should, and what a client makes of it.</summary>
public sealed class OddReplyTests
{
    private static readonly TimeSpan Idle = new ClientTimeouts().Idle;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(MemoryConnection.DefaultCapacity)]
    public async Task Replies_in_pieces_of_any_size_mean_the_same(int capacity)
    {
        await using var server = new OddServer { ControlCapacity = capacity, Greeting = "220-first\n221 not the end\n 220 nor this\n220-\n\n220 end" };
        server.Stored["/old"] = "content"u8.ToArray();
        await RoundAsync(server);
    }

    [Theory]
    [InlineData("220")]
    [InlineData("220 ")]
    [InlineData("220-\n220")]
    [InlineData("220-only inner lines\n220 ")]
    [InlineData("220-x\n220-y\n220-z\n220 end")]
    [InlineData("220-x\n230 other code\n22 short\n2200 long\n220\u00e4 no space\n-220 sign\n220 end")]
    [InlineData("120 soon\n220 now")]
    [InlineData("120-soon\n220 not yet\n120 soon\n220 now")]
    [InlineData("ld.so: warning: something\n220 a wrapper's word stands before it")]
    [InlineData("\n220 an empty line before it")]
    [InlineData("220 \u00ff\u00fb\u0001 Telnet options and \u00ff\u00ff a byte")]
    [InlineData("220 nul \0 inside")]
    public async Task A_greeting_may_look_like_anything_that_ends(string greeting)
    {
        await using var server = new OddServer { Greeting = greeting };
        server.Stored["/old"] = "content"u8.ToArray();
        await RoundAsync(server);
    }

    [Fact]
    public async Task Replies_may_have_no_text_and_end_with_LF_alone()
    {
        await using var server = new OddServer();
        server.Stored["/old"] = "content"u8.ToArray();
        server.Answers["USER"] = (session, _) => session.RawAsync("331\n");
        server.Answers["PASS"] = (session, _) => session.RawAsync("230-\n230\n");
        server.Answers["TYPE"] = (session, _) => session.RawAsync("200\r\n");
        server.Answers["PWD"] = (session, _) => session.RawAsync("257\n");
        server.Answers["FEAT"] = (session, _) => session.RawAsync("211-\n MLST type*;size*;\n REST STREAM\n211\n");
        await RoundAsync(server);
    }

    [Theory]
    [InlineData("PASS", "202 superfluous")]
    [InlineData("USER", "230 no password wanted")]
    [InlineData("TYPE", "250 other code")]
    [InlineData("PWD", "550 nowhere")]
    [InlineData("PWD", "257 no quotes")]
    [InlineData("PWD", "257 \"unclosed")]
    [InlineData("PWD", "257 \"relative\"")]
    [InlineData("PWD", "257 \"/nul\0\"")]
    [InlineData("FEAT", "500 what?")]
    [InlineData("FEAT", "211 no features")]
    [InlineData("FEAT", "211-features\n211 end")]
    [InlineData("FEAT", "200-odd code\n MLST\n200 end")]
    [InlineData("OPTS", "501 no")]
    [InlineData("RNTO", "200 other code")]
    [InlineData("RNFR", "300 other code")]
    [InlineData("SIZE", "213 much")]
    [InlineData("SIZE", "213 -1")]
    [InlineData("SIZE", "213 99999999999999999999")]
    [InlineData("SIZE", "550 not now")]
    [InlineData("MDTM", "213 20261345")]
    [InlineData("MDTM", "550 not now")]
    [InlineData("MLST", "250 one line")]
    [InlineData("MLST", "250-x\n250 end")]
    [InlineData("MLST", "250-x\n no facts here\n250 end")]
    [InlineData("MLST", "502 gone")]
    public async Task A_wrong_answer_to_one_command_does_not_keep_a_file_from_going_to_and_fro(string verb, string answer)
    {
        await using var server = new OddServer();
        server.Stored["/old"] = "content"u8.ToArray();
        if (verb is "RNTO" or "RNFR")
        {
            server.Answers[verb] = async (session, argument) =>
            {
                if (verb == "RNFR")
                {
                    server.Answers["RNTO"] = async (inner, to) =>
                    {
                        server.Stored.TryRemove(argument, out byte[]? moved);
                        server.Stored[to] = moved!;
                        await inner.SayAsync("250 ok");
                    };
                    await session.SayAsync(answer);
                    return;
                }

                byte[] content = server.Stored.Single(file => file.Key.Contains(".wharf-", StringComparison.Ordinal)).Value;
                server.Stored.TryRemove(server.Stored.Single(file => file.Key.Contains(".wharf-", StringComparison.Ordinal)).Key, out _);
                server.Stored[argument] = content;
                await session.SayAsync(answer);
            };
        }
        else
        {
            server.Saying(verb, answer.Split('\n'));
        }

        await RoundAsync(server);
    }

    [Theory]
    [InlineData("500 no", ConnectionError.LoginRefused)]
    [InlineData("530 no", ConnectionError.LoginRefused)]
    [InlineData("530 too many users", ConnectionError.Busy)]
    [InlineData("421 too many", ConnectionError.Busy)]
    [InlineData("332 account", ConnectionError.LoginRefused)]
    [InlineData("331 again?", ConnectionError.LoginRefused)]
    [InlineData("150 what?\n530 no", ConnectionError.LoginRefused)]
    public async Task A_refused_login_is_said_so(string answer, ConnectionError error)
    {
        await using var server = new OddServer();
        server.Saying("PASS", answer.Split('\n'));
        Assert.Equal(error, (await FailsAsync(server)).Error);
        Assert.DoesNotContain(server.Lines.Texts, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("421 no room", ConnectionError.Busy)]
    [InlineData("500 no", ConnectionError.Protocol)]
    [InlineData("300 odd", ConnectionError.Protocol)]
    public async Task A_greeting_that_refuses_is_said_so(string greeting, ConnectionError error)
    {
        await using var server = new OddServer { Greeting = greeting };
        Assert.Equal(error, (await FailsAsync(server)).Error);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_10.0")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("999 no such code")]
    [InlineData("")]
    public async Task Another_protocol_is_found_out_by_time_or_by_what_it_says(string word)
    {
        await using var server = new OddServer { Greeting = word };
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(
            StatAsync(server, "/old"), new ClientTimeouts().Connect));
        Assert.Equal(ConnectionError.TimedOut, failed.Error);

        await using var talking = new OddServer { Greeting = string.Concat(Enumerable.Repeat(word + "\n", 100)) };
        Assert.Equal(ConnectionError.Protocol, (await FailsAsync(talking)).Error);
    }

    [Fact]
    public async Task A_reply_without_end_is_refused_by_its_length_in_one_line_or_in_many()
    {
        await using var line = new OddServer();
        line.Answers["FEAT"] = EndlessAsync(new string('x', 1000));
        Assert.Equal(ConnectionError.Protocol, (await FailsAsync(line)).Error);

        await using var lines = new OddServer();
        lines.Answers["FEAT"] = EndlessAsync("211-more\r\n");
        Assert.Equal(ConnectionError.Protocol, (await FailsAsync(lines)).Error);

        static Func<OddSession, string, Task> EndlessAsync(string piece) => async (session, _) =>
        {
            while (true)
            {
                await session.RawAsync(piece);
            }
        };
    }

    [Fact]
    public async Task A_reply_that_comes_too_late_is_a_time_out_and_the_session_is_not_used_again()
    {
        await using var server = new OddServer();
        server.Stored["/old"] = "content"u8.ToArray();
        Assert.NotNull(await StatAsync(server, "/old"));
        var silent = new TaskCompletionSource();
        server.Answers["MLST"] = async (session, argument) =>
        {
            silent.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Over);
        };
        var asking = StatAsync(server, "/old");
        await silent.Task.WaitAsync(OddServer.Stuck, Cancel);
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(asking, Idle));
        Assert.Equal(ConnectionError.TimedOut, failed.Error);

        server.Answers.Remove("MLST");
        Assert.NotNull(await StatAsync(server, "/old"));
        Assert.Equal(2, server.Sessions.Count);
    }

    [Fact]
    public async Task A_421_nobody_asked_for_ends_the_session_and_the_next_call_makes_another()
    {
        await using var server = new OddServer();
        server.Stored["/old"] = "content"u8.ToArray();
        Assert.NotNull(await StatAsync(server, "/old"));
        Assert.True(server.Sessions.TryPeek(out var first));
        await first.SayAsync("421 too long idle");
        await first.Control.FinishAsync(Cancel);
        while (first.Control.Unreceived > 0)
        {
            await Task.Yield();
        }

        var entry = await RetriedAsync(server, "/old");
        Assert.NotNull(entry);
        Assert.Equal(2, server.Sessions.Count);
    }

    [Fact]
    public async Task A_421_in_the_middle_of_a_transfer_ends_it_with_an_error()
    {
        await using var server = new OddServer();
        server.Stored["/old"] = "content"u8.ToArray();
        server.Answers["RETR"] = async (session, _) =>
        {
            await session.SayAsync("150 here");
            await using var data = await session.AcceptAsync();
            await data.SendAsync("cont"u8.ToArray(), server.Over);
            await session.SayAsync("421 shutting down");
            data.Abort();
        };
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(DownloadAsync(server, "/old")));
        Assert.True(failed.IsTransient);
    }

    [Fact]
    public async Task A_reply_nobody_asked_for_does_not_become_the_answer_to_the_next_command()
    {
        await using var server = new OddServer();
        server.Stored["/old"] = "content"u8.ToArray();
        Assert.NotNull(await StatAsync(server, "/old"));
        Assert.True(server.Sessions.TryPeek(out var session));
        await session.SayAsync("250 by the way", "150 and this");
        while (session.Control.Unreceived > 0)
        {
            await Task.Yield();
        }

        Assert.Equal("content"u8.ToArray(), await DownloadAsync(server, "/old"));
    }

    [Fact]
    public async Task A_server_that_leaves_in_the_middle_of_a_reply_is_a_lost_connection()
    {
        await using var server = new OddServer();
        server.Answers["FEAT"] = async (session, _) =>
        {
            await session.RawAsync("211-Features\r\n MLST ty");
            await session.Control.FinishAsync(server.Over);
        };
        Assert.Equal(ConnectionError.Lost, (await FailsAsync(server)).Error);
    }

    /// <summary>Lists, reads, writes and replaces a file.</summary>
    private static async Task RoundAsync(OddServer server)
    {
        var round = Task.Run(
            async () =>
            {
                var names = new List<string>();
                await foreach (var entry in server.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, Cancel))
                {
                    names.Add(entry.Name);
                }

                Assert.Equal(["old"], names);
                Assert.Equal("content"u8.ToArray(), await DownloadAsync(server, "/old"));
                var local = new Memory(server.Clock);
                await local.PutAsync("/new", "written"u8.ToArray());
                await server.Engine.CopyFileAsync(local.At("/new"), server.Files.At("/new"), TransferOptions.Default, null, Cancel);
                Assert.Equal("written", Encoding.ASCII.GetString(server.Stored["/new"]));
                await local.PutAsync("/new", "again"u8.ToArray());
                await server.Engine.CopyFileAsync(local.At("/new"), server.Files.At("/new"), TransferOptions.Default, null, Cancel);
                Assert.Equal("again", Encoding.ASCII.GetString(server.Stored["/new"]));
                Assert.Equal(2, server.Stored.Count);
            },
            Cancel);
        await round.WaitAsync(OddServer.Stuck, Cancel);
    }

    private static async Task<byte[]> DownloadAsync(OddServer server, string path)
    {
        await using var file = await server.Files.OpenAsync(VirtualPath.Parse(path), OpenMode.Read, Cancel);
        byte[] bytes = new byte[100];
        return bytes[..await file.ReadAsync(0, bytes, Cancel)];
    }

    private static async Task<Entry?> StatAsync(OddServer server, string path) =>
        await server.Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Self, Cancel);

    /// <summary>As the layer above does it: what was lost is asked once more.</summary>
    private static async Task<Entry?> RetriedAsync(OddServer server, string path)
    {
        try
        {
            return await StatAsync(server, path).WaitAsync(OddServer.Stuck, Cancel);
        }
        catch (ConnectionException lost) when (lost.IsTransient)
        {
            return await StatAsync(server, path).WaitAsync(OddServer.Stuck, Cancel);
        }
    }

    private static Task<ConnectionException> FailsAsync(OddServer server) =>
        Assert.ThrowsAsync<ConnectionException>(() => StatAsync(server, "/old").WaitAsync(OddServer.Stuck, Cancel));
}
