using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client.Ssh;

/// <summary>
/// Hosts on the way where something fails; that it works is shown with OpenSSH's sshd in Wharf.Interop, since our own server
/// forwards nothing.
/// </summary>
public sealed class JumpTests
{
    [Fact]
    public async Task A_host_on_the_way_has_its_own_key_checked()
    {
        await using var desk = new SshDesk();
        desk.Options = desk.Options with { ProxyJump = "bastion.example:2200" };
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
        Assert.Contains("[bastion.example]:2200", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["bastion.example:2200"], desk.Dialled);
    }

    [Fact]
    public async Task A_host_on_the_way_never_gets_the_password_of_the_other()
    {
        await using var desk = new SshDesk();
        await KnowAsync(desk);
        desk.Options = desk.Options with { ProxyJump = "anna@bastion.example", Password = (_, _) => throw new InvalidOperationException("asked") };
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.LoginRefused, refused.Error);
        Assert.Contains("bastion.example:22", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, desk.Pair.LoggedIn);
    }

    [Fact]
    public async Task A_host_that_forwards_nothing_says_so()
    {
        await using var desk = new SshDesk();
        await KnowAsync(desk);
        desk.Options = desk.Options with { ProxyJump = "anna@bastion.example", ForJump = options => options with { Password = (_, _) => new(SshPair.Password) } };
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.Unreachable, refused.Error);
        Assert.Contains("bastion.example:22 makes no connection to files.example, port 22: Forwarding is not allowed here", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, desk.Pair.LoggedIn);

        // Nothing is left behind.
        await desk.Pair.Serving.WaitAsync(desk.Pair.Token);
    }

    [Fact]
    public async Task The_configuration_names_the_way_and_none_goes_directly()
    {
        await using var desk = new SshDesk();
        await KnowAsync(desk);
        await desk.WriteAsync("/home/bob/.ssh/config", "Host files.example\n ProxyJump bastion\nHost bastion\n HostName bastion.example\n Port 2200\n");
        desk.Options = desk.Options with { ConfigFiles = ["~/.ssh/config"] };
        Assert.Equal(ConnectionError.LoginRefused, (await desk.RefusedAsync()).Error);
        desk.Options = desk.Options with { ProxyJump = "none" };
        await desk.LogInAsync();
        Assert.Equal(["bastion.example:2200", "files.example:22"], desk.Dialled);
    }

    [Fact]
    public async Task T22_a_way_that_leads_to_itself_ends_before_anything_is_dialled()
    {
        await using var desk = new SshDesk();
        await desk.WriteAsync("/home/bob/.ssh/config", "ProxyJump bastion");
        desk.Options = desk.Options with { ConfigFiles = ["~/.ssh/config"] };
        Assert.Contains("More than 8 hosts", (await desk.RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Empty(desk.Dialled);
    }

    [Theory]
    [InlineData("files.example; touch x", "anna")]
    [InlineData("-oProxyCommand=x", "anna")]
    [InlineData("files.example", "$(x)")]
    [InlineData("files.example", "-l")]
    public async Task T30_what_a_shell_would_read_never_comes_into_a_command(string host, string user)
    {
        await using var desk = new SshDesk();
        desk.Surroundings = desk.Surroundings with { StartCommand = (_, _) => throw new InvalidOperationException("started") };
        desk.Options = desk.Options with { Host = host, User = user, ProxyCommand = "connect %h %p %r" };
        Assert.Equal(ConnectionError.NotOffered, (await desk.RefusedAsync()).Error);
    }

    [Fact]
    public async Task A_command_is_given_host_port_and_user()
    {
        await using var desk = new SshDesk();
        await KnowAsync(desk);
        string? command = null;
        desk.Surroundings = desk.Surroundings with
        {
            StartCommand = (line, _) =>
            {
                command = line;
                return desk.Pair.Connection;
            },
        };
        desk.Options = desk.Options with { ProxyCommand = "connect -p %p %r@%h 100%%" };
        await desk.LogInAsync();
        Assert.Equal("connect -p 22 anna@files.example 100%", command);
        Assert.Empty(desk.Dialled);
    }

    private static Task KnowAsync(SshDesk desk) => desk.WriteAsync(
        SshDesk.KnownHostsPath, $"{SshDesk.ServerLine}\nbastion.example{SshDesk.ServerLine[SshDesk.ServerLine.IndexOf(' ', StringComparison.Ordinal)..]}\n");
}
