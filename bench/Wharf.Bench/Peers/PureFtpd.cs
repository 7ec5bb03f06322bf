using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>Pure-FTPd with system users read directly (-l unix); no DNS, no log, and its limits of clients and entries raised.</summary>
internal sealed class PureFtpd(string cache, BenchUser? user, bool tls = false) : IServer
{
    private readonly DebianPackage _package = new("pure-ftpd", cache);

    public string Name => "pure-ftpd";

    public bool IsOurs => false;

    public string Version => _package.Version;

    public string? Prepare() => user is null ? "it needs root and a system user" : _package.Unpack();

    public RunningServer Start(Site site)
    {
        var run = site.RunFolder(Name);
        var port = RunningServer.FreePort();
        string[] command =
        [
            _package.Program("usr/sbin/pure-ftpd"),
            "-S", $"127.0.0.1,{port}",
            "-l", "unix",
            "-E", // no anonymous login
            "-H", // no DNS
            "-f", "none", // no log
            "-c", "100000", "-C", "100000", // clients, and clients per address
            "-L", "1000000:5", // entries and depth of a listing
            "-I", "60", // minutes a session may idle
            "-g", Path.Combine(run, "pid"),
            .. tls ? (string[])["-Y", "3", "-2", site.Certificate.Both] : [], // TLS on both connections or none
        ];
        return RunningServer.Start(Name, run, command, _package.Environment, _ => port);
    }
}
