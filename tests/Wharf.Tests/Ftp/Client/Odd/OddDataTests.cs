using System.Net;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Tests.Client.Transfers;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>Data connections that end too early, come too late or go elsewhere.</summary>
public sealed class OddDataTests
{
    private const int Length = 20;

    private static readonly TimeSpan DropPatience = TimeSpan.FromSeconds(2);

    private static readonly byte[] Content = Ends.Bytes(Length);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>How a server can end a data connection, and what it may say to that.</summary>
    public static TheoryData<bool, string> Cuts => new()
    {
        { false, "226 done" },
        { false, "426 cut" },
        { false, "451 disk" },
        { false, "" },
        { true, "226 done" },
        { true, "426 cut" },
        { true, "" },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_download_cut_at_any_byte_is_an_error_and_leaves_nothing_under_the_name(bool resets, string closing)
    {
        for (int cut = 0; cut < Length; cut++)
        {
            await using var server = new OddServer();
            server.Stored["/file"] = Content;
            int here = cut;
            server.Answers["RETR"] = async (session, _) =>
            {
                await session.SayAsync($"150 Opening ({Length} bytes)");
                await using (var data = await session.AcceptAsync())
                {
                    await data.SendAsync(Content.AsMemory(0, here), server.Over);
                    if (resets)
                    {
                        while (data.Unreceived > 0)
                        {
                            await Task.Yield();
                        }

                        data.Abort();
                    }
                }

                if (closing.Length > 0)
                {
                    await session.SayAsync(closing);
                }
                else
                {
                    await session.Control.FinishAsync(server.Over);
                }
            };
            var local = new Memory(server.Clock);
            var failed = await Record.ExceptionAsync(() => server.WithinAsync(CopyAsync(server, server.Files.At("/file"), local.At("/file"))));
            Assert.True(failed is ConnectionException or FileException or RemoteException, $"{cut}: {failed}");
            Assert.Empty(await local.NamesAsync());
        }
    }

    [Fact]
    public async Task A_download_cut_without_a_word_of_its_length_is_told_by_what_the_listing_said()
    {
        for (int cut = 0; cut < Length; cut++)
        {
            await using var server = new OddServer();
            server.Stored["/file"] = Content;
            int here = cut;
            server.Answers["RETR"] = (session, _) => session.SendAsync(Content[..here]);
            var local = new Memory(server.Clock);
            var failed = await Record.ExceptionAsync(() => server.WithinAsync(CopyAsync(server, server.Files.At("/file"), local.At("/file"))));
            Assert.True(failed is ConnectionException or RemoteException, $"{cut}: {failed}");
            Assert.Empty(await local.NamesAsync());
        }
    }

    [Theory]
    [InlineData("426 cut")]
    [InlineData("451 disk")]
    [InlineData("452 full")]
    [InlineData("552 quota")]
    [InlineData("")]
    public async Task An_upload_cut_at_any_byte_is_an_error_and_the_old_file_stays(string closing)
    {
        for (int cut = 0; cut < Length; cut++)
        {
            await using var server = new OddServer();
            server.Stored["/file"] = "old"u8.ToArray();
            int here = cut;
            server.Answers["STOR"] = async (session, argument) =>
            {
                await session.SayAsync("150 send it");
                byte[] got = new byte[here];
                await using (var data = await session.AcceptAsync())
                {
                    for (int count = 0; count < here;)
                    {
                        count += await data.ReceiveAsync(got.AsMemory(count), server.Over);
                    }

                    data.Abort();
                }

                server.Stored[argument] = got;
                if (closing.Length > 0)
                {
                    await session.SayAsync(closing);
                }
                else
                {
                    await session.Control.FinishAsync(server.Over);
                }
            };
            var local = new Memory(server.Clock);
            await local.PutAsync("/file", Content);
            var failed = await Record.ExceptionAsync(() => server.WithinAsync(CopyAsync(server, local.At("/file"), server.Files.At("/file"))));
            Assert.True(failed is ConnectionException or FileException or RemoteException, $"{cut}: {failed}");
            Assert.Equal("old"u8.ToArray(), server.Stored["/file"]);
        }
    }

    [Fact]
    public async Task A_final_reply_before_the_data_is_no_error_when_the_data_is_whole()
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Answers["RETR"] = async (session, _) =>
        {
            await session.SayAsync($"150 Opening ({Length} bytes)", "226 done before it began");
            await session.SendDataAsync(Content);
        };
        Assert.Equal(Content, await DownloadAsync(server));
        Assert.Equal(Content, await DownloadAsync(server));
        Assert.Single(server.Sessions);
    }

    [Fact]
    public async Task A_final_reply_between_the_data_is_no_error()
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Answers["RETR"] = async (session, _) =>
        {
            await session.SayAsync("150 here");
            await using var data = await session.AcceptAsync();
            foreach (byte one in Content)
            {
                await data.SendAsync(new[] { one }, server.Over);
                if (one == Content[5])
                {
                    await session.SayAsync("226 done");
                }
            }

            await data.FinishAsync(server.Over);
        };
        Assert.Equal(Content, await DownloadAsync(server));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("125 already open")]
    [InlineData("150 here\r\n150 and again")]
    [InlineData("110 MARK yyyy = mmmm\r\n150 here")]
    [InlineData("150 Opening (0 bytes)")]
    [InlineData("150 Opening (many bytes)")]
    [InlineData("150 Opening (-1 bytes)")]
    [InlineData("150 Opening (99999999999999999999 bytes)")]
    public async Task Whatever_stands_before_the_data_what_came_with_226_is_the_file(string? opening)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Answers["RETR"] = async (session, _) =>
        {
            if (opening is not null)
            {
                await session.SayAsync(opening.Split("\r\n"));
            }

            await session.SendDataAsync(Content);
            await session.SayAsync("226 done");
        };
        Assert.Equal(Content, await DownloadAsync(server));
    }

    [Theory]
    [InlineData("425 no data connection", true)]
    [InlineData("426 aborted", true)]
    [InlineData("421 going away", true)]
    [InlineData("450 busy", false)]
    [InlineData("451 disk", false)]
    [InlineData("550 No such file", false)]
    [InlineData("502 not implemented", false)]
    [InlineData("332 account", false)]
    [InlineData("650 from the future", false)]
    public async Task A_refused_transfer_is_an_error_of_the_file_or_of_the_way(string answer, bool ofTheWay)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Saying("RETR", answer);
        var failed = await Record.ExceptionAsync(() => server.WithinAsync(DownloadAsync(server)));
        Assert.Equal(ofTheWay, failed is ConnectionException);
        Assert.Equal(!ofTheWay, failed is FileException);
        server.Answers.Remove("RETR");
        Assert.Equal(Content, await server.WithinAsync(DownloadAsync(server)));
    }

    [Theory]
    [InlineData("10,0,0,1")]
    [InlineData("127,0,0,1")]
    [InlineData("0,0,0,0")]
    [InlineData("192,0,2,99")]
    public async Task The_address_of_PASV_is_not_believed(string address)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Saying("EPSV", "502 what?");
        server.Answers["PASV"] = async (session, _) =>
        {
            int port = await session.ListenAsync();
            await session.SayAsync($"227 go there ({address},{port >> 8},{port & 255})");
        };
        Assert.Equal(Content, await DownloadAsync(server));
        Assert.All(server.DataDialled, dialled => Assert.True(dialled.Beside && dialled.Host == "odd.example"));
    }

    [Fact]
    public async Task The_address_of_PASV_is_believed_where_the_caller_says_so()
    {
        var elsewhere = IPAddress.Parse("203.0.113.9");
        await using var server = new OddServer();
        server.Options = server.Options with { PassiveAddressFromServer = true };
        server.Stored["/file"] = Content;
        server.Saying("EPSV", "502 what?");
        server.Answers["PASV"] = async (session, _) =>
        {
            int port = await session.ListenAsync(elsewhere);
            await session.SayAsync($"227 go there ({elsewhere.ToString().Replace('.', ',')},{port >> 8},{port & 255})");
        };
        Assert.Equal(Content, await DownloadAsync(server));
        Assert.All(server.DataDialled, dialled => Assert.Equal((elsewhere.ToString(), false), (dialled.Host, dialled.Beside)));
    }

    [Theory]
    [InlineData("500 what?")]
    [InlineData("502 what?")]
    [InlineData("501 what?")]
    [InlineData("522 not this protocol")]
    [InlineData("550 no")]
    [InlineData("200 what shall I say")]
    [InlineData("229 no port")]
    [InlineData("229 (|||0|)")]
    [InlineData("229 (|||65536|)")]
    [InlineData("229 (|||-5|)")]
    public async Task EPSV_that_is_refused_or_senseless_is_not_asked_again(string answer)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Saying("EPSV", answer);
        Assert.Equal(Content, await DownloadAsync(server));
        Assert.Equal(Content, await DownloadAsync(server));
        Assert.Single(server.Heard, line => line == "EPSV");
        Assert.Equal(2, server.Heard.Count(line => line == "PASV"));
    }

    [Theory]
    [InlineData("227 nowhere")]
    [InlineData("227 (1,2,3,4,5)")]
    [InlineData("227 (1,2,3,4,5,256)")]
    [InlineData("227 (198,51,100,1,0,0)")]
    [InlineData("502 what?")]
    [InlineData("425 no port left")]
    public async Task A_server_without_a_way_is_an_error_of_the_way(string answer)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Saying("EPSV", "502 what?").Saying("PASV", answer);
        _ = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(DownloadAsync(server)));
    }

    [Fact]
    public async Task A_port_nobody_listens_on_is_an_error_of_the_way_and_no_hang()
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Saying("EPSV", "229 (|||9|)");
        server.Saying("RETR", "425 you did not come");
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(DownloadAsync(server)));
        Assert.Equal(ConnectionError.Lost, failed.Error);
    }

    [Fact]
    public async Task A_data_connection_that_is_silent_ends_by_the_clock()
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        var silent = new TaskCompletionSource();
        server.Answers["RETR"] = async (session, _) =>
        {
            await session.SayAsync("150 here");
            var data = await session.AcceptAsync();
            await data.SendAsync(Content.AsMemory(0, 3), server.Over);
            silent.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Over);
        };
        var loading = DownloadAsync(server);
        await silent.Task.WaitAsync(OddServer.Stuck, Cancel);
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(loading, server.Options.Timeouts.Idle, DropPatience));
        Assert.Equal(ConnectionError.TimedOut, failed.Error);
    }

    [Fact]
    public async Task A_cancelled_download_returns_though_the_server_says_nothing()
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        var silent = new TaskCompletionSource();
        server.Answers["RETR"] = async (session, argument) =>
        {
            await session.SayAsync("150 here");
            var data = await session.AcceptAsync();
            silent.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Over);
        };
        using var enough = new CancellationTokenSource();
        var loading = ReadAsync(server, enough.Token);
        await silent.Task.WaitAsync(OddServer.Stuck, Cancel);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loading.WaitAsync(OddServer.Stuck, Cancel));
    }

    private static async Task<bool> CopyAsync(OddServer server, FilePlace from, FilePlace to)
    {
        _ = await server.Engine.CopyFileAsync(from, to, TransferOptions.Default, null, Cancel);
        return true;
    }

    private static Task<byte[]> DownloadAsync(OddServer server) => ReadAsync(server, Cancel).WaitAsync(OddServer.Stuck, Cancel);

    private static async Task<byte[]> ReadAsync(OddServer server, CancellationToken cancel)
    {
        await using var file = await server.Files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Read, cancel);
        byte[] bytes = new byte[Length + 5];
        return bytes[..await file.ReadAsync(0, bytes, cancel)];
    }
}
