using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Cli.Shell;

/// <summary>
/// Every interactive command of sftp(1) and every rule of its batches: OpenSSH's own client and wharf do the same at OpenSSH's server. Compared are
/// what is on both disks, which commands ran, and whether the exit code is zero; not what was written, nor which code it is.
/// </summary>
public sealed class SftpCommandTests(RemoteServers servers)
{
    public static TheoryData<string, string> Batches => [.. SftpBatches.Rows.Select(static row => (row.Title, row.Batch))];

    [Theory]
    [MemberData(nameof(Batches))]
    public async Task A_batch_does_the_same_as_with_OpenSSHs_client(string title, string batch)
    {
        var run = new BatchRun(await servers.GetAsync(RemoteKind.OpenSsh), await servers.UserAsync());
        var theirs = await run.BySftpAsync(batch);
        var ours = await run.ByWharfAsync(batch);
        string both = $"{title}\n{theirs.Said}\n{ours.Said}";
        Assert.True(theirs.Ran.SequenceEqual(ours.Ran), $"Other commands ran. {both}");
        Assert.True(theirs.Succeeded == ours.Succeeded, $"One succeeded. {both}");
        string[] differences =
        [
            .. theirs.OnDisk.Except(ours.OnDisk).Select(static pair => $"theirs {pair.Key}: {pair.Value}"),
            .. ours.OnDisk.Except(theirs.OnDisk).Select(static pair => $"ours {pair.Key}: {pair.Value}"),
        ];
        Assert.True(differences.Length == 0, $"{string.Join('\n', differences)}\n{both}");
    }

    [Fact]
    public void Every_command_of_the_manual_is_in_a_batch()
    {
        string[] documented =
        [
            "bye", "cd", "chgrp", "chmod", "chown", "copy", "cp", "df", "exit", "get", "help", "lcd", "lls", "lmkdir", "ln", "lpwd", "ls", "lumask",
            "mkdir", "progress", "put", "pwd", "quit", "reget", "reput", "rename", "rm", "rmdir", "symlink", "version", "!", "?",
        ];
        string[] first = [.. SftpBatches.Rows.SelectMany(static row => row.Batch.Split('\n')).Select(static line => line.Trim().TrimStart('-', '@').Split(' ')[0])];
        Assert.DoesNotContain(documented, command => !first.Any(word => word.StartsWith(command, StringComparison.Ordinal)));
    }
}
