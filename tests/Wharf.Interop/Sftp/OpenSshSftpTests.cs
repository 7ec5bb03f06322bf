using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Wharf.Files;
using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>OpenSSH's sftp, fed with a batch.</summary>
public sealed partial class OpenSshSftpTests(SharedSftp shared) : SftpClientTests(shared)
{
    private readonly string _sftp = Require.Program("sftp", "openssh-client");

    [Theory]
    [InlineData(4_000, 1)]
    [InlineData(32_768, 64)]
    [InlineData(100_001, 17)]
    [InlineData(261_120, 300)]
    public async Task Requests_of_every_size_and_number_carry_the_same_bytes(int bytes, int requests)
    {
        using var desk = new Desk(Shared.Process);
        string file = desk.LocalFile("file", 9_000_001);
        await RunAsync(
            desk, Shared.Login(), [new Step.Put("file", $"/{desk.Name}/file"), new Step.Get($"/{desk.Name}/file", "back")], Tool.Patience,
            "-B", $"{bytes}", "-R", $"{requests}");
        Desk.SameFile(file, desk.RemotePath("file"));
        Desk.SameFile(file, desk.LocalPath("back"));
    }

    [Fact]
    public async Task A_file_past_four_GiB_goes_up_and_comes_back()
    {
        Assert.SkipUnless(new DriveInfo(Path.GetTempPath()).AvailableFreeSpace > 10L << 30, "There are no 10 GiB free for temporary files.");
        const long Hole = (4L << 30) + 12_345;
        using var desk = new Desk(Shared.Process);
        Sparse(desk.LocalPath("up"), Hole, RandomNumberGenerator.GetBytes(1_000_000));
        await RunAsync(desk, Shared.Login(), [new Step.Put("up", $"/{desk.Name}/large")], Long);
        await SameTailAsync(desk.LocalPath("up"), desk.RemotePath("large"), Hole);

        // The disk need not hold it twice.
        File.Move(desk.LocalPath("up"), desk.RemotePath("large"), overwrite: true);
        await RunAsync(desk, Shared.Login(), [new Step.Get($"/{desk.Name}/large", "down")], Long);
        await SameTailAsync(desk.RemotePath("large"), desk.LocalPath("down"), Hole);
    }

    private static TimeSpan Long => TimeSpan.FromMinutes(8);

    private protected override Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps) =>
        RunAsync(desk, login, steps, Tool.Patience);

    private async Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps, TimeSpan patience, params string[] options)
    {
        string batch = desk.LocalPath("batch");
        await File.WriteAllBytesAsync(batch, FileNames.Encode(string.Concat(steps.Select(step => Words(step) + "\n"))), Cancel);
        return (await Tool.RunAsync(
            _sftp, [.. OpenSsh.Options(login), .. options, "-b", batch, "127.0.0.1"], desk.Local, patience: patience,
            environment: OpenSsh.Environment(login))).Succeeded().Text;
    }

    private static string Words(Step step) => step switch
    {
        Step.Put put => $"{(put.Resume ? "reput" : "put")} {Quote(put.From)} {Quote(put.To)}",
        Step.Get get => $"{(get.Resume ? "reget" : "get")} {Quote(get.From)} {Quote(get.To)}",
        Step.List list => $"ls -1a {Quote(list.Folder)}",
        Step.Rename rename => $"rename {Quote(rename.From)} {Quote(rename.To)}",
        Step.Remove remove => $"rm {Quote(remove.File)}",
        Step.MakeFolder make => $"mkdir {Quote(make.Folder)}",
        Step.RemoveFolder remove => $"rmdir {Quote(remove.Folder)}",
        _ => throw new NotSupportedException($"{step}"),
    };

    /// <summary>Words and patterns are one to it: outside quotes a backslash keeps each special character from both.</summary>
    internal static string Quote(string path) => Special().Replace(path, @"\$0");

    [GeneratedRegex("""[\s"'\\*?\[\]#]""")]
    private static partial Regex Special();
}
