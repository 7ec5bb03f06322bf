using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>T35: the wall clock may step; every time-out is monotonic.</summary>
public sealed class ClockTests
{
    private static readonly FtpLimits Limits = new();

    public static TheoryData<int> Steps => [-365 * 24, -1, 1, 365 * 24];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task T35_a_step_of_the_wall_clock_ends_no_session_and_no_transfer(int hours)
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var stranger = await FtpPair.StartAsync(beside: ftp, login: false);
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        ftp.Clock.StepWallClock(TimeSpan.FromHours(hours));
        await data.SendAsync("after the step"u8.ToArray(), ftp.Token);
        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
        Assert.Equal(200, await stranger.CodeAsync("NOOP"));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task T35_time_outs_end_when_they_should_though_the_wall_clock_stepped(int hours)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.Clock.TimerDueIn(Limits.ControlIdle);
        ftp.Clock.StepWallClock(TimeSpan.FromHours(hours));
        ftp.Clock.Advance(Limits.ControlIdle - TimeSpan.FromSeconds(1));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
        await ftp.Clock.TimerDueIn(Limits.ControlIdle);
        ftp.Clock.StepWallClock(TimeSpan.FromHours(-hours));
        ftp.Clock.Advance(Limits.ControlIdle);
        Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
    }
}
