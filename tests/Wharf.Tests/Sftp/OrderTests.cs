using System.Buffers;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using static Wharf.Tests.Support.SftpPair;

namespace Wharf.Tests.Sftp;

/// <summary>Requests over a file system that takes its time: each read and write waits until the test lets it go.</summary>
public sealed class OrderTests : IAsyncLifetime
{
    private readonly Slow _slow = new(new Memory(new ManualClock()));
    private readonly SftpPair _pair;

    public OrderTests() => _pair = new(_slow, new() { Limits = new() { RequestsInFlight = 8 } });

    public async ValueTask InitializeAsync() => await _pair.BeginAsync();

    public async ValueTask DisposeAsync()
    {
        _slow.LetAllGo();
        await _pair.DisposeAsync();
    }

    [Fact]
    public async Task Requests_of_one_handle_wait_for_each_other_and_others_do_not()
    {
        byte[] a = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        byte[] b = await _pair.OpenAsync("/b", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        _pair.Send([.. Bytes(new Write(10, a, 0, "one"u8.ToArray())), .. Bytes(new Read(11, a, 0, 9)), .. Bytes(new HandleStat(12, a)), .. Bytes(new Close(13, a))]);
        _pair.Send([.. Bytes(new Write(20, b, 0, "two"u8.ToArray())), .. Bytes(new Stat(30, Text("/")))]);
        Assert.Equal(30u, Parse<AttributesReply<Attributes>>(await _pair.ReplyAsync()).Id);
        _slow.LetGo("/b");
        Assert.Equal(20u, Parse<Status>(await _pair.ReplyAsync()).Id);
        Assert.Null(_pair.TryReply());
        _slow.LetGo("/a");
        Assert.Equal(10u, Parse<Status>(await _pair.ReplyAsync()).Id);
        await _slow.WaitedAsync("/a");
        _slow.LetGo("/a");
        Assert.Equal("one"u8.ToArray(), Parse<Data>(await _pair.ReplyAsync()).Bytes.ToArray());
        Assert.Equal(12u, Parse<AttributesReply<Attributes>>(await _pair.ReplyAsync()).Id);
        Assert.Equal(13u, Parse<Status>(await _pair.ReplyAsync()).Id);
        Assert.Equal(1, _pair.Session.Handles.Count);
    }

    [Fact]
    public async Task Requests_beyond_the_limit_wait_and_are_all_answered()
    {
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        long before = _pair.Consumed;
        byte[] requests = [.. Enumerable.Range(0, 50).SelectMany(i => Bytes(new Read((uint)i, handle, 0, 1)))];
        _pair.Send(requests, 100);
        Assert.InRange(_pair.Consumed - before, 1, requests.Length / 5);
        for (uint i = 0; i < 50; i++)
        {
            await _slow.WaitedAsync("/a");
            _slow.LetGo("/a");
            Assert.Equal((i, SftpCode.EndOfFile), Parse<Status>(await _pair.ReplyAsync()) is var status ? (status.Id, status.Code) : default);
        }
    }

    [Fact]
    public async Task Writes_that_wait_keep_their_bytes_however_they_came()
    {
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Write | OpenFlags.Create);
        byte[] content = new byte[3000];
        new Random(2).NextBytes(content);
        _pair.Send([.. Enumerable.Range(0, 6).SelectMany(i => Bytes(new Write((uint)i, handle, (ulong)(i * 500), content.AsMemory(i * 500, 500))))], 11);
        _slow.LetAllGo();
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(SftpCode.Ok, Parse<Status>(await _pair.ReplyAsync()).Code);
        }

        byte[] there = await _pair.OpenAsync("/a", OpenFlags.Read);
        Assert.Equal(content, await _pair.ReadAsync(there, 0, 9999));
    }

    [Fact]
    public async Task A_session_that_ends_cancels_what_waits_and_closes_all()
    {
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        _pair.Send([.. Bytes(new Read(1, handle, 0, 1)), .. Bytes(new Read(2, handle, 0, 1))]);
        await _pair.Session.CloseAsync();
        Assert.Equal(0, _slow.OpenFiles);
        Assert.Null(_pair.TryReply());
    }

    [Fact]
    public async Task The_end_of_the_input_waits_for_the_answers()
    {
        byte[] handle = await _pair.OpenAsync("/a", OpenFlags.Read | OpenFlags.Write | OpenFlags.Create);
        _pair.Send(Bytes(new Read(1, handle, 0, 1)));
        _pair.Session.End();
        Assert.Null(_pair.ExitStatus);
        _slow.LetGo("/a");
        await _pair.ReplyAsync();
        await _pair.Finished;
        Assert.Equal(0, _pair.ExitStatus);
    }

    /// <summary>A layer whose files wait before each read and write.</summary>
    private sealed class Slow(IFileSystem inner) : Layer(inner)
    {
        private readonly Dictionary<string, SemaphoreSlim> _gates = [];
        private readonly Dictionary<string, SemaphoreSlim> _waiting = [];
        private int _open;

        public int OpenFiles => _open;

        public void LetGo(string path) => Gate(_gates, path).Release();

        public void LetAllGo()
        {
            lock (_gates)
            {
                foreach (var gate in _gates.Values)
                {
                    gate.Release(1000);
                }
            }
        }

        /// <summary>Until something waits for that file.</summary>
        public Task WaitedAsync(string path) => Gate(_waiting, path).WaitAsync(TestContext.Current.CancellationToken);

        public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
        {
            var file = await Inner.OpenAsync(path, mode, cancellationToken);
            Interlocked.Increment(ref _open);
            return new SlowFile(this, file, Gate(_gates, path.Value), Gate(_waiting, path.Value));
        }

        private SemaphoreSlim Gate(Dictionary<string, SemaphoreSlim> gates, string path)
        {
            lock (_gates)
            {
                return gates.TryGetValue(path, out var gate) ? gate : gates[path] = new(0);
            }
        }

        private sealed class SlowFile(Slow owner, IFile inner, SemaphoreSlim gate, SemaphoreSlim waiting) : LayerFile(inner)
        {
            public override async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
            {
                waiting.Release();
                await gate.WaitAsync(cancellationToken);
                return await Inner.ReadAsync(offset, into, cancellationToken);
            }

            public override async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
            {
                waiting.Release();
                await gate.WaitAsync(cancellationToken);
                await Inner.WriteAsync(offset, bytes, cancellationToken);
            }

            public override ValueTask DisposeAsync()
            {
                Interlocked.Decrement(ref owner._open);
                return base.DisposeAsync();
            }
        }
    }
}
