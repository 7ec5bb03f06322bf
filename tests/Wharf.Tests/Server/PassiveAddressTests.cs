using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Server;
using Wharf.Server.Listeners;
using Wharf.Tests.Support;

namespace Wharf.Tests.Server;

public sealed class PassiveAddressTests
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.1");

    private readonly ManualClock _clock = new();
    private Func<IPAddress[]> _answer = () => [IPAddress.IPv6Loopback, IPAddress.Parse("203.0.113.1")];
    private int _asked;

    [Fact]
    public async Task Nothing_given_names_the_address_the_client_reached()
    {
        var passive = Passive();
        Assert.True(passive.IsEmpty);
        Assert.Null(await passive.ForAsync(Client, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("203.0.113.9", "192.0.2.1", "203.0.113.9")]
    [InlineData("10.0.0.0/8=10.1.1.1, 203.0.113.9", "10.2.2.2", "10.1.1.1")]
    [InlineData("10.0.0.0/8=10.1.1.1,203.0.113.9", "::ffff:10.2.2.2", "10.1.1.1")]
    [InlineData("10.0.0.0/8=10.1.1.1,10.5.0.0/16=10.5.0.1", "10.5.2.2", "10.5.0.1")]
    [InlineData("10.0.0.0/8=10.1.1.1", "192.0.2.1", null)]
    [InlineData("ftp.example.org", "192.0.2.1", "203.0.113.1")]
    public async Task A_client_is_told_this_address(string given, string client, string? told) =>
        Assert.Equal(told, (await Passive(given).ForAsync(IPAddress.Parse(client), TestContext.Current.CancellationToken))?.ToString());

    [Fact]
    public async Task A_name_is_asked_again_only_after_some_seconds_and_kept_when_it_no_longer_resolves()
    {
        var passive = Passive("ftp.example.org");
        var first = await passive.ForAsync(Client, TestContext.Current.CancellationToken);
        Assert.Equal(first, await passive.ForAsync(Client, TestContext.Current.CancellationToken));
        Assert.Equal(1, _asked);

        _clock.Advance(TimeSpan.FromSeconds(11));
        _answer = () => throw new SocketException((int)SocketError.HostNotFound);
        Assert.Equal(first, await passive.ForAsync(Client, TestContext.Current.CancellationToken));

        _answer = () => [IPAddress.Parse("203.0.113.2")];
        Assert.Equal("203.0.113.2", (await passive.ForAsync(Client, TestContext.Current.CancellationToken))?.ToString());
        Assert.Equal(3, _asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2001:db8::1")]
    [InlineData("203.0.113")]
    [InlineData("256.1.1.1")]
    [InlineData("10.0.0.0/8=")]
    [InlineData("10.0.0.0/40=10.1.1.1")]
    [InlineData("203.0.113.1,203.0.113.2")]
    [InlineData("a b")]
    public void What_PASV_cannot_name_is_refused(string given) => Assert.Throws<UsageException>(() => Passive(given));

    private PassiveAddress Passive(params string[] given) => new(
        given, TimeSpan.FromSeconds(10), _clock, LookUpAsync, NullLogger<PassiveAddress>.Instance);

    private async Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancel)
    {
        await Task.Yield();
        _asked++;
        return _answer();
    }
}
