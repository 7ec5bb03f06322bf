using Wharf.Files;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Sftp.Client;

/// <summary>Calls that are given up while a request of theirs is unanswered: they return within a second of the clock, and the session goes on.</summary>
public sealed class CancelTests
{
    private static readonly VirtualPath _file = VirtualPath.Parse("/file");

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(0.5), _most = TimeSpan.FromSeconds(1), _stuck = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>SSH_FXP_* at which the server says nothing more, the first or a later one of that kind.</summary>
    [Theory]
    [InlineData(17, 1)] // STAT
    [InlineData(3, 1)] // OPEN to read
    [InlineData(5, 1)] // READ
    [InlineData(11, 1)] // OPENDIR
    [InlineData(12, 1)] // READDIR
    [InlineData(7, 1)] // LSTAT of what is replaced
    [InlineData(3, 2)] // OPEN to write
    [InlineData(6, 1)] // WRITE
    [InlineData(4, 3)] // CLOSE of what was written
    [InlineData(18, 1)] // RENAME
    public async Task A_call_that_is_given_up_returns_within_a_second_and_the_session_goes_on(int request, int time)
    {
        await using var script = await SftpScript.BeginAsync();
        using var enough = new CancellationTokenSource();
        var whole = UseAllAsync(script.Files, enough.Token);
        var unanswered = new List<byte[]>();
        while (unanswered.Count == 0)
        {
            byte[] asked = await script.AskedAsync().WaitAsync(_stuck, Cancel);
            if (asked[0] == request && --time == 0)
            {
                unanswered.Add(asked);
            }
            else
            {
                Answer(script, asked);
            }
        }

        long before = script.Clock.GetTimestamp();
        await enough.CancelAsync();
        while (!whole.IsCompleted)
        {
            var waits = script.Clock.TimerDueIn(_patience);
            if (await Task.WhenAny(whole, waits).WaitAsync(_stuck, Cancel) == waits)
            {
                script.Clock.Advance(_patience);
            }
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => whole);
        Assert.InRange(script.Clock.GetElapsedTime(before), TimeSpan.Zero, _most);

        var next = UseAllAsync(script.Files, Cancel);
        unanswered.ForEach(late => Answer(script, late));
        while (!next.IsCompleted)
        {
            var asked = script.AskedAsync();
            if (await Task.WhenAny(next, asked).WaitAsync(_stuck, Cancel) == asked)
            {
                Answer(script, await asked);
            }
        }

        await next;
        Assert.True(script.Client.IsUsable);
    }

    [Fact]
    public async Task Writing_in_place_that_is_given_up_does_not_wait_for_its_closing()
    {
        await using var script = await SftpScript.BeginAsync();
        var opening = script.Files.OpenAsync(_file, new OpenMode(FileAccess.Write, FileCreation.Truncate), Cancel);
        await script.OpensAsync(null);
        var file = await opening;
        using var enough = new CancellationTokenSource();
        var writing = file.WriteAsync(0, new(new byte[10]), enough.Token).AsTask();
        _ = await script.AskedAsync();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(_stuck, Cancel));
        await file.DisposeAsync().AsTask().WaitAsync(_stuck, Cancel);
        await script.AskedAsync<Close>();
    }

    private static async Task UseAllAsync(SftpFiles files, CancellationToken cancel)
    {
        _ = await files.StatAsync(_file, LinkHandling.Follow, cancel);
        await using (var file = await files.OpenAsync(_file, OpenMode.Read, cancel))
        {
            _ = await file.ReadAsync(0, new byte[10], cancel);
        }

        await foreach (var _ in files.ListAsync(VirtualPath.Root, EntryDetail.Full, cancel))
        {
            Assert.Fail("There is nothing.");
        }

        await using (var file = await files.OpenAsync(_file, OpenMode.Replace, cancel))
        {
            await file.WriteAsync(0, new(new byte[10]), cancel);
            await file.CommitAsync(replace: true, durable: false, cancel);
        }
    }

    private static void Answer(SftpScript script, byte[] asked)
    {
        uint id = SftpScript.Id(asked);
        switch (asked[0])
        {
            case 3 or 11:
                script.Send(new Handle(id, "h"u8.ToArray()));
                break;
            case 5 or 12:
                script.Fails(asked, SftpCode.EndOfFile);
                break;
            case 7 or 8 or 17:
                script.Send(new AttributesReply<Attributes>(id, SftpScript.File(0)));
                break;
            default:
                script.Does(asked);
                break;
        }
    }
}
