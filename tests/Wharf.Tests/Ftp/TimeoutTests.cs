using System.Net;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp;

/// <summary>Every wait has an end.</summary>
public sealed class TimeoutTests
{
    private static readonly FtpLimits Limits = new();

    [Fact]
    public async Task An_active_connection_that_gets_no_answer_is_425_in_time()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "x");
        ftp.Network.Silence(new IPEndPoint(ftp.Control.Local.Address, 51210));
        Assert.Equal(200, await ftp.CodeAsync("PORT 192,0,2,7,200,10"));
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await ftp.Clock.TimerDueIn(Limits.DataConnect);
        ftp.Clock.Advance(Limits.DataConnect);
        Assert.Equal(425, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Fact]
    public async Task An_upload_that_sends_nothing_is_426_and_leaves_the_old_file()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "old");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await data.SendAsync("new"u8.ToArray(), ftp.Token);
        await PassAsync(ftp, Limits.DataStall * 2);
        Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Fact]
    public async Task A_download_that_nobody_reads_is_426()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", new byte[1_000_000]);
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        while (data.Available < MemoryConnection.DefaultCapacity)
        {
            ftp.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await PassAsync(ftp, Limits.DataStall * 2);
        Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Fact]
    public async Task A_slow_transfer_that_moves_is_not_ended_however_long_it_takes()
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await ftp.Clock.TimerDueIn(Limits.DataStall);
        var step = Limits.DataStall / 2;
        for (int i = 0; i < 20; i++)
        {
            await data.SendAsync("x"u8.ToArray(), ftp.Token);
            while (data.Unreceived > 0)
            {
                await Task.Yield();
            }

            ftp.Clock.Advance(step);
            Assert.Equal(0, ftp.Control.Available);
        }

        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(20, (await ftp.GetAsync("/f"))!.Length);
    }

    [Fact]
    public async Task A_long_transfer_is_no_silence_and_silence_begins_after_it()
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await ftp.Clock.TimerDueIn(Limits.DataStall);
        for (var waited = TimeSpan.Zero; waited < Limits.ControlIdle * 2; waited += Limits.DataStall)
        {
            await data.SendAsync("x"u8.ToArray(), ftp.Token);
            while (data.Unreceived > 0)
            {
                await Task.Yield();
            }

            ftp.Clock.Advance(Limits.DataStall);
        }

        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        await ftp.Clock.TimerDueIn(Limits.ControlIdle).WaitAsync(ftp.Token);
        ftp.Clock.Advance(Limits.ControlIdle - TimeSpan.FromSeconds(1));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    private static async Task PassAsync(FtpPair ftp, TimeSpan time)
    {
        await ftp.Clock.TimerDueIn(Limits.DataStall).WaitAsync(ftp.Token);
        ftp.Clock.Advance(time);
    }
}
