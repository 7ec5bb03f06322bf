using Wharf.Files;
using Wharf.Tests.Client.Transfers;

namespace Wharf.Tests.Ftp.Client;

public sealed class LinkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_links_lead_is_read_out_of_one_LIST_for_a_directory()
    {
        await using var site = new FtpSite();
        await site.Storage.PutAsync("/d/file", [1]);
        await site.Storage.MakeLinkAsync(VirtualPath.Parse("/d/up"), "../d; or not", LinkKind.Symbolic, Cancel);
        await site.Storage.MakeLinkAsync(VirtualPath.Parse("/d/.nowhere"), "/no/\uDCFF", LinkKind.Symbolic, Cancel);
        Assert.Equal("../d; or not", await site.Files.ReadLinkAsync(VirtualPath.Parse("/d/up"), Cancel));
        int listings = site.DataDialled.Count;
        Assert.Equal("/no/\uDCFF", await site.Files.ReadLinkAsync(VirtualPath.Parse("/d/.nowhere"), Cancel));
        Assert.Equal(listings, site.DataDialled.Count);
        var refused = await Assert.ThrowsAsync<FileException>(async () => await site.Files.ReadLinkAsync(VirtualPath.Parse("/d/file"), Cancel));
        Assert.Equal(FileError.NotSupported, refused.Error);
    }
}
