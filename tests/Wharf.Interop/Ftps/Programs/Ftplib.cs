using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps.Programs;

/// <summary>Python's ftplib with the control connection's session on its data connections, which a few lines of the script give it.</summary>
public sealed class FtplibWithSession() : Ftplib("session")
{
    public override bool ReusesSessions => true;
}

/// <summary>Python's ftplib as it is: a handshake in full for each data connection.</summary>
public sealed class FtplibUnaided() : Ftplib("unaided")
{
    public override bool ReusesSessions => false;
}

/// <summary>Python's ftplib, by ftplib_errand.py.</summary>
/// <param name="aid">What the script gives it: "session" or "unaided".</param>
public abstract class Ftplib(string aid) : FtpsClient
{
    private string _python = "";

    public override Task FindAsync()
    {
        _python = Require.Python("ssl", "python3");
        return Task.CompletedTask;
    }

    public override async Task<ErrandResult> RunAsync(Errand errand)
    {
        var run = await Tool.RunAsync(
            _python,
            [
                Scripts.Path("ftplib_errand.py"), $"{errand.Port}", WharfdProcess.User, WharfdProcess.Password, errand.Server.Certificate,
                $"{errand.Cell.Start}", $"{errand.Cell.Data}", errand.Cell.Protocol, aid, $"/{errand.Desk}/up",
            ],
            errand.Local, Scripts.Steps(errand), Patience);
        run.Succeeded();
        return ErrandResult.Of(run, "PASS ");
    }
}
