using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Protection;

/// <summary>Where active data connections come from.</summary>
public sealed class ActivePortTests
{
    [Theory]
    [InlineData(TlsUse.Optional, 20)]
    [InlineData(TlsUse.Implicit, 989)]
    public async Task It_is_the_port_next_to_the_listeners_own(TlsUse use, int port)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), security: new() { Tls = use }, tls: FtpTls.Client());
        Assert.Equal(200, await ftp.CodeAsync("EPRT |1|192.0.2.7|51210|"));
        Assert.Equal(150, await ftp.CodeAsync("LIST"));
        Assert.StartsWith("425 ", await ftp.ReplyAsync(), StringComparison.Ordinal); // nobody listens there
        Assert.Equal(port, Assert.Single(ftp.Network.Attempts).Local?.Port);
    }
}
