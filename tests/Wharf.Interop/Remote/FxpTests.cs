using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Ftp.Client;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote;

/// <summary>
/// Files from one real FTP server straight to another. All are at one address, so that none has a foreign one to refuse: what they do with those is
/// not shown.
/// </summary>
public sealed class FxpTests(RemoteServers servers)
{
    private const int Bytes = 3_000_001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TransferEngine Engine => new(TimeProvider.System, TestLog.Instance);

    /// <summary>Each once as the source and once as the target.</summary>
    [Theory]
    [InlineData(RemoteKind.Vsftpd, RemoteKind.ProFtpd)]
    [InlineData(RemoteKind.ProFtpd, RemoteKind.PureFtpd)]
    [InlineData(RemoteKind.PureFtpd, RemoteKind.Pyftpdlib)]
    [InlineData(RemoteKind.Pyftpdlib, RemoteKind.Wharfd)]
    [InlineData(RemoteKind.Wharfd, RemoteKind.Vsftpd)]
    public async Task Two_servers_copy_a_file_without_us(RemoteKind source, RemoteKind target)
    {
        await using var from = RemoteAccess.Open(await servers.GetAsync(source), fxp: FtpFxp.WhenBothCan);
        await using var to = RemoteAccess.Open(await servers.GetAsync(target), fxp: FtpFxp.WhenBothCan);
        using RemoteDesk here = new(from.Server), there = new(to.Server);
        string file = here.LocalFile("up", Bytes);
        await Engine.CopyFileAsync(from.Local(file), from.Remote(here, "file"), TransferOptions.Default, null, Cancel);
        var direct = (IDirectCopy)to.Files;
        for (int i = 0; i < 2; i++)
        {
            Assert.True(await direct.TryCopyFromAsync(from.Files, from.Remote(here, "file").Path, to.Remote(there, "one").Path, Cancel));
            Desk.SameFile(file, there.RemotePath("one"));
        }

        await Engine.CopyFileAsync(from.Remote(here, "file"), to.Remote(there, "two"), TransferOptions.Default, null, Cancel);
        Desk.SameFile(file, there.RemotePath("two"));
        Assert.True(direct.MayCopyFrom(from.Files), "It went through us in the end.");
        Assert.Equal(["one", "two"], Desk.Digest(there.Remote).Keys);
    }

    /// <summary>ProFTPD has SSCN, but wants its own client's session on every data connection; the others have nothing of the kind.</summary>
    [Theory]
    [InlineData(RemoteKind.ProFtpdTls, RemoteKind.WharfdTls)]
    [InlineData(RemoteKind.WharfdTls, RemoteKind.ProFtpdTls)]
    [InlineData(RemoteKind.PureFtpdTls, RemoteKind.WharfdTls)]
    [InlineData(RemoteKind.Vsftpd, RemoteKind.ProFtpdTls)]
    public async Task Where_protected_data_cannot_go_directly_it_goes_through_us(RemoteKind source, RemoteKind target)
    {
        await using var from = RemoteAccess.Open(await servers.GetAsync(source), fxp: FtpFxp.WhenBothCan);
        await using var to = RemoteAccess.Open(await servers.GetAsync(target), fxp: FtpFxp.WhenBothCan);
        using RemoteDesk here = new(from.Server), there = new(to.Server);
        string file = here.LocalFile("up", Bytes);
        await Engine.CopyFileAsync(from.Local(file), from.Remote(here, "file"), TransferOptions.Default, null, Cancel);
        await Engine.CopyFileAsync(from.Remote(here, "file"), to.Remote(there, "file"), TransferOptions.Default, null, Cancel);
        Desk.SameFile(file, there.RemotePath("file"));
        Assert.False(((IDirectCopy)to.Files).MayCopyFrom(from.Files));
        Assert.Equal(["file"], Desk.Digest(there.Remote).Keys);
    }
}
