using System.Buffers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Ftp.Client;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client;

/// <summary>Many small files at once: in MODE B one behind the other, their commands ahead of the replies, and in MODE S each by itself.</summary>
public sealed class BlockChainTests
{
    private const int Files = 120;
    private static readonly VirtualPath Folder = VirtualPath.Parse("/in");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FtpMode.Stream, 1)]
    [InlineData(FtpMode.Stream, 4)]
    [InlineData(FtpMode.Automatic, 1)]
    [InlineData(FtpMode.Automatic, 4)]
    [InlineData(FtpMode.Block, 2)]
    public async Task Many_files_at_once_come_whole_both_ways(FtpMode mode, int most)
    {
        await using var site = new FtpSite(client: FtpSite.Anonymous with { Mode = mode }, most: most);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        await AllAsync(i => PutAsync(site, i, Cancel));
        await AllAsync(i => GetAsync(site, i, Cancel));
        Assert.Equal(Files, await CountAsync(site));
    }

    [Fact]
    public async Task Small_files_go_over_one_data_connection()
    {
        await using var site = new FtpSite(most: 1);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        await AllAsync(i => PutAsync(site, i, Cancel));
        await AllAsync(i => GetAsync(site, i, Cancel));
        Assert.Single(site.DataDialled);
        Assert.Equal(1, site.Dialled);
    }

    [Fact]
    public async Task A_large_file_between_small_ones_has_a_data_connection_of_its_own()
    {
        await using var site = new FtpSite(most: 1);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        byte[] large = new byte[BlockChains.LongestFile * 3];
        new Random(5).NextBytes(large);
        await PutAsync(site, 1, Cancel);
        await PutAsync(site, Folder.Append("large"), large, Cancel);
        await PutAsync(site, 2, Cancel);
        await GetAsync(site, 1, Cancel);
        Assert.Equal(large, await GetAsync(site, Folder.Append("large"), Cancel));
        await GetAsync(site, 2, Cancel);
        Assert.Equal(5, site.DataDialled.Count);
    }

    [Fact]
    public async Task A_file_longer_than_was_said_comes_whole()
    {
        await using var site = new FtpSite(most: 1);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        byte[] large = new byte[BlockChains.LongestFile * 2];
        new Random(6).NextBytes(large);
        await PutAsync(site, Folder.Append("grown"), large, Cancel, expected: 100);
        Assert.Equal(large, await GetAsync(site, Folder.Append("grown"), Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Refused_downloads_among_others_take_no_bytes_of_theirs(int most)
    {
        await using var site = new FtpSite(most: most);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        await AllAsync(i => PutAsync(site, i, Cancel));
        var opened = new IBulkFile[Files];
        for (int i = 0; i < Files; i++)
        {
            opened[i] = (IBulkFile)await site.Files.OpenAsync(Place(i), OpenMode.Read, Cancel);
        }

        for (int i = 0; i < Files; i += 7)
        {
            await site.Storage.RemoveFileAsync(Place(i), Cancel);
        }

        await AllAsync(async i =>
        {
            await using var file = opened[i];
            if (i % 7 == 0)
            {
                var refused = await Assert.ThrowsAsync<FileException>(async () => await FetchAsync(file, Cancel));
                Assert.Equal(FileError.NotFound, refused.Error);
            }
            else
            {
                Assert.Equal(Content(i), await FetchAsync(file, Cancel));
            }
        });
    }

    [Fact]
    public async Task Inside_TLS_small_files_follow_each_other_too()
    {
        await using var site = new FtpSite(
            Wharf.Tests.Support.FtpTls.Options(limits: FtpSite.Options.Limits),
            FtpSite.Anonymous with { Security = Wharf.Ftp.Client.FtpTls.Required, Tls = Wharf.Tests.Support.FtpTls.Client(), AllowsCleartextPassword = false },
            most: 2,
            security: new FtpSecurity { Tls = TlsUse.Required, RequiresSessionReuse = true });
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        await AllAsync(i => PutAsync(site, i, Cancel));
        await AllAsync(i => GetAsync(site, i, Cancel));
        Assert.Equal(Files, await CountAsync(site));
        Assert.InRange(site.DataDialled.Count, 1, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Refused_uploads_among_others_give_them_no_bytes_of_theirs(int most)
    {
        await using var site = new FtpSite(most: most);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        await site.Files.MakeDirectoryAsync(VirtualPath.Parse("/gone"), null, Cancel);
        await site.Storage.RemoveDirectoryAsync(VirtualPath.Parse("/gone"), Cancel);
        await AllAsync(async i =>
        {
            if (i % 7 == 0)
            {
                var refused = await Assert.ThrowsAsync<FileException>(() => PutAsync(site, VirtualPath.Parse($"/gone/{i}"), Content(i), Cancel));
                Assert.Equal(FileError.NotFound, refused.Error);
            }
            else
            {
                await PutAsync(site, i, Cancel);
            }
        });
        await AllAsync(i => i % 7 == 0 ? Task.CompletedTask : GetAsync(site, i, Cancel));
    }

    [Fact]
    public async Task Files_that_are_cancelled_leave_nothing_and_the_others_are_whole()
    {
        await using var site = new FtpSite(most: 2);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        using var some = new CancellationTokenSource();
        var all = AllAsync(async i =>
        {
            if (i == 40)
            {
                await some.CancelAsync();
            }

            if (i % 3 != 0)
            {
                await PutAsync(site, i, Cancel);
                return;
            }

            try
            {
                await PutAsync(site, i, some.Token);
            }
            catch (OperationCanceledException)
            {
                // Those that were done before are there.
            }
        });
        await all;
        await AllAsync(i => i % 3 == 0 ? Task.CompletedTask : GetAsync(site, i, Cancel));
        await foreach (var entry in site.Storage.ListAsync(Folder, EntryDetail.Full, Cancel))
        {
            Assert.DoesNotContain(".wharf-", entry.Name, StringComparison.Ordinal);
            Assert.Equal(Content(0).Length, entry.Length);
        }
    }

    [Fact]
    public async Task A_data_connection_that_is_lost_is_made_again_for_all_who_were_on_it()
    {
        await using var site = new FtpSite(most: 1);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        int put = 0, got = 0;
        await AllAsync(async i =>
        {
            await PutAsync(site, i, Cancel);
            CutAt(site, Interlocked.Increment(ref put));
        });
        await AllAsync(async i =>
        {
            await GetAsync(site, i, Cancel);
            CutAt(site, Interlocked.Increment(ref got));
        });
        Assert.True(site.DataDialled.Count > 1);
    }

    [Fact]
    public async Task A_session_that_is_lost_fails_all_who_were_on_it_as_lost()
    {
        await using var site = new FtpSite(most: 1);
        await site.Files.MakeDirectoryAsync(Folder, null, Cancel);
        await AllAsync(i => PutAsync(site, i, Cancel));
        var opened = new IBulkFile[Files];
        for (int i = 0; i < Files; i++)
        {
            opened[i] = (IBulkFile)await site.Files.OpenAsync(Place(i), OpenMode.Read, Cancel);
        }

        int lost = 0, got = 0;
        await AllAsync(async i =>
        {
            await using var file = opened[i];
            try
            {
                Assert.Equal(Content(i), await FetchAsync(file, Cancel));
                if (Interlocked.Increment(ref got) == 5)
                {
                    var lease = site.Files.Chains.ShareOne();
                    lease?.Session.Break(Wharf.Net.ConnectionError.Lost, "cut");
                    await (lease?.DisposeAsync() ?? default);
                }
            }
            catch (Wharf.Net.ConnectionException failed)
            {
                Assert.Equal(Wharf.Net.ConnectionError.Lost, failed.Error);
                Interlocked.Increment(ref lost);
            }
        });
        Assert.Equal(Files, lost + got);
        await AllAsync(i => GetAsync(site, i, Cancel));
    }

    private static void CutAt(FtpSite site, int count)
    {
        if (count % 30 == 10)
        {
            lock (site.DataDialled)
            {
                site.DataConnections[^1].Abort();
            }
        }
    }

    private static Task AllAsync(Func<int, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, Files).Select(i => Task.Run(() => work(i), Cancel))).WaitAsync(Patience, Cancel);

    private static Task PutAsync(FtpSite site, int i, CancellationToken cancel) => PutAsync(site, Place(i), Content(i), cancel);

    private static async Task PutAsync(FtpSite site, VirtualPath path, byte[] content, CancellationToken cancel, int? expected = null)
    {
        var mode = new OpenMode(FileAccess.Write, FileCreation.Replace) { ExpectedLength = expected ?? content.Length };
        await using var file = (IBulkFile)await site.Files.OpenAsync(path, mode, cancel);
        long told = 0;
        var source = await FilledAsync(content);
        Assert.Equal(content.Length, await file.CopyFromAsync(source, BulkRange.Whole with { Moved = count => told += count }, cancel));
        Assert.Equal(content.Length, told);
        await file.CommitAsync(replace: true, durable: false, cancel);
    }

    private static async Task GetAsync(FtpSite site, int i, CancellationToken cancel) => Assert.Equal(Content(i), await GetAsync(site, Place(i), cancel));

    private static async Task<byte[]> GetAsync(FtpSite site, VirtualPath path, CancellationToken cancel)
    {
        await using var file = (IBulkFile)await site.Files.OpenAsync(path, OpenMode.Read, cancel);
        return await FetchAsync(file, cancel);
    }

    private static async Task<byte[]> FetchAsync(IBulkFile file, CancellationToken cancel)
    {
        var target = await FilledAsync([]);
        long count = await file.CopyToAsync(target, BulkRange.Whole, cancel);
        byte[] bytes = new byte[count + 1];
        int read = 0;
        while (await target.ReadAsync(read, bytes.AsMemory(read), cancel) is > 0 and var more)
        {
            read += more;
        }

        return bytes[..read];
    }

    private static async Task<IFile> FilledAsync(byte[] content)
    {
        var file = await new Memory(new ManualClock()).OpenAsync(VirtualPath.Parse("/a"), new(FileAccess.ReadWrite, FileCreation.CreateNew), Cancel);
        if (content.Length > 0)
        {
            await file.WriteAsync(0, new ReadOnlySequence<byte>(content), Cancel);
        }

        return file;
    }

    private static async Task<int> CountAsync(FtpSite site)
    {
        int count = 0;
        await foreach (var _ in site.Storage.ListAsync(Folder, EntryDetail.Full, Cancel))
        {
            count++;
        }

        return count;
    }

    private static VirtualPath Place(int i) => Folder.Append($"{i}");

    private static byte[] Content(int i)
    {
        byte[] bytes = new byte[4096];
        new Random(i).NextBytes(bytes);
        return bytes;
    }
}
