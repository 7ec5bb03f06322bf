using Wharf.Client.Transfers;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;
using Wharf.Net.Tls;

namespace Wharf.Interop.Remote;

/// <summary>FTPS where the server wants the control connection's session on every data connection: no refusal, no lost byte.</summary>
public sealed class ReuseTests(RemoteServers servers)
{
    private const int Transfers = 50;

    /// <summary>Servers that require it, versions, by name and by address, on one and on four connections.</summary>
    public static MatrixTheoryData<RemoteKind, TlsVersion, string, int> Cells => new(
        [RemoteKind.VsftpdTls, RemoteKind.ProFtpdTls, RemoteKind.WharfdTls], [TlsVersion.Tls12, TlsVersion.Tls13], ["localhost", "127.0.0.1"], [1, 4]);

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Fifty_transfers_in_a_row_are_all_whole(RemoteKind kind, TlsVersion version, string host, int connections)
    {
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), connections, host, version);
        using var desk = new RemoteDesk(access.Server);
        var engine = new TransferEngine(TimeProvider.System, TestLog.Instance) { Retry = Wharf.Client.RetryPolicy.None };
        var cancel = TestContext.Current.CancellationToken;
        // Each connection does its share in a row: up, down, up... of sizes around TLS's records and beyond.
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async connection =>
        {
            for (int i = connection; i < Transfers; i += connections * 2)
            {
                string up = desk.LocalFile($"up{i}", i * 7_001);
                await engine.CopyFileAsync(access.Local(up), access.Remote(desk, $"file{i}"), TransferOptions.Default, null, cancel);
                Desk.SameFile(up, desk.RemotePath($"file{i}"));
                string down = desk.LocalPath($"down{i}");
                await engine.CopyFileAsync(access.Remote(desk, $"file{i}"), access.Local(down), TransferOptions.Default, null, cancel);
                Desk.SameFile(up, down);
            }
        }));
    }
}
