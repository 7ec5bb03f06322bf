using System.Net;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>T3: what is refused is refused before anything is sent. In memory a connection attempt stands for the first SYN.</summary>
public sealed class BounceTests
{
    private const string Client4 = "192.0.2.7";
    private const string Client6 = "2001:db8::7";

    [Theory]
    [InlineData(Client4, "PORT 203,0,113,9,200,10")]
    [InlineData(Client4, "EPRT |1|203.0.113.9|51210|")]
    [InlineData(Client6, "EPRT |2|2001:db8::8|51210|")]
    [InlineData(Client6, "EPRT |2|::ffff:203.0.113.9|51210|")]
    public async Task T3_a_target_that_is_not_the_clients_own_is_refused_unless_fxp_is_on(string client, string command)
    {
        await using var strict = await StartAsync(client, fxp: false);
        await AssertRefusedAsync(strict, command);
        await using var open = await StartAsync(client, fxp: true);
        Assert.StartsWith("200 ", await open.SendAsync(command), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Client4, "PORT 192,0,2,7,0,21")]
    [InlineData(Client4, "PORT 192,0,2,7,3,255")]
    [InlineData(Client4, "PORT 192,0,2,7,0,0")]
    [InlineData(Client4, "EPRT |1|192.0.2.7|1023|")]
    [InlineData(Client6, "EPRT |2|2001:db8::7|1023|")]
    [InlineData(Client4, "PORT 203,0,113,9,0,80")]
    public async Task T3_ports_of_services_are_refused_also_with_fxp(string client, string command) => await AssertAlwaysRefusedAsync(client, command);

    [Theory]
    [InlineData(Client4, "PORT 127,0,0,1,200,10")]
    [InlineData(Client4, "PORT 127,200,3,4,200,10")]
    [InlineData(Client4, "EPRT |1|127.0.0.1|51210|")]
    [InlineData(Client6, "EPRT |2|::1|51210|")]
    [InlineData(Client6, "EPRT |2|::ffff:127.0.0.1|51210|")]
    [InlineData(Client6, "EPRT |2|::ffff:7f00:1|51210|")]
    [InlineData(Client4, "EPRT |2|::ffff:127.0.0.1|51210|")]
    [InlineData(Client4, "EPRT |1|::ffff:127.0.0.1|51210|")]
    public async Task T3_loopback_is_refused_to_a_client_from_elsewhere_also_with_fxp(string client, string command) => await AssertAlwaysRefusedAsync(client, command);

    [Theory]
    [InlineData(Client4, "PORT 0,0,0,0,200,10")]
    [InlineData(Client4, "PORT 0,0,0,1,200,10")]
    [InlineData(Client4, "PORT 255,255,255,255,200,10")]
    [InlineData(Client4, "PORT 224,0,0,1,200,10")]
    [InlineData(Client4, "PORT 239,255,255,250,200,10")]
    [InlineData(Client4, "EPRT |1|0.0.0.0|51210|")]
    [InlineData(Client6, "EPRT |2|::|51210|")]
    [InlineData(Client6, "EPRT |2|::ffff:0.0.0.0|51210|")]
    [InlineData(Client6, "EPRT |2|::ffff:224.0.0.1|51210|")]
    [InlineData(Client6, "EPRT |2|ff02::1|51210|")]
    public async Task T3_addresses_of_nobody_and_of_everybody_are_refused_also_with_fxp(string client, string command) => await AssertAlwaysRefusedAsync(client, command);

    [Theory]
    [InlineData(Client4, "PORT 198,51,100,1,200,10")]
    [InlineData(Client4, "EPRT |1|198.51.100.1|51210|")]
    public async Task T3_the_servers_own_address_is_loopback_by_another_name_and_refused_also_with_fxp(string client, string command) =>
        await AssertAlwaysRefusedAsync(client, command);

    [Theory]
    [InlineData("PORT")]
    [InlineData("PORT 192,0,2,7,200")]
    [InlineData("PORT 192,0,2,7,200,10,1")]
    [InlineData("PORT 192,0,2,263,200,10")]
    [InlineData("PORT 192,0,2,+7,200,10")]
    [InlineData("PORT 192,0,2,-7,200,10")]
    [InlineData("PORT 192,0,2,0x7,200,10")]
    [InlineData("PORT 192.0.2.7,200,10")]
    [InlineData("EPRT |1|192.0.2.7|51210")]
    [InlineData("EPRT |1|192.0.2.7|65536|")]
    [InlineData("EPRT |1|192.0.2.7|-1|")]
    [InlineData("EPRT |1|3221225991|51210|")]
    [InlineData("EPRT |1|0300.0.2.7|51210|")]
    [InlineData("EPRT |2|2001:db8::7%1|51210|")]
    [InlineData("EPRT |3|192.0.2.7|51210|")]
    public async Task T3_what_is_no_address_and_port_is_refused(string command) => await AssertAlwaysRefusedAsync(Client4, command);

    [Fact]
    public async Task T3_a_refused_target_takes_the_plan_before_it_away()
    {
        await using var ftp = await StartAsync(Client4, fxp: false);
        await ftp.PutAsync("/f", "x");
        Assert.Equal(229, await ftp.CodeAsync("EPSV"));
        Assert.Equal(501, await ftp.CodeAsync("PORT 203,0,113,9,200,10"));
        Assert.Empty(ftp.Network.ListeningPorts);
        Assert.Equal(200, await ftp.CodeAsync("PORT 192,0,2,7,200,10"));
        Assert.Equal(501, await ftp.CodeAsync("PORT 192,0,2,7,0,10"));
        Assert.Equal(425, await ftp.CodeAsync("RETR f"));
        Assert.Empty(ftp.Network.Attempts);
    }

    [Theory]
    [InlineData("127.0.0.1", "PORT 127,0,0,1,200,10", "127.0.0.1")]
    [InlineData("::1", "EPRT |2|::1|51210|", "::1")]
    [InlineData(Client4, "EPRT |1|192.0.2.7|51210|", Client4)]
    public async Task T3_the_clients_own_address_is_connected_to(string client, string command, string target)
    {
        await using var ftp = await StartAsync(client, fxp: false);
        await ftp.PutAsync("/f", "content");
        await using var listener = ftp.Network.Listen(IPAddress.Parse(target), new(51210, 51210), 1);
        Assert.Equal(200, await ftp.CodeAsync(command));
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await using var data = (MemoryConnection)await listener.AcceptAsync(ftp.Token);
        Assert.Equal("content"u8.ToArray(), await data.ReadToEndAsync(ftp.Token));
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(target), 51210), Assert.Single(ftp.Network.Attempts).Remote);
    }

    private static async Task<FtpPair> StartAsync(string client, bool fxp) => await FtpPair.StartAsync(
        new FtpServerOptions { Fxp = fxp },
        client: client,
        server: client switch { "127.0.0.1" or "::1" => client, _ when client.Contains(':') => "2001:db8::1", _ => "198.51.100.1" });

    private static async Task AssertAlwaysRefusedAsync(string client, string command)
    {
        foreach (bool fxp in new[] { false, true })
        {
            await using var ftp = await StartAsync(client, fxp);
            await AssertRefusedAsync(ftp, command);
        }
    }

    private static async Task AssertRefusedAsync(FtpPair ftp, string command)
    {
        await ftp.PutAsync("/f", "x");
        Assert.InRange(await ftp.CodeAsync(command), 500, 599);
        Assert.Equal(425, await ftp.CodeAsync("RETR f"));
        Assert.Empty(ftp.Network.Attempts);
    }
}
