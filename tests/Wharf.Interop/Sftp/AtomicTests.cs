using System.Security.Cryptography;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>OpenSSH's clients at a server where uploads appear when they are closed (sftp.atomic).</summary>
public sealed class AtomicTests(Keyring keys)
{
    [Fact]
    public async Task Uploads_are_whole_new_and_over_what_was_there_and_resumed()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8", "--set", "sftp.atomic=on");
        using var desk = new Desk(server);
        string file = desk.LocalFile("file", 3_000_001);
        desk.RemoteFile("old", 5_000_000);
        desk.RemoteFile("old-by-scp", 5_000_000);
        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(desk.RemotePath("half"), whole[..1_000_000], TestContext.Current.CancellationToken);
        var login = server.Login(Proof.Password, keys);
        string batch = desk.LocalText("batch", $"cd /{desk.Name}\nput file new\nput -p file old\nput -f file flushed\nreput file half\ncp old copy\n");
        await RunAsync("sftp", [.. OpenSsh.Options(login), "-b", batch, "127.0.0.1"]);
        await RunAsync("scp", [.. OpenSsh.Options(login), "-p", "file", $"127.0.0.1:/{desk.Name}/old-by-scp"]);
        foreach (string name in new[] { "new", "old", "flushed", "half", "copy", "old-by-scp" })
        {
            Desk.SameFile(file, desk.RemotePath(name));
        }

        Assert.Equal(6, Directory.GetFileSystemEntries(desk.Remote).Length);

        async Task RunAsync(string program, string[] arguments) =>
            (await Tool.RunAsync(Require.Program(program, "openssh-client"), arguments, desk.Local, environment: OpenSsh.Environment(login))).Succeeded();
    }

    [Fact]
    public async Task A_killed_upload_leaves_what_was_there()
    {
        await using var server = await WharfdProcess.StartSftpAsync(keys, "--trusted", "127.0.0.0/8", "--set", "sftp.atomic=on");
        using var desk = new Desk(server);
        string there = desk.RemoteFile("there", 1000);
        string before = Desk.HashOf(there);
        string large = desk.LocalPath("large");
        using (var sparse = File.OpenHandle(large, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.SetLength(sparse, 200L << 30);
            RandomAccess.Write(sparse, RandomNumberGenerator.GetBytes(1000), 0);
        }

        var login = server.Login(Proof.Password, keys);
        string batch = desk.LocalText("batch", $"put large /{desk.Name}/there\n");
        using var client = Tool.Start(
            Require.Program("sftp", "openssh-client"), [.. OpenSsh.Options(login), "-l", "80000", "-b", batch, "127.0.0.1"], desk.Local,
            OpenSsh.Environment(login));
        await Eventually.HoldsAsync(() => server.BytesOpen > 1_000_000, "The upload does not begin.", Tool.Patience);
        client.Kill(entireProcessTree: true);
        await Eventually.HoldsAsync(() => server.BytesOpen == 0, "The server keeps the broken upload.", Tool.Patience);
        Assert.Equal(before, Desk.HashOf(there));
        Assert.Equal([there], Directory.GetFileSystemEntries(desk.Remote));
    }
}
