using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>
/// OpenSSH's server with its internal-sftp: no PAM, no DNS, no log, no limit on the number of clients. What it demands of the
/// machine (a user "sshd" and /run/sshd, for its unprivileged half) is made where it is missing and removed at its end.
/// </summary>
internal sealed class OpenSshd(string cache, BenchUser? user) : IPlacedServer, IDisposable
{
    private const string SeparationUser = "sshd";
    private const string SeparationFolder = "/run/sshd";

    private readonly DebianPackage _package = new("openssh-server", cache);
    private bool _madeUser;
    private bool _madeFolder;

    public string Name => "openssh";

    public bool IsOurs => false;

    public string Version => _package.Version;

    public string? Prepare()
    {
        if (user is null)
        {
            return "it needs root and a system user";
        }

        if (_package.Unpack() is { } reason)
        {
            return reason;
        }

        if (!File.ReadLines("/etc/passwd").Any(l => l.StartsWith($"{SeparationUser}:", StringComparison.Ordinal)))
        {
            var (code, _, errors) = Command.Run("/", "useradd", "--system", "--no-create-home", "--home-dir", SeparationFolder, "--shell", "/usr/sbin/nologin", SeparationUser);
            if (code != 0)
            {
                return $"useradd {SeparationUser}: {errors}";
            }

            _madeUser = true;
        }

        if (!Directory.Exists(SeparationFolder))
        {
            Directory.CreateDirectory(SeparationFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _madeFolder = true;
        }

        return null;
    }

    public RunningServer Start(Site site, Place place)
    {
        var run = site.RunFolder(Name);
        var port = RunningServer.FreePort();
        var hostKey = Path.Combine(run, "host_ed25519");
        SshLogin.WriteKey(hostKey).Dispose();
        var settings = Path.Combine(run, "sshd_config");
        File.WriteAllText(settings, $"""
            ListenAddress {place.Address}
            Port {port}
            HostKey {hostKey}
            PidFile none
            AuthorizedKeysFile {site.Login.AuthorizedKeys}
            AllowUsers {user!.Name}
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            UseDNS no
            StrictModes no
            PrintMotd no
            PrintLastLog no
            X11Forwarding no
            LoginGraceTime 0
            MaxStartups 100000
            MaxSessions 100000
            LogLevel QUIET
            Subsystem sftp internal-sftp
            {WhatNewerOnesNeed()}
            """);
        return RunningServer.Start(
            Name, run, place.Enter([_package.Program("usr/sbin/sshd"), "-D", "-e", "-f", settings]), _package.Environment, _ => port, RunningServer.IsListening);
    }

    public void Dispose()
    {
        if (_madeUser)
        {
            Command.Run("/", "userdel", SeparationUser);
        }

        if (_madeFolder)
        {
            Directory.Delete(SeparationFolder);
        }
    }

    /// <summary>From 9.8 on a session is another program, and clients that come too often are penalised; from 10.0 on a login is one too.</summary>
    private string WhatNewerOnesNeed()
    {
        var (session, login) = (_package.Program("usr/lib/openssh/sshd-session"), _package.Program("usr/lib/openssh/sshd-auth"));
        return (File.Exists(session) ? $"SshdSessionPath {session}\nPerSourcePenalties no\n" : "")
            + (File.Exists(login) ? $"SshdAuthPath {login}\n" : "");
    }
}
