using System.Net;
using System.Text;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Tests.Client.Transfers;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>Servers that answer an upload at the wrong time, or come to us in their own way.</summary>
public sealed class OddUploadTests
{
    /// <summary>More than every buffer on the way holds.</summary>
    private const int Much = 4 * MemoryConnection.DefaultCapacity;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("226 done before it began")]
    [InlineData("150 send it\r\n226 done before it began")]
    public async Task A_success_before_the_data_does_not_cut_the_upload(string answer)
    {
        await using var server = new OddServer();
        byte[] content = Ends.Bytes(Much);
        server.Answers["STOR"] = async (session, argument) =>
        {
            await session.SayAsync(answer.Split("\r\n"));
            await using var data = await session.AcceptAsync();
            server.Stored[argument] = await data.ReadToEndAsync(server.Over);
        };

        // What the server does with the data is behind its reply: its rename waits for it here, since it serves one command after the other.
        await UploadAsync(server, content);
        Assert.Equal(content, server.Stored["/file"]);
    }

    [Theory]
    [InlineData("553 not this name", FileError.BadName)]
    [InlineData("550 Permission denied", FileError.Denied)]
    [InlineData("452 disk full", FileError.NoSpace)]
    [InlineData("552 quota exceeded", FileError.QuotaExceeded)]
    [InlineData("502 what?", FileError.NotSupported)]
    public async Task A_refused_upload_whose_data_connection_is_left_open_is_an_error_of_the_file(string answer, FileError error)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = "old"u8.ToArray();
        server.Saying("STOR", answer);
        var refused = await Assert.ThrowsAsync<FileException>(() => UploadAsync(server, Ends.Bytes(Much)));
        Assert.Equal(error, refused.Error);
        Assert.Equal("old"u8.ToArray(), server.Stored["/file"]);
        server.Answers.Remove("STOR");
        await UploadAsync(server, "new"u8.ToArray());
        Assert.Equal("new"u8.ToArray(), server.Stored["/file"]);
    }

    [Theory]
    [InlineData("452 disk full")]
    [InlineData("426 something broke")]
    [InlineData("421 going away")]
    public async Task A_refusal_in_the_middle_ends_an_upload_that_the_server_reads_no_further(string answer)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = "old"u8.ToArray();
        server.Answers["STOR"] = async (session, argument) =>
        {
            await session.SayAsync("150 send it");
            var data = await session.AcceptAsync();
            _ = await data.ReceiveAsync(new byte[100], server.Over);
            server.Stored[argument] = new byte[100];
            await session.SayAsync(answer);
        };
        var failed = await Record.ExceptionAsync(() => UploadAsync(server, Ends.Bytes(Much)));
        Assert.True(failed is FileException or ConnectionException, $"{failed}");
        Assert.Equal("old"u8.ToArray(), server.Stored["/file"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_upload_without_150_is_an_upload(int length)
    {
        await using var server = new OddServer();
        byte[] content = Ends.Bytes(length);
        server.Answers["STOR"] = async (session, argument) =>
        {
            await using (var data = await session.AcceptAsync())
            {
                server.Stored[argument] = await data.ReadToEndAsync(server.Over);
            }

            await session.SayAsync("226 got it");
        };
        await UploadAsync(server, content);
        Assert.Equal(content, server.Stored["/file"]);
    }

    [Theory]
    [InlineData("RNFR", "550 no")]
    [InlineData("RNTO", "550 no")]
    [InlineData("RNTO", "553 it is there already")]
    [InlineData("RNTO", "502 what?")]
    public async Task A_refused_rename_leaves_the_old_file_and_nothing_beside_it(string verb, string answer)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = "old"u8.ToArray();
        server.Saying(verb, answer);
        var failed = await Record.ExceptionAsync(() => UploadAsync(server, "new"u8.ToArray()));
        Assert.NotNull(failed);
        Assert.Equal(["/file"], server.Stored.Keys);
        Assert.Equal("old", Encoding.ASCII.GetString(server.Stored["/file"]));
        Assert.DoesNotContain("DELE /file", server.Heard);
    }

    [Theory]
    [InlineData("EPRT")]
    [InlineData("PORT")]
    public async Task A_server_that_comes_to_us_is_waited_for_and_a_stranger_is_not_let_in(string verb)
    {
        await using var server = new OddServer();
        server.Options = server.Options with { Active = true };
        byte[] content = Ends.Bytes(100);
        server.Stored["/file"] = content;
        IPEndPoint? there = null;
        server.Saying("EPRT", "502 what?");
        server.Answers[verb] = async (session, argument) =>
        {
            there = Place(verb, argument);
            await session.SayAsync("200 I will");
        };
        server.Answers["RETR"] = async (session, _) =>
        {
            await using var stranger = await server.Network.DialAsync(IPAddress.Parse("203.0.113.66"), there!, server.Over);
            await stranger.SendAsync("not the file"u8.ToArray(), server.Over);
            await stranger.FinishAsync(server.Over);
            await session.SayAsync("150 here");
            await using (var data = await server.Network.DialAsync(OddServer.Address, there!, server.Over))
            {
                await data.SendAsync(content, server.Over);
                await data.FinishAsync(server.Over);
            }

            await session.SayAsync("226 done");
        };
        var local = new Memory(server.Clock);
        await server.Engine.CopyFileAsync(server.Files.At("/file"), local.At("/file"), TransferOptions.Default, null, Cancel).WaitAsync(OddServer.Stuck, Cancel);
        Assert.Equal(content, await local.GetAsync("/file"));
    }

    [Theory]
    [InlineData("(greeting)")]
    [InlineData("USER")]
    [InlineData("PASS")]
    [InlineData("FEAT")]
    [InlineData("TYPE")]
    [InlineData("MLST")]
    [InlineData("EPSV")]
    [InlineData("RETR")]
    [InlineData("(data)")]
    public async Task A_call_that_is_given_up_returns_wherever_the_server_falls_silent(string at)
    {
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new OddServer();
        server.Stored["/file"] = Ends.Bytes(10);
        async Task FallSilentAsync(OddSession session, string argument)
        {
            silent.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Over);
        }

        switch (at)
        {
            case "(greeting)":
                server.Greets = FallSilentAsync;
                break;
            case "(data)":
                server.Network.Silence(new IPEndPoint(OddServer.Address, 9));
                server.Saying("EPSV", "229 (|||9|)");
                server.Answers["RETR"] = FallSilentAsync;
                break;
            default:
                server.Answers[at] = FallSilentAsync;
                break;
        }

        using var enough = new CancellationTokenSource();
        var local = new Memory(server.Clock);
        var loading = server.Engine.CopyFileAsync(server.Files.At("/file"), local.At("/file"), TransferOptions.Default, null, enough.Token);
        await silent.Task.WaitAsync(OddServer.Stuck, Cancel);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loading.WaitAsync(OddServer.Stuck, Cancel));
        Assert.Empty(await local.NamesAsync());
    }

    private static IPEndPoint Place(string verb, string argument)
    {
        if (verb == "EPRT")
        {
            string[] parts = argument.Split('|');
            return new IPEndPoint(IPAddress.Parse(parts[2]), int.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture));
        }

        byte[] six = [.. argument.Split(',').Select(byte.Parse)];
        return new IPEndPoint(new IPAddress(six.AsSpan(0, 4)), (six[4] << 8) | six[5]);
    }

    private static async Task UploadAsync(OddServer server, byte[] content)
    {
        var local = new Memory(server.Clock);
        await local.PutAsync("/file", content);
        await server.Engine.CopyFileAsync(local.At("/file"), server.Files.At("/file"), TransferOptions.Default, null, Cancel).WaitAsync(OddServer.Stuck, Cancel);
    }
}
