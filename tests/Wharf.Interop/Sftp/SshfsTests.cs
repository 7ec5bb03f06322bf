using Wharf.Files;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>sshfs: the steps are the machine's own programs, working on a mount.</summary>
public sealed class SshfsTests : SftpClientTests
{
    private readonly string _sshfs = Require.Program("sshfs", "sshfs");

    public SshfsTests(SharedSftp shared)
        : base(shared) => Require.Fuse();

    private protected override async Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps)
    {
        string script = desk.LocalPath("script");
        await File.WriteAllBytesAsync(script, FileNames.Encode("set -e\n" + string.Concat(steps.Select(step => Words(step) + "\n"))), Cancel);
        string said = "";
        await MountedAsync(desk, login, async _ => said = (await Tool.RunAsync("/bin/sh", [script], desk.Local)).Succeeded().Text);
        return said;
    }

    [Theory]
    [InlineData(1, "cache=yes")]
    [InlineData(2, "cache=no")]
    [InlineData(3, "direct_io")]
    public async Task Random_work_on_a_mount_is_the_same_as_on_a_local_disk(int seed, string option)
    {
        using var desk = new Desk(Shared.Process);
        string mirror = desk.LocalFolder("mirror");
        await MountedAsync(
            desk, Shared.Login(),
            mount =>
            {
                new TwoDisks(Path.Combine(mount, desk.Name), mirror, seed).Work(300);
                return Task.CompletedTask;
            },
            "-o", option);
        Desk.SameTree(mirror, desk.Remote);
    }

    [Fact]
    public async Task Random_work_is_the_same_where_uploads_appear_when_they_are_closed()
    {
        await using var server = await WharfdProcess.StartSftpAsync(Shared.Keys, "--trusted", "127.0.0.0/8", "--set", "sftp.atomic=on");
        using var desk = new Desk(server);
        string mirror = desk.LocalFolder("mirror");
        await MountedAsync(
            desk, server.Login(Proof.Ed25519, Shared.Keys),
            mount =>
            {
                new TwoDisks(Path.Combine(mount, desk.Name), mirror, seed: 4).Work(300);
                return Task.CompletedTask;
            });
        Desk.SameTree(mirror, desk.Remote);
    }

    /// <summary>Mounts the server's root on the client's folder "mount" while the work is done.</summary>
    private async Task MountedAsync(Desk desk, SshLogin login, Func<string, Task> work, params string[] options)
    {
        string mount = desk.LocalFolder("mount");
        string ssh = $"ssh_command=ssh {string.Join(' ', OpenSsh.Options(login))}";
        using var sshfs = Tool.Start(_sshfs, ["-f", "127.0.0.1:/", mount, "-o", ssh, .. options], desk.Local, OpenSsh.Environment(login));
        var errors = sshfs.StandardError.ReadToEndAsync(Cancel);
        try
        {
            await Eventually.HoldsAsync(
                () => sshfs.HasExited || IsMounted(mount), "sshfs does not mount.", Tool.Patience);
            Assert.False(sshfs.HasExited, sshfs.HasExited ? $"sshfs ended.\n{await errors}" : "");
            await work(mount);
        }
        finally
        {
            (await Tool.RunAsync(Require.Program("fusermount3", "fuse3"), ["-u", mount], desk.Local)).Succeeded();
            await sshfs.WaitForExitAsync(Cancel);
            Directory.Delete(mount);
        }
    }

    private static bool IsMounted(string folder) => File.ReadLines("/proc/self/mounts").Any(line => line.Contains($" {folder} fuse.sshfs ", StringComparison.Ordinal));

    private static string Words(Step step) => step switch
    {
        Step.Put { Resume: true } put => Rest(Quote(put.From), Mounted(put.To)),
        Step.Get { Resume: true } get => Rest(Mounted(get.From), Quote(get.To)),
        Step.Put put => $"cp -- {Quote(put.From)} {Mounted(put.To)}",
        Step.Get get => $"cp -- {Mounted(get.From)} {Quote(get.To)}",
        Step.List list => $"ls -a -- {Mounted(list.Folder)}",
        Step.Rename rename => $"mv -- {Mounted(rename.From)} {Mounted(rename.To)}",
        Step.Remove remove => $"rm -- {Mounted(remove.File)}",
        Step.MakeFolder make => $"mkdir -- {Mounted(make.Folder)}",
        Step.RemoveFolder remove => $"rmdir -- {Mounted(remove.Folder)}",
        _ => throw new NotSupportedException($"{step}"),
    };

    private static string Rest(string from, string to) => $"tail -c +$(( $(stat -c %s -- {to}) + 1 )) -- {from} >> {to}";

    private static string Mounted(string path) => Quote("mount" + path);

    private static string Quote(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
