using System.Diagnostics;
using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>OpenSSH's sftp, the client that people have: the machine's, or Debian's unpacked.</summary>
internal sealed class SftpProgram
{
    private static readonly string[] Installed = ["/usr/bin/sftp", "/usr/bin/ssh"];

    private readonly DebianPackage _package;

    public SftpProgram(string cache) => _package = new("openssh-client", cache);

    /// <summary>Null when it is there, else why not.</summary>
    public string? Prepare() => Installed.All(File.Exists) ? null : _package.Unpack();

    /// <summary>One command in a session of its own, login included. The CPU time is that of sftp and of the ssh below it.</summary>
    public TimeSpan Run(Site site, int port, string cipher, string command)
    {
        var run = site.RunFolder("sftp");
        var batch = Path.Combine(run, "batch");
        File.WriteAllText(batch, command + "\n");
        var isInstalled = Installed.All(File.Exists);
        using var group = ProcessGroup.Create($"sftp-{Stopwatch.GetTimestamp():x}", () => Environment.ProcessId);
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = run };
        foreach (var argument in (string[])
        [
            "-c", $"{group.JoinCommand}exec \"$@\"", "sh",
            isInstalled ? Installed[0] : _package.Program("usr/bin/sftp"),
            "-q", "-b", batch, "-F", "/dev/null", "-i", site.Login.Key, "-P", $"{port}",
            "-S", isInstalled ? Installed[1] : _package.Program("usr/bin/ssh"),
            "-o", $"Ciphers={cipher}", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
            $"{site.User}@127.0.0.1",
        ])
        {
            start.ArgumentList.Add(argument);
        }

        if (!isInstalled)
        {
            foreach (var (key, value) in _package.Environment)
            {
                start.Environment[key] = value;
            }
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? group.Cpu : throw new IOException($"sftp: {errors.GetAwaiter().GetResult().Trim()}");
    }
}
