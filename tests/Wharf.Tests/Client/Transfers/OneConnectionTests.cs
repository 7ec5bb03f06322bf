using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Layers;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

/// <summary>A server of which there is one connection, and a transfer has it for itself: nothing may wait for another.</summary>
public sealed class OneConnectionTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(0, false)]
    [InlineData(5_000, false)]
    [InlineData(FetchedFile.MostInMemory + 1, false)]
    [InlineData(5_000, true)]
    public async Task A_file_is_copied_within_it(int length, bool isChecked)
    {
        var storage = Memory();
        await using var server = new OneConnection(storage);
        byte[] content = Bytes(length);
        await storage.PutAsync("/from", content);
        var options = new TransferOptions { Verify = isChecked ? Verify.Hash : Verify.Length };
        await Engine().CopyFileAsync(server.At("/from"), server.At("/to"), options, null, Cancel);
        Same(content, await storage.GetAsync("/to"));
        Assert.Equal(["from", "to"], await storage.NamesAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tree_is_copied_within_it_and_mirrored()
    {
        var storage = Memory();
        await using var server = new OneConnection(storage);
        for (int i = 0; i < 30; i++)
        {
            await storage.PutAsync($"/in/d{i % 3}/f{i}", Bytes(100 * i, i));
        }

        await Engine().CopyTreeAsync(server.At("/in"), server.At("/copy"), new() { Parallel = 4 }, null, Cancel);
        Assert.Equal(await storage.NamesAsync("/in"), await storage.NamesAsync("/copy"));
        await using var plan = await Engine().PlanAsync(server.At("/in"), server.At("/mirror"), SyncMode.Mirror, SyncOptions.Default, Cancel);
        await Engine().RunAsync(plan, server.At("/in"), server.At("/mirror"), new() { Parallel = 4 }, null, Cancel);
        Assert.Equal(await storage.NamesAsync("/in"), await storage.NamesAsync("/mirror"));
    }

    /// <summary>Files in memory behind one connection, as FTP has them: bytes on their way hold it, and each call needs it while it runs.</summary>
    private sealed class OneConnection(IFileSystem inner) : Layer(inner), IRemoteFiles
    {
        private readonly SemaphoreSlim _connection = new(1);

        public override Abilities Abilities => Inner.Abilities & ~Abilities.RandomWrites;

        public ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken) => new(new RemoteFacts { ParallelFiles = 4, SetsTimes = TimeSpan.FromSeconds(1) });

        public override ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken) =>
            HoldAsync(() => base.StatAsync(path, links, cancellationToken), cancellationToken);

        public override ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) =>
            HoldAsync(() => base.RenameAsync(from, to, replace, cancellationToken), cancellationToken);

        public override ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken) =>
            HoldAsync(() => base.MakeDirectoryAsync(path, mode, cancellationToken), cancellationToken);

        public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
            new Held(await Inner.OpenAsync(path, mode, cancellationToken), this);

        public ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken) =>
            throw new FileException(FileError.NotSupported, path);

        public ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken) =>
            throw new FileException(FileError.NotSupported, from);

        public ValueTask DisposeAsync()
        {
            _connection.Dispose();
            return default;
        }

        public async ValueTask<T> HoldAsync<T>(Func<ValueTask<T>> call, CancellationToken cancel)
        {
            await _connection.WaitAsync(cancel);
            try
            {
                return await call();
            }
            finally
            {
                _connection.Release();
            }
        }

        private async ValueTask HoldAsync(Func<ValueTask> call, CancellationToken cancel) => await HoldAsync(
            async () =>
            {
                await call();
                return true;
            },
            cancel);
    }

    private sealed class Held(IFile inner, OneConnection server) : LayerFile(inner), IBulkFile
    {
        public override ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) =>
            server.HoldAsync(() => base.ReadAsync(offset, into, cancellationToken), cancellationToken);

        public ValueTask<long> CopyToAsync(IFile target, BulkRange range, CancellationToken cancellationToken) =>
            server.HoldAsync(() => FileCopy.CopyAsync(Inner, range.From, target, range.To, range.Count, cancellationToken), cancellationToken);

        public ValueTask<long> CopyFromAsync(IFile source, BulkRange range, CancellationToken cancellationToken) =>
            server.HoldAsync(() => FileCopy.CopyAsync(source, range.From, Inner, range.To, range.Count, cancellationToken), cancellationToken);
    }
}
