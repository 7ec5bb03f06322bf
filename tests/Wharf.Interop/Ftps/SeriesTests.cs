using System.Diagnostics.CodeAnalysis;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>One client at one engine: files up and down until every way a data connection can fail had its chance.</summary>
/// <typeparam name="TClient">The program.</typeparam>
/// <typeparam name="TServer">The daemon, with an engine.</typeparam>
public abstract class SeriesTests<TClient, TServer>(TServer server, ITestOutputHelper output) : IClassFixture<TServer>, IDisposable
    where TClient : FtpsClient, new()
    where TServer : FtpsServer, IFtpsEngine
{
    /// <summary>Sizes with an edge in them: nothing, one byte, around one TLS record (RFC 8446 section 5.1), many records.</summary>
    private static readonly int[] s_edges = [0, 1, 16_383, 16_384, 16_385, 1 << 20];

    private readonly TClient _client = new();

    /// <summary>What the client can, by its own table.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "MemberData finds nothing else.")]
    public static TheoryData<Tls, Start, Data> Cells => [.. new TClient().Cells.Select(cell => (cell.Tls, cell.Start, cell.Data))];

    private Reuse Reuse => _client.ReusesSessions && server.BindsSessions ? Reuse.Required : Reuse.Optional;

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Fifty_files_go_up_and_come_down_on_one_login(Tls tls, Start start, Data data)
    {
        using var desk = await DeskAsync();
        var cell = new Cell(tls, start, data);
        string[] names = Files(desk, cell, "f", 50);
        var result = await _client.RunAsync(Errand(desk, cell, names, names, "f"));
        AllCame(desk, result);
        Assert.True(result.Logins == 1, $"{result.Logins} logins\n{result.Text}");
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Four_logins_side_by_side_mix_nothing_up(Tls tls, Start start, Data data)
    {
        using var desk = await DeskAsync();
        var cell = new Cell(tls, start, data);

        // A fifth one where no session is required, for the clients that offer theirs.
        string[] logins = Reuse == Reuse.Required ? ["a", "b", "c", "d", "e"] : ["a", "b", "c", "d"];
        var results = await Task.WhenAll(logins.Select(login =>
        {
            string[] names = Files(desk, cell, login, 8);
            var errand = Errand(desk, cell, names, names, login);
            return _client.RunAsync(login == "e" ? errand with { Port = server.Port(start, Reuse.Optional) } : errand);
        }));
        AllCame(desk, results);
    }

    [Fact]
    public async Task Sixty_uploads_of_3_MB_over_TLS_1_3_arrive_whole()
    {
        var cell = new Cell(Tls.V13, Start.Explicit, Data.Passive);
        Assert.SkipUnless(_client.Uploads, "This client does not upload.");
        Assert.SkipUnless(Uploads(cell), "This client closes uploads without reading, and SslStream sends tickets over them: the end of a file may be lost.");
        using var desk = await DeskAsync();
        string first = desk.LocalFile("up/big0", 3_000_000);
        string[] names = [.. Enumerable.Range(0, 60).Select(n => $"big{n}")];
        foreach (string name in names[1..])
        {
            Posix.Link(first, desk.LocalPath($"up/{name}"));
        }

        var result = await _client.RunAsync(Errand(desk, cell, names, [], "big"));
        string hash = Desk.HashOf(first);
        string[] other = [.. names.Where(name => !File.Exists(desk.RemotePath($"up/{name}")) || Desk.HashOf(desk.RemotePath($"up/{name}")) != hash)];
        Assert.True(other.Length == 0, $"other bytes: {string.Join(' ', other)}\n{result.Text}");
    }

    private async Task<Desk> DeskAsync()
    {
        foreach (var inability in _client.Cannot)
        {
            output.WriteLine(inability.Why);
        }

        await _client.FindAsync();
        var desk = new Desk(server.Process);
        desk.LocalFolder("up");
        desk.LocalFolder("down");
        desk.RemoteFolder("up");
        return desk;
    }

    private Errand Errand(Desk desk, Cell cell, string[] up, string[] down, string place) =>
        new(server, server.Port(cell.Start, Reuse), cell, desk.Name, desk.Local, Uploads(cell) ? up : [], down, place);

    private bool Uploads(Cell cell) => _client.Uploads && (cell.Tls == Tls.V12 || _client.ReadsBehindUploads || !TServer.SendsTicketsOverData);

    /// <summary>So many files, first those with an edge in their size; on the server if the client cannot bring them there.</summary>
    private string[] Files(Desk desk, Cell cell, string prefix, int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(n => $"{prefix}{n}")];
        for (int n = 0; n < count; n++)
        {
            int bytes = n < s_edges.Length ? s_edges[n] : n * 7919 % 40_000;
            bytes = bytes == 0 && !_client.UploadsNothing ? 2 : bytes;
            string file = desk.LocalFile($"up/{names[n]}", bytes);
            if (!Uploads(cell))
            {
                File.Copy(file, desk.RemotePath($"up/{names[n]}"));
            }
        }

        return names;
    }

    /// <summary>The daemon's side of it, where it went wrong.</summary>
    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            output.WriteLine(server.Process.Log);
        }

        GC.SuppressFinalize(this);
    }

    private static void AllCame(Desk desk, params IEnumerable<ErrandResult> results)
    {
        string said = string.Join("\n\n", results.Select(result => result.Text));
        try
        {
            Desk.SameTree(desk.LocalPath("up"), desk.RemotePath("up"));
            Desk.SameTree(desk.LocalPath("up"), desk.LocalPath("down"));
        }
        catch (Xunit.Sdk.TrueException difference)
        {
            Assert.Fail($"{difference.Message}\n{said}");
        }
    }
}
