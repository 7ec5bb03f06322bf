using System.Net;
using System.Text;
using Wharf.Net;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Security;

/// <summary>T25: those who come and say little, or much, and never who they are. The clock is turned, never waited for.</summary>
public sealed class SlowClientTests
{
    private static readonly TimeSpan Grace = new AuthenticationLimits().Grace;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("version")]
    [InlineData("packet")]
    [InlineData("login")]
    public async Task T25_one_byte_every_ten_seconds_ends_when_the_login_should_have_come(string stage)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        byte[] slow = Encoding.ASCII.GetBytes(client.Version);
        if (stage == "packet")
        {
            await client.GreetAsync();
            await client.NextAsync(KexInit.Number);
            slow = client.Seal(client.Init());
        }
        else if (stage == "login")
        {
            await client.ShakeAsync();
            await client.AskForLoginAsync();
            slow = client.Seal(Golden.Write(RawSshClient.ByPassword(SshPair.User, SshPair.Password)));
        }

        int rounds = (int)(Grace / Pace);
        for (int i = 0; i < rounds - 1; i++)
        {
            await client.SendBytesAsync(slow.AsMemory(i, 1));
            pair.Clock.Advance(Pace);
            Assert.False(pair.Serving.IsCompleted);
        }

        pair.Clock.Advance(Pace);
        await client.ReceiveToEndAsync();
        Assert.Contains("LoginTimeout", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("queries")]
    public async Task T25_a_client_that_is_busy_without_logging_in_ends_just_as_well(string with)
    {
        await using var pair = SshPair.Start(options => options with { Authentication = new() { Requests = 1_000_000, Bytes = long.MaxValue } });
        using var client = pair.Raw();
        await client.ShakeAsync();
        await client.AskForLoginAsync();
        for (int i = 0; i < (int)(Grace / Pace) - 1; i++)
        {
            if (with == "keys")
            {
                await client.ShakeAsync();
            }
            else
            {
                await client.SendAsync(UserauthRequest.Of(SshPair.User, "keyboard-interactive", new KeyboardInteractiveFields("", "")));
                await client.NextAsync<UserauthInfoRequest>();
            }

            pair.Clock.Advance(Pace);
        }

        Assert.False(pair.Serving.IsCompleted);
        pair.Clock.Advance(Pace);
        await client.ReceiveToEndAsync();
        Assert.Contains("LoginTimeout", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T25_a_client_that_has_logged_in_may_be_silent_as_long_as_the_setting_says()
    {
        await using var pair = SshPair.Start(options => options with { Limits = new() { Idle = TimeSpan.FromHours(2), RekeyTime = TimeSpan.Zero } });
        using var client = pair.Raw();
        await client.LogInAsync();
        pair.Clock.Advance(TimeSpan.FromMinutes(119));
        Assert.NotNull((await client.ReceiveToPongAsync())[^1]);
        uint channel = await client.OpenAsync("echo");
        pair.Clock.Advance(TimeSpan.FromMinutes(119));
        await client.SendAsync(new ChannelData(channel, new byte[1]));
        await client.NextAsync<ChannelData>();
        pair.Clock.Advance(TimeSpan.FromHours(2));
        await client.ReceiveToEndAsync();
        Assert.Contains("Idle", await pair.EndAsync(), StringComparison.Ordinal);
        Assert.Equal(1, pair.Echo.Closed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T25_bytes_before_the_login_are_bounded(bool inPackets)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.ShakeAsync();
        byte[] much = new byte[inPackets ? 30_000 : 250_000];
        var sending = Task.Run(
            async () =>
            {
                for (int i = 0; i < 100 && client.Sent < 3 * new AuthenticationLimits().Bytes; i++)
                {
                    await client.SendAsync(new Ignore(much));
                }
            },
            pair.Token);
        await client.ReceiveToEndAsync();
        await sending;
        Assert.Contains("LoginTimeout", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T25_a_flood_of_strangers_keeps_nobody_out_who_logs_in()
    {
        const int Places = 10;
        var admission = new Admission(
            new AdmissionLimits { Unauthenticated = Places, UnauthenticatedPerSource = int.MaxValue, EarlyDropStart = int.MaxValue }, _ => false);
        await using var pair = SshPair.Start();
        var strangers = new List<(MemoryConnection Client, Task Serving)>();
        for (int i = 0; i < 5 * Places; i++)
        {
            strangers.Add(pair.Connect(admission.TryEnter(IPAddress.Parse($"192.0.2.{i + 1}"))!));
        }

        // Those who waited longest made room and are told so.
        foreach (var (connection, serving) in strangers.Take(4 * Places))
        {
            await connection.ReadToEndAsync(pair.Token);
            await connection.DisposeAsync();
            await serving.WaitAsync(pair.Token);
        }

        var (mine, running) = pair.Connect(admission.TryEnter(IPAddress.Parse("198.51.100.77"))!);
        await using (var client = await pair.LogInAsync(connection: mine))
        {
            for (int i = 0; i < 3 * Places; i++)
            {
                strangers.Add(pair.Connect(admission.TryEnter(IPAddress.Parse($"203.0.113.{i + 1}"))!));
            }

            // Who has logged in is no stranger and stays.
            await pair.OpenSftpAsync(client);
        }

        await running.WaitAsync(pair.Token);
        foreach (var (connection, serving) in strangers)
        {
            connection.Abort();
            await serving.WaitAsync(pair.Token);
        }

        Assert.Equal(0, admission.Count);
        Assert.Contains(pair.Log.Texts, line => line.Contains("Evicted", StringComparison.Ordinal));
    }
}
