using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Sftp.Client;

/// <summary>Servers that answer what was not asked, wrongly, late, or not at all.</summary>
public sealed class OddReplyTests
{
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_find_their_questions_in_any_order_and_cut_anywhere()
    {
        await using var script = await SftpScript.BeginAsync();
        var first = Stat(script, "/a");
        var second = Stat(script, "/b");
        byte[] a = await script.AskedAsync(), b = await script.AskedAsync();
        script.Send(new AttributesReply<Attributes>(SftpScript.Id(b), SftpScript.File(2)), pieceBytes: 1);
        script.Send(new AttributesReply<Attributes>(SftpScript.Id(a), SftpScript.File(1)), pieceBytes: 3);
        Assert.Equal((1L, 2L), ((await first)!.Length, (await second)!.Length));
    }

    public enum Offence
    {
        UnknownId,
        SecondAnswer,
        TooLong,
        TooShort,
        DataLengthWrong,
    }

    [Theory]
    [InlineData(Offence.UnknownId)]
    [InlineData(Offence.SecondAnswer)]
    [InlineData(Offence.TooLong)]
    [InlineData(Offence.TooShort)]
    [InlineData(Offence.DataLengthWrong)]
    public async Task What_breaks_the_framing_ends_the_session_for_all_who_wait(Offence offence)
    {
        await using var script = await SftpScript.BeginAsync();
        var one = Stat(script, "/a");
        var other = Stat(script, "/b");
        byte[] asked = await script.AskedAsync();
        switch (offence)
        {
            case Offence.UnknownId:
                script.Send(new Status(12_345, SftpCode.Ok, ""));
                break;
            case Offence.SecondAnswer:
                script.Fails(asked, SftpCode.NoSuchFile);
                Assert.Null(await one);
                script.Fails(asked, SftpCode.NoSuchFile);
                one = other;
                break;
            case Offence.TooLong:
                script.SendRaw([0x7F, 0xFF, 0xFF, 0xFF, 101]);
                break;
            case Offence.TooShort:
                script.SendRaw([0, 0, 0, 4, 101, 0, 0, 0]);
                break;
            case Offence.DataLengthWrong:
                script.SendRaw([0, 0, 0, 11, 103, 0, 0, 0, 1, 0, 0, 0, 9, 1, 2]);
                break;
        }

        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => one)).Error);
        await Assert.ThrowsAsync<ConnectionException>(() => other);
        Assert.False(script.Client.IsUsable);
        await Assert.ThrowsAsync<ConnectionException>(() => script.Client.AskAsync(id => new Stat(id, default), Cancel));
    }

    [Fact]
    public async Task A_status_where_a_handle_is_due_is_an_error_whatever_it_says()
    {
        await using var script = await SftpScript.BeginAsync();
        var opening = script.Files.OpenAsync(VirtualPath.Parse("/a"), OpenMode.Read, Cancel).AsTask();
        byte[] stat = await script.AskedAsync(), open = await script.AskedAsync();
        script.Send(new AttributesReply<Attributes>(SftpScript.Id(stat), SftpScript.File(1)));
        script.Does(open);
        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => opening)).Error);
    }

    [Fact]
    public async Task Data_where_attributes_are_due_is_an_error()
    {
        await using var script = await SftpScript.BeginAsync();
        var asking = Stat(script, "/a");
        script.Send(new Data(SftpScript.Id(await script.AskedAsync()), new byte[100]), pieceBytes: 7);
        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => asking)).Error);
    }

    [Fact]
    public async Task Attributes_that_end_too_early_are_an_error()
    {
        await using var script = await SftpScript.BeginAsync();
        var asking = Stat(script, "/a");
        uint id = SftpScript.Id(await script.AskedAsync());
        script.SendRaw([0, 0, 0, 11, 105, (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id, 0, 0, 0, 1, 0, 0]);
        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => asking)).Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_path_that_is_none_or_two_is_an_error(int names)
    {
        await using var script = await SftpScript.BeginAsync();
        var asking = script.Files.FactsAsync(Cancel).AsTask();
        uint id = SftpScript.Id(await script.AskedAsync());
        script.Send(new Name(id, [.. Enumerable.Repeat(new NameEntry("/x"u8.ToArray(), default, default), names)]));
        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => asking)).Error);
    }

    [Fact]
    public async Task A_status_without_words_or_with_words_that_are_not_text_is_taken()
    {
        await using var script = await SftpScript.BeginAsync();
        var one = script.Client.AskAsync(id => new Remove(id, default), Cancel);
        uint id = SftpScript.Id(await script.AskedAsync());
        script.SendRaw([0, 0, 0, 9, 101, 0, 0, 0, (byte)id, 0, 0, 0, 4]);
        Assert.Equal((SftpCode.Failure, ""), Failure(await Assert.ThrowsAsync<SftpStatusException>(() => one)));
        var other = script.Client.AskAsync(id => new Remove(id, default), Cancel);
        id = SftpScript.Id(await script.AskedAsync());
        script.SendRaw([0, 0, 0, 14, 101, 0, 0, 0, (byte)id, 0, 0, 0, 3, 0, 0, 0, 1, 0xFF]);
        Assert.Equal((SftpCode.PermissionDenied, "\uDCFF"), Failure(await Assert.ThrowsAsync<SftpStatusException>(() => other)));
    }

    [Fact]
    public async Task Names_that_no_file_can_have_never_come_out_of_a_listing_and_are_an_error_behind_the_others()
    {
        await using var script = await SftpScript.BeginAsync();
        List<string> listed = [];
        var listing = ListAsync(script, listed);
        script.Send(new Handle(SftpScript.Id(await script.AskedAsync()), "d"u8.ToArray()));
        string[] names = [".", "..", "", "../../etc/passwd", "/etc/passwd", "a/b", "a\0b", "good", "..good", "a\\b"];
        script.Send(new Name(SftpScript.Id(await script.AskedAsync()), [.. names.Select(name => new NameEntry(SftpPair.Text(name), default, SftpScript.File(1)))]));
        while (!listing.IsCompleted)
        {
            byte[] request = await script.AskedAsync();
            if (request[0] == Close.Number)
            {
                break;
            }

            script.Fails(request, SftpCode.EndOfFile);
        }

        Assert.Equal(FileError.BadName, (await Assert.ThrowsAsync<FileException>(() => listing)).Error);
        Assert.Equal(["good", "..good", "a\\b"], listed);
        Assert.Equal(5, script.Log.Texts.Count(line => line.Contains("left out", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_listing_of_nothing_without_an_end_is_given_up()
    {
        await using var script = await SftpScript.BeginAsync();
        var listing = ListAsync(script);
        script.Send(new Handle(SftpScript.Id(await script.AskedAsync()), "d"u8.ToArray()));
        for (int i = 0; i <= SftpClientSession.MostFruitless; i++)
        {
            script.Send(new Name(SftpScript.Id(await script.AskedAsync()), []));
        }

        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => listing)).Error);
    }

    [Fact]
    public async Task A_handle_that_comes_after_its_caller_has_gone_is_closed()
    {
        await using var script = await SftpScript.BeginAsync();
        using var source = new CancellationTokenSource();
        var opening = script.Files.OpenAsync(VirtualPath.Parse("/a"), OpenMode.Read, source.Token).AsTask();
        byte[] stat = await script.AskedAsync(), open = await script.AskedAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        script.Send(new AttributesReply<Attributes>(SftpScript.Id(stat), SftpScript.File(1)));
        script.Send(new Handle(SftpScript.Id(open), "late"u8.ToArray()));
        Assert.Equal("late"u8.ToArray(), (await script.AskedAsync<Close>()).Handle.ToArray());
        Assert.True(script.Client.IsUsable);
    }

    [Fact]
    public async Task A_new_content_that_is_opened_too_late_is_removed()
    {
        await using var script = await SftpScript.BeginAsync();
        using var source = new CancellationTokenSource();
        var opening = script.Files.OpenAsync(VirtualPath.Parse("/a"), OpenMode.Replace, source.Token).AsTask();
        byte[] stat = await script.AskedAsync(), open = await script.AskedAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        script.Fails(stat, SftpCode.NoSuchFile);
        script.Send(new Handle(SftpScript.Id(open), "late"u8.ToArray()));
        Assert.Equal("late"u8.ToArray(), (await script.AskedAsync<Close>()).Handle.ToArray());
        Assert.Equal(SftpPair.Parse<Open<Attributes>>(open).Path.ToArray(), (await script.AskedAsync<Remove>()).Path.ToArray());
    }

    [Fact]
    public async Task Silence_while_an_answer_is_due_ends_the_session_and_other_silence_does_not()
    {
        await using var script = await SftpScript.BeginAsync(_idle);
        script.Clock.Advance(10 * _idle);
        var asking = Stat(script, "/a");
        byte[] asked = await script.AskedAsync();
        script.Clock.Advance(_idle - TimeSpan.FromSeconds(1));
        script.Fails(asked, SftpCode.NoSuchFile);
        Assert.Null(await asking);
        script.Clock.Advance(10 * _idle);
        Assert.True(script.Client.IsUsable);
        asking = Stat(script, "/a");
        await script.AskedAsync();
        script.Clock.Advance(_idle);
        Assert.Equal(ConnectionError.TimedOut, (await Assert.ThrowsAsync<ConnectionException>(() => asking)).Error);
    }

    [Fact]
    public async Task A_question_has_its_whole_time_whenever_it_is_asked()
    {
        await using var script = await SftpScript.BeginAsync(_idle);
        var first = Stat(script, "/a");
        script.Fails(await script.AskedAsync(), SftpCode.NoSuchFile);
        await first;
        script.Clock.Advance(_idle - TimeSpan.FromSeconds(1));
        var second = Stat(script, "/b");
        byte[] asked = await script.AskedAsync();
        script.Clock.Advance(_idle - TimeSpan.FromSeconds(1));
        script.Fails(asked, SftpCode.NoSuchFile);
        Assert.Null(await second);
    }

    [Fact]
    public async Task A_hash_may_take_longer_than_any_silence()
    {
        await using var script = await SftpScript.BeginAsync(_idle, "check-file");
        var hashing = script.Files.HashAsync(VirtualPath.Parse("/a"), "MD5", 0, long.MaxValue, Cancel).AsTask();
        uint id = SftpScript.Id(await script.AskedAsync());
        script.Clock.Advance(100 * _idle);
        script.Send(new CheckFileReply(id, "check-file", "md5", new byte[16]));
        Assert.Equal(new byte[16], await hashing);
    }

    [Fact]
    public async Task The_end_of_the_session_is_told_to_all_who_wait()
    {
        await using var script = await SftpScript.BeginAsync();
        var one = Stat(script, "/a");
        await using var file = await OpenAsync(script, one);
        var copying = file.CopyToAsync(file, new BulkRange(0, 0, 10), Cancel).AsTask();
        script.Client.End();
        Assert.Equal(ConnectionError.Lost, (await Assert.ThrowsAsync<ConnectionException>(() => one)).Error);
        Assert.Equal(ConnectionError.Lost, (await Assert.ThrowsAsync<ConnectionException>(() => copying)).Error);
    }

    [Fact]
    public async Task A_server_of_another_version_is_no_server_for_us()
    {
        await using var script = new SftpScript();
        var beginning = script.Client.BeginAsync(Cancel);
        await script.AskedAsync();
        script.Send(new ServerVersion(2, default));
        Assert.Equal(ConnectionError.Protocol, (await Assert.ThrowsAsync<ConnectionException>(() => beginning)).Error);
    }

    [Fact]
    public async Task Limits_are_taken_up_to_a_bound_and_their_refusal_is_no_failure()
    {
        await using var refused = await SftpScript.BeginAsync("limits@openssh.com");
        Assert.Equal(SftpClientSession.UsualRequestBytes, refused.Client.ReadBytes);
        await using var script = new SftpScript();
        var beginning = script.Client.BeginAsync(Cancel);
        await script.AskedAsync();
        script.Send(new ServerVersion(3, SftpPair.Fields("limits@openssh.com", "1")));
        script.Send(new LimitsReply(SftpScript.Id(await script.AskedAsync()), 1 << 30, 1 << 30, 100_000, 5));
        await beginning;
        Assert.Equal((SftpClientSession.MostRequestBytes, 100_000), (script.Client.ReadBytes, script.Client.WriteBytes));
    }

    private static (SftpCode, string) Failure(SftpStatusException failed) => (failed.Code, failed.Text);

    private static Task<Entry?> Stat(SftpScript script, string path) => script.Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Follow, Cancel).AsTask();

    private static async Task<SftpFile> OpenAsync(SftpScript script, Task before)
    {
        Assert.False(before.IsCompleted);
        await script.AskedAsync();
        return await script.OpenAsync(10);
    }

    private static async Task<List<string>> ListAsync(SftpScript script, List<string>? names = null)
    {
        names ??= [];
        await foreach (var entry in script.Files.ListAsync(VirtualPath.Root, EntryDetail.Full, Cancel))
        {
            names.Add(entry.Name);
        }

        return names;
    }
}
