using Wharf.Bench.Peers;
using Wharf.Interop.Cli;
using Wharf.Interop.Remote;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Published;

/// <summary>How much memory the published client takes for much work. Long: only with --full, which publishes it first.</summary>
public sealed class MemoryTests(RemoteServers servers, ITestOutputHelper output)
{
    private const long MiB = 1 << 20;
    private const long TenGiB = 10L << 30;
    private const int Files = 200_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>For one file, however large.</summary>
    private const long MostForOneFile = 80 * MiB;

    /// <summary>For a mirror of <see cref="Files"/> files.</summary>
    private const long MostForMirror = 200 * MiB;

    [Theory]
    [InlineData(RemoteKind.WharfdSftp, "get")]
    [InlineData(RemoteKind.WharfdSftp, "put")]
    [InlineData(RemoteKind.Wharfd, "get")]
    [InlineData(RemoteKind.Wharfd, "put")]
    [InlineData(RemoteKind.WharfdTls, "get")]
    [InlineData(RemoteKind.WharfdTls, "put")]
    public async Task Ten_GiB_take_less_than_80_MiB(RemoteKind kind, string way)
    {
        Require.FullRun();
        Require.Proc();
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        string source = way == "put" ? desk.LocalPath("big") : desk.RemotePath("big");
        string target = way == "put" ? desk.RemotePath("copy") : desk.LocalPath("copy");
        Assert.SkipUnless(new DriveInfo(desk.Local).AvailableFreeSpace > 2 * TenGiB, "There is no room here for 10 GiB.");
        using (var sparse = File.OpenHandle(source, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(sparse, TenGiB);
        }

        string url = server.Url($"{desk.Name}/{(way == "put" ? "copy" : "big")}");
        long most = await RunAsync(server, desk, way switch
        {
            "put" => ["put", source, url],
            _ => ["get", url, target],
        });
        output.WriteLine($"{kind}, {way}: {most / MiB} MiB");
        Assert.Equal(TenGiB, new FileInfo(target).Length);
        Assert.InRange(most, 0, MostForOneFile);
    }

    [Theory]
    [InlineData(RemoteKind.WharfdSftp, "down", 200)]
    [InlineData(RemoteKind.WharfdSftp, "up", 200)]
    [InlineData(RemoteKind.WharfdSftp, "down", 1)]
    [InlineData(RemoteKind.Wharfd, "down", 200)]
    [InlineData(RemoteKind.Wharfd, "up", 200)]
    [InlineData(RemoteKind.OpenSsh, "down", 200)]
    public async Task A_mirror_of_200_000_files_takes_less_than_200_MiB(RemoteKind kind, string way, int folders)
    {
        Require.FullRun();
        Require.Proc();
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        string source = way == "up" ? desk.LocalPath("tree") : desk.RemotePath("tree");
        string target = way == "up" ? desk.RemotePath("mirror") : desk.LocalPath("mirror");
        for (int folder = 0; folder < folders; folder++)
        {
            string path = Directory.CreateDirectory(Path.Combine(source, $"folder-{folder:d3}")).FullName;
            for (int file = 0; file < Files / folders; file++)
            {
                File.Create(Path.Combine(path, $"file-{file:d6}.txt"), 0).Dispose();
            }
        }

        server.Own(source);
        string url = server.Url($"{desk.Name}/{(way == "up" ? "mirror" : "tree")}");
        long most = await RunAsync(server, desk, way == "up" ? ["sync", "--delete", source, url] : ["sync", "--delete", url, target]);
        int arrived = Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Count();
        output.WriteLine($"{kind}, {way}, {folders} folders: {most / MiB} MiB");
        Assert.Equal(Files, arrived);
        Assert.InRange(most, 0, MostForMirror);
    }

    /// <summary>Runs the program to its end, which must be a good one; what it writes to standard output is dropped.</summary>
    /// <returns>The most memory it held, in bytes.</returns>
    private static async Task<long> RunAsync(RemoteServer server, RemoteDesk desk, string[] words)
    {
        using var process = Tool.Start(
            PublishedProgram.Wharf, ["-q", .. words, .. server.Kind == RemoteKind.Wharfd ? WharfTool.Clear : WharfTool.Trust(server)], desk.Local,
            new Dictionary<string, string> { ["WHARF_PASSWORD"] = server.Password });
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        long most = await Task.Run(() => PeakMemory.Watch(process, Patience));
        await output;
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', words)} ended with {process.ExitCode}: {await errors}");
        return most;
    }
}
