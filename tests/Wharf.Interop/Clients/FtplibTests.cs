using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>Python's ftplib, by the script beside this file.</summary>
public sealed class FtplibTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _python = Require.Program("python3", "python3");

    [Theory]
    [InlineData(Way.Pasv)]
    [InlineData(Way.Epsv)]
    [InlineData(Way.Port)]
    [InlineData(Way.Eprt)]
    [InlineData(Way.Epsv6)]
    [InlineData(Way.Eprt6)]
    public async Task Every_call_of_ftplib_does_what_it_says(Way way)
    {
        output.WriteLine("ftplib cannot: EPSV or EPRT over IPv4 by itself (the script asks for them); walk a tree (the script does).");
        if (way.Six())
        {
            Require.IPv6();
        }

        using var desk = new Desk(shared.Process);
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        string script = Path.Combine(AppContext.BaseDirectory, "Clients", "ftplib_session.py");
        string host = way.Six() ? "::1" : "127.0.0.1";
        int port = way.Six() ? shared.Process.Port6 : shared.Process.Port;
        var run = await Tool.RunAsync(
            _python, [script, $"{way}", host, $"{port}", WharfdProcess.User, WharfdProcess.Password, $"/{desk.Name}", desk.Local], desk.Local);
        run.Succeeded();
        Assert.Contains(way.Command().TrimEnd(), run.Text);
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, desk.LocalPath("down"));
    }
}
