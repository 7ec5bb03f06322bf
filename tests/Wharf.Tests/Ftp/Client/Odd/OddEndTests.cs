using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Tests.Client.Transfers;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>Ends of transfers: too little of a file, attributes that are refused, files that are closed without a commit, slow last bytes.</summary>
public sealed class OddEndTests
{
    private static readonly VirtualPath Name = VirtualPath.Parse("/file");

    private static readonly byte[] Content = Ends.Bytes(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("150 here it comes")]
    [InlineData("150 Opening (0 bytes)")]
    [InlineData("150 Opening (many bytes)")]
    public async Task A_file_shorter_than_the_server_said_before_is_an_error_though_it_says_226(string opening)
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Answers["RETR"] = (session, _) => session.SendAsync(Content[..7], opening);
        await using var file = await server.Files.OpenAsync(Name, OpenMode.Read, Cancel);
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => file.ReadAsync(0, new byte[100], Cancel).AsTask().WaitAsync(OddServer.Stuck, Cancel));
        Assert.Equal(ConnectionError.Lost, failed.Error);
        Assert.Contains("only 7 bytes", failed.Message, StringComparison.Ordinal);
        server.Answers.Remove("RETR");
        Assert.Equal(Content, await ReadAsync(server));
        Assert.Single(server.Sessions);
    }

    [Fact]
    public async Task A_file_that_became_shorter_meanwhile_is_as_long_as_it_is()
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        server.Answers["RETR"] = (session, _) =>
        {
            server.Stored["/file"] = Content[..7];
            return session.SendAsync(Content[..7]);
        };
        Assert.Equal(Content[..7], await ReadAsync(server));
    }

    [Fact]
    public async Task A_file_that_is_read_from_within_is_whole_where_its_end_is_where_it_was_said()
    {
        await using var server = new OddServer();
        server.Stored["/file"] = Content;
        await using var file = await server.Files.OpenAsync(Name, OpenMode.Read, Cancel);
        int asked = server.Heard.Count(line => line.StartsWith("MLST", StringComparison.Ordinal));
        byte[] rest = new byte[100];
        Assert.Equal(Content[5..], rest[..await file.ReadAsync(5, rest, Cancel)]);
        Assert.Equal(asked, server.Heard.Count(line => line.StartsWith("MLST", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reading_a_part_and_closing_leaves_a_session_that_can_be_used()
    {
        await using var server = new OddServer();
        byte[] much = Ends.Bytes(4 * MemoryConnection.DefaultCapacity);
        server.Stored["/file"] = much;
        server.Answers["RETR"] = async (session, argument) =>
        {
            try
            {
                await session.ProperAsync("RETR", argument);
            }
            catch (IOException)
            {
                session.Restart = 0;
                await session.SayAsync("426 you left");
            }
        };
        foreach (int offset in new[] { 0, 1000, 100_000 })
        {
            await using var file = await server.Files.OpenAsync(Name, OpenMode.Read, Cancel);
            byte[] part = new byte[500];
            Assert.Equal(500, await file.ReadAsync(offset, part, Cancel).AsTask().WaitAsync(OddServer.Stuck, Cancel));
            Assert.Equal(much[offset..(offset + 500)], part);
        }

        Assert.Single(server.Sessions);
        Assert.Contains("REST 1000", server.Heard);
        Assert.Contains("REST 100000", server.Heard);
    }

    [Theory]
    [InlineData("550 not yours", FileError.Denied)]
    [InlineData("502 what?", FileError.NotSupported)]
    public async Task Times_that_are_refused_are_said_so_and_the_file_is_in_its_place(string answer, FileError error)
    {
        await using var server = new OddServer();
        server.Features.Add("MFMT");
        server.Stored["/file"] = "old"u8.ToArray();
        server.Saying("MFMT", answer);
        await using (var file = await server.Files.OpenAsync(Name, OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, new(Content), Cancel);
            await file.ChangeAsync(new AttributeChange { Modified = DateTime.UnixEpoch.AddDays(20_000) }, Cancel);
            var refused = await Assert.ThrowsAsync<FileException>(() => file.CommitAsync(replace: true, durable: false, Cancel).AsTask());
            Assert.Equal(error, refused.Error);
            Assert.True(refused.IsInPlace);
            Assert.Equal(answer, refused.ServerReply);
            Assert.Contains("in its place, but the server refused its time", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Content, server.Stored["/file"]);
        Assert.Equal(["/file"], server.Stored.Keys);
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("DELE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Permissions_nobody_asked_for_may_be_refused()
    {
        // vsftpd with chmod_enable=NO.
        await using var server = new OddServer();
        server.Features[0] = "MLST type*;size*;modify*;UNIX.mode*;";
        server.Features.Add("SITE CHMOD");
        server.Stored["/file"] = "old"u8.ToArray();
        server.Answers["MLST"] = (session, argument) => session.SayAsync("250-Listing", $" type=file;size=3;modify=20260102030405;UNIX.mode=0640; {argument}", "250 end");
        server.Saying("SITE", "550 Permission denied");
        await using (var file = await server.Files.OpenAsync(Name, OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, new(Content), Cancel);
            await file.CommitAsync(replace: true, durable: false, Cancel);
        }

        Assert.Contains(server.Heard, line => line.StartsWith("SITE CHMOD 640", StringComparison.Ordinal));
        Assert.Equal(Content, server.Stored["/file"]);
        Assert.Contains(server.Lines.Texts, line => line.Contains("Permission denied", StringComparison.Ordinal) && line.Contains("/file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_whose_time_the_server_does_not_know_how_to_set_is_a_copy()
    {
        await using var server = new OddServer();
        server.Features.Add("MFMT");
        server.Saying("MFMT", "502 what?");
        var local = new Memory(server.Clock);
        await local.PutAsync("/file", Content);
        await server.Engine.CopyFileAsync(local.At("/file"), server.Files.At("/file"), TransferOptions.Default, null, Cancel).WaitAsync(OddServer.Stuck, Cancel);
        Assert.Equal(Content, server.Stored["/file"]);
    }

    [Theory]
    [InlineData("452 disk full")]
    [InlineData("550 no")]
    public async Task Closing_a_file_written_in_place_throws_nothing_but_its_commit_does(string answer)
    {
        foreach (bool commits in new[] { true, false })
        {
            await using var server = new OddServer();
            server.Stored["/file"] = "old"u8.ToArray();
            var file = await server.Files.OpenAsync(Name, new(FileAccess.Write, FileCreation.Truncate) { ExpectedLength = 20 }, Cancel);
            server.Answers["STOR"] = async (session, argument) =>
            {
                await session.SayAsync("150 send it");
                await using (var data = await session.AcceptAsync())
                {
                    _ = await data.ReadToEndAsync(server.Over);
                }

                await session.SayAsync(answer);
            };
            await file.WriteAsync(0, new(Content), Cancel);
            if (commits)
            {
                _ = await Assert.ThrowsAsync<FileException>(() => file.CommitAsync(replace: true, durable: false, Cancel).AsTask());
            }

            await file.DisposeAsync();
            Assert.Single(server.Heard, line => line.StartsWith("STOR", StringComparison.Ordinal));
            Assert.Equal(!commits, server.Lines.Texts.Any(line => line.Contains("not whole", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task The_last_bytes_of_an_upload_may_take_longer_than_a_silence_as_long_as_they_move()
    {
        await using var server = new OddServer();
        byte[] content = Ends.Bytes(MemoryConnection.DefaultCapacity);
        var idle = server.Options.Timeouts.Idle;
        var goOn = new SemaphoreSlim(0);
        var took = new SemaphoreSlim(0);
        server.Answers["STOR"] = async (session, argument) =>
        {
            await session.SayAsync("150 send it");
            var got = new MemoryStream();
            await using (var data = await session.AcceptAsync())
            {
                byte[] piece = new byte[MemoryConnection.DefaultCapacity / 4];
                for (int i = 0; i < 4; i++)
                {
                    await goOn.WaitAsync(server.Over);
                    int count = await data.ReceiveAsync(piece, server.Over);
                    got.Write(piece, 0, count);
                    took.Release();
                }

                got.Write(await data.ReadToEndAsync(server.Over));
            }

            await goOn.WaitAsync(server.Over);
            server.Stored[argument] = got.ToArray();
            await session.SayAsync("226 got it");
        };
        await using var file = await server.Files.OpenAsync(Name, new(FileAccess.Write, FileCreation.CreateNew) { ExpectedLength = content.Length }, Cancel);
        await file.WriteAsync(0, new(content), Cancel);
        var committing = file.CommitAsync(replace: true, durable: false, Cancel).AsTask();
        for (int i = 0; i < 4; i++)
        {
            var armed = server.Clock.TimerDueIn(idle);
            await armed.WaitAsync(OddServer.Stuck, Cancel);
            goOn.Release();
            await took.WaitAsync(OddServer.Stuck, Cancel);
            server.Clock.Advance(idle);
        }

        await server.Clock.TimerDueIn(idle).WaitAsync(OddServer.Stuck, Cancel);
        goOn.Release();
        await committing.WaitAsync(OddServer.Stuck, Cancel);
        Assert.Equal(content, server.Stored["/file"]);
    }

    [Fact]
    public async Task An_upload_whose_last_bytes_do_not_move_ends_by_the_clock()
    {
        await using var server = new OddServer();
        server.Answers["STOR"] = async (session, argument) =>
        {
            await session.SayAsync("150 send it");
            _ = await session.AcceptAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, server.Over);
        };
        await using var file = await server.Files.OpenAsync(Name, new(FileAccess.Write, FileCreation.CreateNew) { ExpectedLength = 20 }, Cancel);
        await file.WriteAsync(0, new(Content), Cancel);
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => server.WithinAsync(CommitAsync(), server.Options.Timeouts.Idle, TimeSpan.FromSeconds(2)));
        Assert.Equal(ConnectionError.TimedOut, failed.Error);

        async Task<bool> CommitAsync()
        {
            await file.CommitAsync(replace: true, durable: false, Cancel);
            return true;
        }
    }

    private static async Task<byte[]> ReadAsync(OddServer server)
    {
        await using var file = await server.Files.OpenAsync(Name, OpenMode.Read, Cancel);
        byte[] bytes = new byte[100];
        return bytes[..await file.ReadAsync(0, bytes, Cancel).AsTask().WaitAsync(OddServer.Stuck, Cancel)];
    }
}
