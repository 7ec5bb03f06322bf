using System.Buffers;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>
/// T24: a reader that stops reading stops the reading of the file. Shown for the copying path, whose buffers are ours; what
/// the kernel holds in its path is the kernel's bound.
/// </summary>
public sealed class BackPressureTests
{
    /// <summary>What one connection in memory holds, and the one buffer of the transfer.</summary>
    private const long MostAhead = MemoryConnection.DefaultCapacity + (256 * 1024);

    private const long TenGigabytes = 10_000_000_000;

    [Theory]
    [InlineData("TYPE I", 1)]
    [InlineData("TYPE A", 1)]
    public async Task T24_a_download_reads_the_file_no_further_ahead_than_its_bound(string type, int wirePerByte)
    {
        var files = new EndlessFiles(new Memory(new ManualClock()));
        await using var ftp = await FtpPair.StartAsync(files: files);
        await ftp.PutAsync("/f", "");
        await ftp.SendAsync(type);
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        long received = 0;
        byte[] buffer = new byte[100_000];
        for (int round = 0; round < 100; round++)
        {
            while (data.Available < MemoryConnection.DefaultCapacity)
            {
                ftp.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            // The pipe is full, so the sender waits: what it has read by now is all it reads until we go on.
            Assert.InRange(files.BytesRead, received / wirePerByte, (received / wirePerByte) + MostAhead);
            received += await data.ReceiveAsync(buffer, ftp.Token);
        }

        Assert.InRange(received, 1, 100 * buffer.Length);
        Assert.Equal(426, await ftp.CodeAsync("ABOR"));
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.InRange(files.BytesRead, received, received + MostAhead);
    }

    [Fact]
    public async Task T24_an_upload_is_read_no_further_ahead_than_the_disk_writes()
    {
        var files = new EndlessFiles(new Memory(new ManualClock())) { WritesWait = new SemaphoreSlim(0) };
        await using var ftp = await FtpPair.StartAsync(files: files);
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        long sent = 0;
        using var enough = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            byte[] block = new byte[16 * 1024];
            while (true)
            {
                await data.SendAsync(block, enough.Token);
                Interlocked.Add(ref sent, block.Length);
            }
        }, ftp.Token);
        await files.WriteBegun.WaitAsync(ftp.Token);
        while (data.Unreceived < MemoryConnection.DefaultCapacity)
        {
            ftp.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.InRange(Interlocked.Read(ref sent), 1, MostAhead + MemoryConnection.DefaultCapacity);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        data.Abort();
        files.WritesWait.Release(1000);
        Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Empty(await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task T24_replies_that_nobody_reads_end_the_session()
    {
        await using var ftp = await FtpPair.StartAsync();
        await FillRepliesAsync(ftp);

        // The session may be about to wait for the next reply to be taken: its time begins then.
        while (!ftp.Ended.IsCompleted)
        {
            ftp.Token.ThrowIfCancellationRequested();
            ftp.Clock.Advance(new Wharf.Ftp.FtpLimits().ControlIdle + TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task T24_replies_that_nobody_reads_before_a_login_end_the_session_no_later_than_the_login_must_come()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        await FillRepliesAsync(ftp);
        ftp.Clock.Advance(new Wharf.Ftp.FtpLimits().LoginGrace + TimeSpan.FromSeconds(1));
        await ftp.Ended.WaitAsync(ftp.Token);
    }

    /// <summary>Sends commands and reads nothing, until neither direction takes more.</summary>
    private static async Task FillRepliesAsync(FtpPair ftp)
    {
        using var full = CancellationTokenSource.CreateLinkedTokenSource(ftp.Token);
        var sending = Task.Run(async () =>
        {
            byte[] block = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("SYST\r\n", 1000)));
            while (true)
            {
                await ftp.Control.SendAsync(block, full.Token);
            }
        }, ftp.Token);
        while (ftp.Control.Available < MemoryConnection.DefaultCapacity || ftp.Control.Unreceived < MemoryConnection.DefaultCapacity)
        {
            ftp.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await full.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    /// <summary>Every file is ten gigabytes of zeros to read; what is read is counted, and writes may be made to wait.</summary>
    private sealed class EndlessFiles(IFileSystem inner) : Layer(inner)
    {
        private readonly TaskCompletionSource _writeBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _bytesRead;

        public long BytesRead => Interlocked.Read(ref _bytesRead);

        public SemaphoreSlim? WritesWait { get; init; }

        public Task WriteBegun => _writeBegun.Task;

        public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
            new EndlessFile(this, await Inner.OpenAsync(path, mode, cancellationToken));

        private sealed class EndlessFile(EndlessFiles files, IFile inner) : IFile
        {
            public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) =>
                new(new Entry { Name = "f", Kind = EntryKind.File, Length = TenGigabytes });

            public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
            {
                into.Span.Clear();
                Interlocked.Add(ref files._bytesRead, into.Length);
                return new(into.Length);
            }

            public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
            {
                files._writeBegun.TrySetResult();
                if (files.WritesWait is { } wait)
                {
                    await wait.WaitAsync(cancellationToken);
                }

                await inner.WriteAsync(offset, bytes, cancellationToken);
            }

            public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => inner.ChangeAsync(change, cancellationToken);

            public ValueTask FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

            public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => inner.CommitAsync(replace, durable, cancellationToken);

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
