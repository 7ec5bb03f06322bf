using System.Buffers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Sftp.Client;

/// <summary>Uploads: what goes out together, and what becomes of failures.</summary>
public sealed class UploadTests
{
    private const string PosixRename = "posix-rename@openssh.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_file_takes_three_round_trips_its_time_included()
    {
        await using var script = await SftpScript.BeginAsync(PosixRename);
        var uploading = UploadAsync(script, 4096);

        // One: what is there, and the opening.
        byte[] open = await script.OpensAsync(null);
        var temporary = SftpPair.Text(SftpPair.Parse<Open<Attributes>>(open).Path);
        Assert.StartsWith("/.file.wharf-", temporary, StringComparison.Ordinal);

        // Two: bytes, time and closing, none of them waited for.
        byte[] write = await script.AskedAsync(), set = await script.AskedAsync(), close = await script.AskedAsync();
        Assert.Equal((Write.Number, HandleSetStat<Attributes>.Number, Close.Number), (write[0], set[0], close[0]));
        Assert.Equal(4096, SftpPair.Parse<Write>(write).Data.Length);
        Assert.Null(script.TryAsked());
        script.Does(write);
        script.Does(set);
        script.Does(close);

        // Three: the name.
        byte[] rename = await script.AskedAsync();
        Assert.Equal(temporary, SftpPair.Text(SftpPair.Parse<ExtendedPaths>(rename).From));
        script.Does(rename);
        Assert.Equal(4096, await uploading);
    }

    [Theory]
    [InlineData(6)] // WRITE
    [InlineData(10)] // FSETSTAT
    [InlineData(4)] // CLOSE
    public async Task A_failure_behind_the_last_byte_is_told_and_nothing_gets_the_name(byte failing)
    {
        await using var script = await SftpScript.BeginAsync(PosixRename);
        var uploading = UploadAsync(script, 4096);
        byte[] open = await script.OpensAsync(null);
        for (int i = 0; i < 3; i++)
        {
            byte[] request = await script.AskedAsync();
            script.Send(new Status(SftpScript.Id(request), request[0] == failing ? SftpCode.Failure : SftpCode.Ok, "No space left on the disk."));
        }

        byte[] remove = await script.AskedAsync();
        Assert.Equal(SftpPair.Parse<Open<Attributes>>(open).Path.ToArray(), SftpPair.Parse<Remove>(remove).Path.ToArray());
        script.Does(remove);
        var failed = await Assert.ThrowsAsync<FileException>(() => uploading);
        Assert.Equal((FileError.NoSpace, "/file"), (failed.Error, failed.Path));
        Assert.True(script.Client.IsUsable);
    }

    [Fact]
    public async Task Failures_of_the_first_writes_stop_the_rest()
    {
        await using var script = await SftpScript.BeginAsync(PosixRename);
        var uploading = UploadAsync(script, 100 * 1024 * 1024);
        await script.OpensAsync(null);
        script.Fails(await script.AskedAsync(), SftpCode.PermissionDenied);
        int writes = 1;
        byte[] request;
        while ((request = await script.AskedAsync())[0] == Write.Number)
        {
            writes++;
        }

        Assert.InRange(writes, 1, (int)(BulkWrite.MostInFlight / SftpClientSession.UsualRequestBytes));
        Assert.Equal(Close.Number, request[0]);
        script.Does(await script.AskedAsync());
        Assert.Equal(FileError.Denied, (await Assert.ThrowsAsync<FileException>(() => uploading)).Error);
    }

    [Fact]
    public async Task Where_renaming_does_not_replace_the_old_file_stays_and_the_caller_is_told()
    {
        await using var script = await SftpScript.BeginAsync();
        var uploading = UploadAsync(script, 10);
        await script.OpensAsync(SftpScript.File(5));
        byte[] mode = await script.AskedAsync();
        Assert.Equal(0x1A4u, SftpPair.Parse<HandleSetStat<Attributes>>(mode).Attributes.Permissions);
        script.Does(mode);
        for (int i = 0; i < 3; i++)
        {
            script.Does(await script.AskedAsync());
        }

        script.Fails(await script.AskedAsync(), SftpCode.Failure);
        for (int i = 0; i < 2; i++)
        {
            // What is there, of both names.
            byte[] look = await script.AskedAsync();
            Assert.Equal(LinkStat.Number, look[0]);
            script.Send(new AttributesReply<Attributes>(SftpScript.Id(look), SftpScript.File(5)));
        }

        byte[] remove = await script.AskedAsync();
        Assert.Contains(".wharf-", SftpPair.Text(SftpPair.Parse<Remove>(remove).Path), StringComparison.Ordinal);
        script.Does(remove);
        Assert.Equal(FileError.NotSupported, (await Assert.ThrowsAsync<FileException>(() => uploading)).Error);
    }

    [Fact]
    public async Task A_file_in_place_fails_at_its_closing_where_the_server_says_so_only_then()
    {
        await using var script = await SftpScript.BeginAsync();
        var opening = script.Files.OpenAsync(VirtualPath.Parse("/file"), new(FileAccess.Write, FileCreation.Truncate), Cancel);
        await script.OpensAsync(null);
        var file = await opening;
        var writing = file.WriteAsync(0, new(new byte[5]), Cancel).AsTask();
        script.Does(await script.AskedAsync());
        await writing;
        var closing = file.DisposeAsync().AsTask();
        script.Fails(await script.AskedAsync(), SftpCode.Failure, "Disk quota exceeded");
        Assert.Equal(FileError.QuotaExceeded, (await Assert.ThrowsAsync<FileException>(() => closing)).Error);
    }

    [Fact]
    public async Task A_disposal_does_not_wait_long_for_a_server_that_says_nothing()
    {
        await using var script = await SftpScript.BeginAsync();
        var opening = script.Files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Replace, Cancel);
        await script.OpensAsync(null);
        var closing = (await opening).DisposeAsync().AsTask();
        await script.AskedAsync();
        await script.AskedAsync<Remove>();
        await script.Clock.TimerDueIn(TimeSpan.FromSeconds(0.5));
        script.Clock.Advance(TimeSpan.FromSeconds(0.5));
        await closing;
        Assert.Contains(script.Log.Texts, line => line.Contains("could not be removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_it_begins_ends_all_that_waits_for_it()
    {
        await using var script = await SftpScript.BeginAsync();
        var write = new BulkWrite(
            script.Client, "h"u8.ToArray(), new BulkRange(0, 0, 10), 10, BulkWrite.MostInFlight, (_, _, _) => new(0), new CancellationToken(canceled: true));
        var writing = write.RunAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.SentAll);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Null(script.TryAsked());
    }

    [Fact]
    public async Task What_a_lost_connection_left_beside_a_name_goes_with_the_next_file()
    {
        await using var lost = await SftpScript.BeginAsync();
        await using var lives = await SftpScript.BeginAsync();
        var sessions = new Queue<SftpClientSession>([lost.Client, lives.Client]);
        var pool = new SessionPool<SftpClientSession>(
            _ => Task.FromResult(sessions.Dequeue()), 1, SftpFiles.SharesOfSession, TimeSpan.Zero, lost.Clock);
        await using var files = new SftpFiles(pool, lost.Clock, lost.Log);
        var opening = files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Replace, Cancel);
        byte[] open = await lost.OpensAsync(null);
        var file = await opening;
        lost.Client.End();
        await file.DisposeAsync();

        var again = files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Replace, Cancel);
        byte[] remove = await lives.AskedAsync();
        Assert.Equal(SftpPair.Parse<Open<Attributes>>(open).Path.ToArray(), SftpPair.Parse<Remove>(remove).Path.ToArray());
        lives.Does(remove);
        await lives.OpensAsync(null);
        var closing = (await again).DisposeAsync().AsTask();
        await lives.AskedAsync<Close>();
        lives.Does(await lives.AskedAsync());
        await closing;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_goes_up_whole_from_any_source(bool isSlow)
    {
        byte[] content = new byte[9_000_000];
        new Random(5).NextBytes(content);
        var served = new Memory(new ManualClock());
        await using var remote = new SftpRemote(served);
        long moved = 0;
        await using (var file = (SftpFile)await remote.Files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Replace, Cancel))
        {
            var source = new Source(content, isSlow);
            Assert.Equal(content.Length, await file.CopyFromAsync(source, BulkRange.Whole with { Moved = count => moved += count }, Cancel));
            await file.CommitAsync(replace: true, durable: true, Cancel);
        }

        Assert.Equal(content.Length, moved);
        await using var reader = (SftpFile)await remote.Files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Read, Cancel);
        byte[] back = new byte[content.Length];
        Assert.Equal(back.Length, await reader.ReadAsync(0, back, Cancel));
        Assert.Equal(content, back);
    }

    [Fact]
    public async Task Segments_of_one_file_go_over_sessions_of_their_own()
    {
        byte[] content = new byte[4_000_000];
        new Random(6).NextBytes(content);
        var served = new Memory(new ManualClock());
        await using var remote = new SftpRemote(served, most: 3);
        await using (var file = (ISegmentedFile)await remote.Files.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Replace, Cancel))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
            {
                await using var segment = await file.OpenSegmentAsync(Cancel);
                await segment.CopyFromAsync(new Source(content, isSlow: true), new BulkRange(i * 1_000_000, i * 1_000_000, 1_000_000), Cancel);
            }));
            Assert.Equal(3, remote.Sessions);
            await file.CommitAsync(replace: true, durable: false, Cancel);
        }

        byte[] back = new byte[content.Length];
        await using var reader = await served.OpenAsync(VirtualPath.Parse("/file"), OpenMode.Read, Cancel);
        Assert.Equal(back.Length, await reader.ReadAsync(0, back, Cancel));
        Assert.Equal(content, back);
    }

    [Fact]
    public async Task A_copy_and_a_hash_are_made_by_the_server()
    {
        var served = new Memory(new ManualClock());
        await using var remote = new SftpRemote(served);
        var facts = await remote.Files.FactsAsync(Cancel);
        Assert.Equal(("memory", "/", true), (facts.Software, facts.Home.Value, facts.CopiesFiles));
        await using (var file = await served.OpenAsync(VirtualPath.Parse("/a"), new(FileAccess.Write, FileCreation.CreateNew), Cancel))
        {
            await file.WriteAsync(0, new("hello"u8.ToArray()), Cancel);
        }

        await remote.Files.CopyAsync(VirtualPath.Parse("/a"), VirtualPath.Parse("/b"), Cancel);
        byte[] hash = await remote.Files.HashAsync(VirtualPath.Parse("/b"), "SHA-256", 0, long.MaxValue, Cancel);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData("hello"u8), hash);
        Assert.Equal(
            FileError.NotFound,
            (await Assert.ThrowsAsync<FileException>(async () => await remote.Files.HashAsync(VirtualPath.Parse("/c"), "MD5", 0, 1, Cancel))).Error);
    }

    private static async Task<long> UploadAsync(SftpScript script, int length)
    {
        await using var file = (SftpFile)await script.Files.OpenAsync(
            VirtualPath.Parse("/file"), new OpenMode(FileAccess.Write, FileCreation.Replace) { ExpectedLength = length }, Cancel);
        long copied = await file.CopyFromAsync(new Source(new byte[length], isSlow: false), BulkRange.Whole, Cancel);
        await file.ChangeAsync(new() { Modified = DateTime.UnixEpoch }, Cancel);
        await file.CommitAsync(replace: true, durable: false, Cancel);
        return copied;
    }

    /// <summary>A source in memory, which may need another thread for each call.</summary>
    private sealed class Source(byte[] content, bool isSlow) : IFile
    {
        public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            if (isSlow)
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            int count = (int)Math.Clamp(content.Length - offset, 0, into.Length);
            content.AsMemory((int)Math.Min(offset, content.Length), count).CopyTo(into);
            return count;
        }

        public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

        public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
