using Wharf.Interop.Ftps.Programs;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>How data connections begin and end where no client program goes wrong by itself (odd_data.py).</summary>
public abstract class DataConnectionTests<TServer>(TServer server, ITestOutputHelper output) : IClassFixture<TServer>
    where TServer : FtpsServer
{
    private Reuse Strictest => server.BindsSessions ? Reuse.Required : Reuse.Optional;

    protected TServer Server => server;

    [Theory]
    [InlineData(Tls.V12, Start.Explicit, "cut")]
    [InlineData(Tls.V12, Start.Implicit, "reset")]
    [InlineData(Tls.V13, Start.Explicit, "reset")]
    [InlineData(Tls.V13, Start.Implicit, "cut")]
    public async Task T6_An_upload_that_ends_without_close_notify_has_failed_and_leaves_what_was_there(Tls tls, Start start, string how)
    {
        using var desk = NewDesk();
        string old = desk.RemoteFile("old", 1234);
        string hash = Desk.HashOf(old);
        string[] said = await RunAsync(desk, tls, start, Strictest, how);
        Assert.Matches("^fresh (425|426|451|551) ", said[0]);
        Assert.Matches("^old (425|426|451|551) ", said[1]);
        Assert.False(File.Exists(desk.RemotePath("fresh")));
        Assert.Equal(hash, Desk.HashOf(old));
        Assert.Equal(["old", "own"], Directory.GetFiles(desk.Remote).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(Tls.V12, Start.Explicit)]
    [InlineData(Tls.V13, Start.Implicit)]
    public async Task T6_Every_data_connection_ends_with_our_close_notify(Tls tls, Start start)
    {
        using var desk = NewDesk();
        desk.RemoteFile("empty", 0);
        string[] said = await RunAsync(desk, tls, start, Strictest, "ends");
        Assert.Equal(7, said.Length);
        Assert.All(said, line => Assert.Contains(" 226 ", line));
        Assert.StartsWith("RETR own 300000 ", said[0]);
        Desk.SameFile(desk.LocalPath("own"), desk.RemotePath("up"));
    }

    internal Desk NewDesk()
    {
        var desk = new Desk(server.Process);
        File.Copy(desk.LocalFile("own", 300_000), desk.RemotePath("own"));
        return desk;
    }

    /// <summary>Runs the script; its lines.</summary>
    internal async Task<string[]> RunAsync(Desk desk, Tls tls, Start start, Reuse reuse, string what)
    {
        string python = Require.Python("ssl", "python3");
        var cell = new Cell(tls, start, Data.Passive);
        var run = await Tool.RunAsync(
            python,
            [
                Scripts.Path("odd_data.py"), $"{server.Port(start, reuse)}", $"{server.Port(Start.Implicit, reuse)}", WharfdProcess.User, WharfdProcess.Password,
                server.Certificate, $"{start}", cell.Protocol, what, $"/{desk.Name}",
            ],
            desk.Local);
        output.WriteLine(run.Text);
        return run.Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

/// <summary>Whose data connection it is, which only an engine that binds sessions can tell.</summary>
public abstract class TheftTests<TServer>(TServer server, ITestOutputHelper output) : DataConnectionTests<TServer>(server, output)
    where TServer : FtpsServer
{
    [Theory]
    [InlineData(Tls.V12, Start.Explicit)]
    [InlineData(Tls.V12, Start.Implicit)]
    [InlineData(Tls.V13, Start.Explicit)]
    [InlineData(Tls.V13, Start.Implicit)]
    public async Task T5_No_other_session_and_no_fresh_one_gets_a_data_connection_and_the_real_client_is_still_served(Tls tls, Start start)
    {
        using var desk = NewDesk();
        string[] said = await RunAsync(desk, tls, start, Reuse.Required, "theft");
        Assert.Equal(8, said.Length);
        Assert.All(said, line => Assert.Matches(" (522|425) ", line));
        Assert.Contains(said, line => line.Contains("session-reuse", StringComparison.Ordinal));
        Assert.False(File.Exists(desk.RemotePath("stolen")));
    }

    [Theory]
    [InlineData(Tls.V12, Start.Explicit)]
    [InlineData(Tls.V12, Start.Implicit)]
    [InlineData(Tls.V13, Start.Explicit)]
    [InlineData(Tls.V13, Start.Implicit)]
    public async Task T5_Where_reuse_is_optional_a_foreign_session_is_not_resumed_and_the_transfer_goes_on(Tls tls, Start start)
    {
        using var desk = NewDesk();
        string[] said = await RunAsync(desk, tls, start, Reuse.Optional, "stranger");
        Assert.Equal(4, said.Length);
        Assert.All(said, line => Assert.Contains(" 226 ", line));
        Desk.SameFile(desk.LocalPath("own"), desk.RemotePath("stranger"));
    }
}
