using Wharf.Client;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client;

/// <summary>What a source does when the way to its server fails, under a clock the test turns.</summary>
public sealed class RetryTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Memory _disk;
    private readonly ShakyFiles _files;

    public RetryTests()
    {
        _disk = new Memory(_clock);
        _files = new ShakyFiles(_disk);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task A_lookup_is_made_again_after_longer_and_longer_waits()
    {
        await using var source = Open();
        await source.FactsAsync(Token);
        _files.Fails = (call, number) => call == "stat" && number <= 3 ? ShakyFiles.Lost : null;
        var looking = source.StatAsync("/x", cancellationToken: Token).AsTask();
        foreach (double seconds in new[] { 0.5, 1, 2 })
        {
            var wait = TimeSpan.FromSeconds(seconds);
            await _clock.TimerDueIn(wait).WaitAsync(Token);
            Assert.False(looking.IsCompleted);
            _clock.Advance(wait);
        }

        Assert.Null(await looking);
        Assert.Equal(4, _files.Calls["stat"]);
    }

    [Fact]
    public async Task After_the_last_attempt_the_failure_is_told_as_one_that_may_pass()
    {
        await using var source = Open(new() { Attempts = 2, FirstDelay = TimeSpan.FromSeconds(1) });
        await source.FactsAsync(Token);
        _files.Fails = (call, _) => call == "stat" ? new ConnectionException(ConnectionError.Lost, "gone") { ServerReply = "421 bye" } : null;
        var looking = source.StatAsync("/x", cancellationToken: Token).AsTask();
        await _clock.TimerDueIn(TimeSpan.FromSeconds(1)).WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var failed = await Assert.ThrowsAsync<RemoteException>(() => looking);
        Assert.Equal((RemoteError.Connection, true, "421 bye", "/x"), (failed.Error, failed.IsTransient, failed.ServerReply, failed.Path));
        Assert.Equal(2, _files.Calls["stat"]);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task The_first_connection_is_tried_again_only_where_the_policy_says_so(bool retries, int attempts)
    {
        await using var source = Open(new() { RetriesFirstConnection = retries, Attempts = 2, FirstDelay = TimeSpan.FromSeconds(1) });
        _files.Fails = (_, _) => new ConnectionException(ConnectionError.Unreachable, "nobody there");
        var looking = source.FactsAsync(Token).AsTask();
        if (retries)
        {
            await _clock.TimerDueIn(TimeSpan.FromSeconds(1)).WaitAsync(Token);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(RemoteError.Connection, (await Assert.ThrowsAsync<RemoteException>(() => looking)).Error);
        Assert.Equal(attempts, _files.Calls["facts"]);
    }

    [Theory]
    [InlineData(ConnectionError.Lost, 1)]
    [InlineData(ConnectionError.Unreachable, 2)]
    [InlineData(ConnectionError.Busy, 2)]
    public async Task A_rename_that_the_server_may_have_done_is_not_repeated(ConnectionError error, int attempts)
    {
        await using var source = Open(new() { Attempts = 2, FirstDelay = TimeSpan.FromSeconds(1) });
        await source.FactsAsync(Token);
        _files.Fails = (call, _) => call == "rename" ? new ConnectionException(error, "no") : null;
        var moving = source.MoveAsync("/a", "/b", cancellationToken: Token);
        if (attempts > 1)
        {
            await _clock.TimerDueIn(TimeSpan.FromSeconds(1)).WaitAsync(Token);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Assert.ThrowsAsync<RemoteException>(() => moving);
        Assert.Equal(attempts, _files.Calls["rename"]);
    }

    [Theory]
    [InlineData(ConnectionError.LoginRefused, RemoteError.Login)]
    [InlineData(ConnectionError.NotTrusted, RemoteError.NotTrusted)]
    [InlineData(ConnectionError.NotOffered, RemoteError.NotSupported)]
    [InlineData(ConnectionError.Protocol, RemoteError.Protocol)]
    public async Task What_will_not_pass_is_not_tried_again(ConnectionError error, RemoteError told)
    {
        await using var source = Open();
        await source.FactsAsync(Token);
        _files.Fails = (call, _) => call == "stat" ? new ConnectionException(error, "no") : null;
        var failed = await Assert.ThrowsAsync<RemoteException>(async () => await source.StatAsync("/x", cancellationToken: Token));
        Assert.Equal((told, false), (failed.Error, failed.IsTransient));
        Assert.Equal(1, _files.Calls["stat"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_goes_on_where_it_was_when_the_connection_is_lost(bool copies)
    {
        await using var source = Open();
        byte[] bytes = await PutAsync("/f", 1_000_000);
        _files.BreaksAfter = 300_000;
        await using var read = await source.OpenReadAsync("/f", cancellationToken: Token);
        var copy = new MemoryStream();
        var copying = copies ? read.CopyToAsync(copy, Token) : DrainAsync(read, copy);
        await TurnUntilAsync(copying);
        await copying;
        Assert.Equal(bytes, copy.ToArray());
        Assert.Equal(4, _files.Calls["open"]);
    }

    [Fact]
    public async Task A_stream_does_not_go_on_in_a_file_that_has_changed()
    {
        await using var source = Open();
        await PutAsync("/f", 1_000_000);
        _files.BreaksAfter = 300_000;
        await using var read = await source.OpenReadAsync("/f", cancellationToken: Token);
        var copying = read.CopyToAsync(new MemoryStream(), Token);
        await _clock.TimerDueIn(TimeSpan.FromSeconds(0.5)).WaitAsync(Token);
        await PutAsync("/f", 1_000_001);
        await TurnUntilAsync(copying);
        Assert.Equal(RemoteError.Conflict, (await Assert.ThrowsAsync<RemoteException>(() => copying)).Error);
    }

    [Fact]
    public async Task A_listing_that_breaks_off_is_made_again_and_yields_no_name_twice()
    {
        await using var source = Open();
        for (int i = 0; i < 20; i++)
        {
            await PutAsync($"/f{i:00}", 1);
        }

        _files.Fails = (call, number) => call == "list on" && number <= 2 ? ShakyFiles.Lost : null;
        var listing = RemoteSite.NamesAsync(source, "/");
        await TurnUntilAsync(listing);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"f{i:00}"), await listing);
    }

    [Fact]
    public async Task The_overall_time_ends_a_call_whatever_it_waits_for()
    {
        await using var source = Open(
            new() { Attempts = 100, FirstDelay = TimeSpan.FromSeconds(20) }, new() { Overall = TimeSpan.FromSeconds(30) });
        await source.FactsAsync(Token);
        _files.Fails = (call, _) => call == "stat" ? ShakyFiles.Lost : null;
        var looking = source.StatAsync("/x", cancellationToken: Token).AsTask();
        await _clock.TimerDueIn(TimeSpan.FromSeconds(20)).WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await _clock.TimerDueIn(TimeSpan.FromSeconds(30)).WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(10));
        var failed = await Assert.ThrowsAsync<RemoteException>(() => looking);
        Assert.Contains(failed.Error, new[] { RemoteError.TimedOut, RemoteError.Connection });
        Assert.True(failed.IsTransient);
    }

    [Fact]
    public async Task A_wait_between_attempts_ends_when_the_call_is_cancelled()
    {
        await using var source = Open();
        await source.FactsAsync(Token);
        _files.Fails = (call, _) => call == "stat" ? ShakyFiles.Lost : null;
        using var cancel = new CancellationTokenSource();
        var looking = source.StatAsync("/x", cancellationToken: cancel.Token).AsTask();
        await _clock.TimerDueIn(TimeSpan.FromSeconds(0.5)).WaitAsync(Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking);
    }

    [Fact]
    public async Task An_upload_goes_on_when_the_connection_is_lost()
    {
        await using var source = Open();
        _files.BreaksAfter = 400_000;
        byte[] bytes = new byte[1_000_000];
        Random.Shared.NextBytes(bytes);
        var uploading = source.UploadAsync(new MemoryStream(bytes), "/up", cancellationToken: Token);
        await Task.Yield();
        _files.BreaksAfter = long.MaxValue;
        await TurnUntilAsync(uploading);
        Assert.Equal(bytes.Length, (await _disk.StatAsync(VirtualPath.Parse("/up"), LinkHandling.Follow, Token))!.Length);
    }

    private static async Task DrainAsync(Stream from, MemoryStream into)
    {
        byte[] buffer = new byte[10_000];
        int count;
        while ((count = await from.ReadAsync(buffer, Token)) > 0)
        {
            into.Write(buffer, 0, count);
        }
    }

    /// <summary>Lets time pass as long as somebody waits for it.</summary>
    private async Task TurnUntilAsync(Task done)
    {
        while (!done.IsCompleted)
        {
            await Task.Yield();
            if (_clock.ArmedTimers > 0)
            {
                _clock.Advance(TimeSpan.FromSeconds(0.1));
            }
        }
    }

    private async Task<byte[]> PutAsync(string path, int length)
    {
        byte[] bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        await using var file = await _disk.OpenAsync(VirtualPath.Parse(path), new OpenMode(FileAccess.Write, FileCreation.Truncate), Token);
        await file.WriteAsync(0, new(bytes), Token);
        return bytes;
    }

    private RemoteSource Open(RetryPolicy? retry = null, ClientTimeouts? timeouts = null) => new(
        RemoteUrl.Parse("sftp://shaky.example/"), new RemoteOptions { Clock = _clock, Retry = retry ?? new(), Timeouts = timeouts ?? new() },
        new RemoteParts { Files = _files });
}
