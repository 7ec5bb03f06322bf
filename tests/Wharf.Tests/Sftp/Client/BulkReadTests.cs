using System.Buffers;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Sftp.Client;

/// <summary>Downloads from servers that answer as they like.</summary>
public sealed class BulkReadTests
{
    private const int Block = SftpClientSession.UsualRequestBytes;

    private static readonly byte[] _content = Content(5 * Block + 1234);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public enum Answers
    {
        InOrder,
        Backwards,
        Short,
        InPieces,
        ZeroLengthNowAndThen,
    }

    /// <summary>Every way to answer, for a stream and for a file, with a length that was not said, was right, or was too short.</summary>
    public static TheoryData<Answers, bool, int> Ways
    {
        get
        {
            var ways = new TheoryData<Answers, bool, int>();
            foreach (var answers in Enum.GetValues<Answers>())
            {
                foreach (int stated in (int[])[0, 1, 2])
                {
                    ways.Add(answers, true, stated);
                    ways.Add(answers, false, stated);
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_file_comes_whole_however_its_parts_come(Answers answers, bool inOrder, int stated)
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync(stated switch { 0 => 0, 1 => (ulong)_content.Length, _ => (ulong)_content.Length - 5000 });
        var target = new Recorder(inOrder);
        long moved = 0;
        var copying = file.CopyToAsync(target, BulkRange.Whole with { InOrder = inOrder, Moved = count => moved += count }, Cancel).AsTask();
        await ServeAsync(script, copying, answers);
        Assert.Equal(_content.Length, await copying);
        Assert.Equal(_content.Length, moved);
        Assert.Equal(_content, target.Bytes);
    }

    [Fact]
    public async Task A_part_of_a_file_comes_to_where_it_belongs()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync((ulong)_content.Length);
        var target = new Recorder(inOrder: false);
        var copying = file.CopyToAsync(target, new BulkRange(1000, 10, 50_000), Cancel).AsTask();
        await ServeAsync(script, copying, Answers.Backwards);
        Assert.Equal(50_000, await copying);
        Assert.Equal(_content[1000..51_000], target.Bytes[10..]);
    }

    [Fact]
    public async Task A_file_shorter_than_it_was_said_to_be_is_an_error()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync((ulong)_content.Length + 1);
        var copying = file.CopyToAsync(new Recorder(inOrder: false), BulkRange.Whole, Cancel).AsTask();
        await ServeAsync(script, copying, Answers.InOrder);
        Assert.Equal(FileError.Io, (await Assert.ThrowsAsync<FileException>(() => copying)).Error);
    }

    [Fact]
    public async Task A_small_file_takes_one_request()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync(4096);
        var copying = file.CopyToAsync(new Recorder(inOrder: false), BulkRange.Whole, Cancel).AsTask();
        var read = await script.AskedAsync<Read>();
        Assert.Null(script.TryAsked());
        script.Send(new Data(read.Id, _content.AsMemory(0, 4096)));
        Assert.Equal(4096, await copying);
        Assert.Null(script.TryAsked());
    }

    [Fact]
    public async Task A_server_that_answers_with_nothing_for_ever_is_given_up()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync(100);
        var copying = file.CopyToAsync(new Recorder(inOrder: false), BulkRange.Whole, Cancel).AsTask();
        for (int i = 0; i <= SftpClientSession.MostFruitless; i++)
        {
            script.Send(new Data((await script.AskedAsync<Read>()).Id, default));
        }

        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => copying)).Error);
    }

    [Fact]
    public async Task An_error_in_the_middle_ends_the_download_and_not_the_session()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync((ulong)_content.Length);
        var copying = file.CopyToAsync(new Recorder(inOrder: false), BulkRange.Whole, Cancel).AsTask();
        var first = await script.AskedAsync<Read>();
        byte[] second = await script.AskedAsync();
        script.Fails(second, SftpCode.Failure, "disk");
        var failed = await Assert.ThrowsAsync<FileException>(() => copying);
        Assert.Equal((FileError.Io, "disk"), (failed.Error, failed.ServerReply));

        // What comes late is dropped.
        script.Send(new Data(first.Id, _content.AsMemory(0, Block)));
        Assert.True(script.Client.IsUsable);
    }

    [Fact]
    public async Task More_data_than_was_asked_for_ends_the_session()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync(10);
        var copying = file.CopyToAsync(new Recorder(inOrder: false), new BulkRange(0, 0, 10), Cancel).AsTask();
        script.Send(new Data((await script.AskedAsync<Read>()).Id, new byte[11]));
        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => copying)).Error);
        Assert.False(script.Client.IsUsable);
    }

    [Fact]
    public async Task A_slow_target_bounds_what_is_asked_for_and_gets_all()
    {
        await using var script = await SftpScript.BeginAsync();
        byte[] content = Content(300 * Block);
        await using var file = await script.OpenAsync((ulong)content.Length);
        var gate = new SemaphoreSlim(0);
        var target = new Recorder(inOrder: true) { Gate = gate };
        var copying = file.CopyToAsync(target, BulkRange.Whole with { InOrder = true }, Cancel).AsTask();
        int asked = 0;
        while (script.TryAsked() is { } request)
        {
            asked++;
            var read = SftpPair.Parse<Read>(request);
            script.Send(new Data(read.Id, content.AsMemory((int)read.Offset, (int)read.Length)));
        }

        Assert.InRange((long)asked * Block, Block, FlightSize.StartBytes);
        gate.Release(10_000);
        while (!copying.IsCompleted)
        {
            var next = script.AskedAsync();
            if (await Task.WhenAny(next, copying) == copying)
            {
                break;
            }

            var read = SftpPair.Parse<Read>(await next);
            int left = Math.Max(0, content.Length - (int)read.Offset);
            if (left == 0)
            {
                script.Send(new Status(read.Id, SftpCode.EndOfFile, ""));
            }
            else
            {
                script.Send(new Data(read.Id, content.AsMemory((int)read.Offset, Math.Min(left, (int)read.Length))));
            }
        }

        Assert.Equal(content.Length, await copying);
        Assert.Equal(content, target.Bytes);
    }

    [Fact]
    public async Task A_target_that_fails_ends_the_download_with_its_error()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync((ulong)_content.Length);
        var target = new Recorder(inOrder: false) { Fails = true };
        var copying = file.CopyToAsync(target, BulkRange.Whole, Cancel).AsTask();
        var read = await script.AskedAsync<Read>();
        script.Send(new Data(read.Id, _content.AsMemory(0, Block)));
        Assert.Equal(FileError.NoSpace, (await Assert.ThrowsAsync<FileException>(() => copying)).Error);
        Assert.True(script.Client.IsUsable);
    }

    [Fact]
    public async Task A_cancelled_download_returns_at_once_and_the_session_lives()
    {
        await using var script = await SftpScript.BeginAsync();
        await using var file = await script.OpenAsync((ulong)_content.Length);
        using var source = new CancellationTokenSource();
        var copying = file.CopyToAsync(new Recorder(inOrder: false), BulkRange.Whole, source.Token).AsTask();
        var read = await script.AskedAsync<Read>();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        script.Send(new Data(read.Id, _content.AsMemory(0, Block)), pieceBytes: 1000);
        Assert.True(script.Client.IsUsable);
    }

    [Fact]
    public void More_is_asked_for_while_answers_come_as_fast_as_one_would()
    {
        var flight = new FlightSize(FlightSize.StartBytes);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(flight.Probes());
            Assert.False(flight.Probes());
            flight.Full();
            flight.Answered(took: 110, least: 100);
        }

        Assert.Equal(FlightSize.MostBytes, flight.Bytes);
    }

    [Fact]
    public void No_more_is_asked_for_where_answers_wait_in_line_or_nothing_waited()
    {
        var flight = new FlightSize(FlightSize.StartBytes);
        Assert.True(flight.Probes());
        flight.Full();
        flight.Answered(took: 200, least: 100);
        Assert.True(flight.Probes());
        flight.Answered(took: 100, least: 100);
        Assert.Equal(FlightSize.StartBytes, flight.Bytes);
    }

    /// <summary>Answers READs of the content until the copy is done; a few at a time, so that there is an order to turn round.</summary>
    private static async Task ServeAsync(SftpScript script, Task copying, Answers answers)
    {
        int zeros = 0;
        while (!copying.IsCompleted)
        {
            var next = script.AskedAsync();
            if (await Task.WhenAny(next, copying) == copying)
            {
                return;
            }

            List<Read> reads = [SftpPair.Parse<Read>(await next)];
            while (script.TryAsked() is { } more)
            {
                reads.Add(SftpPair.Parse<Read>(more));
            }

            if (answers == Answers.Backwards)
            {
                reads.Reverse();
            }

            foreach (var read in reads)
            {
                int left = (int)Math.Clamp(_content.Length - (long)read.Offset, 0, read.Length);
                if (left == 0)
                {
                    script.Send(new Status(read.Id, SftpCode.EndOfFile, ""));
                    continue;
                }

                int count = answers switch
                {
                    Answers.Short when left > 2 => (left / 2) + 1,
                    Answers.ZeroLengthNowAndThen when zeros++ is 1 or 4 => 0,
                    _ => left,
                };
                script.Send(new Data(read.Id, _content.AsMemory((int)read.Offset, count)), answers == Answers.InPieces ? 777 : int.MaxValue);
            }
        }
    }

    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(7).NextBytes(content);
        return content;
    }

    /// <summary>Takes what comes; in order where it is a stream.</summary>
    private sealed class Recorder(bool inOrder) : IFile
    {
        private readonly MemoryStream _bytes = new();

        public byte[] Bytes => _bytes.ToArray();

        public SemaphoreSlim? Gate { get; init; }

        public bool Fails { get; init; }

        public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            if (Gate is not null)
            {
                await Gate.WaitAsync(cancellationToken);
            }

            if (Fails)
            {
                throw new FileException(FileError.NoSpace, "/target");
            }

            if (inOrder)
            {
                Assert.Equal(_bytes.Length, offset);
            }

            _bytes.Position = offset;
            foreach (var piece in bytes)
            {
                _bytes.Write(piece.Span);
            }
        }

        public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

        public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
