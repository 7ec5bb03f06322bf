using Wharf.Files;
using Wharf.Tests.Files;

namespace Wharf.Tests.Ftp.Client;

/// <summary>The contract over FTP, in clear, on a server of ours in memory.</summary>
public sealed class FtpFilesContract : FileSystemContract
{
    private FtpSite? _site;

    public override async ValueTask DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A line of FTP ends with CR LF, so that neither is in a name.</summary>
    protected override bool TakesName(string name) => !name.Contains('\r') && !name.Contains('\n');

    protected override bool KeepsRemovedFiles => false;

    protected override bool SetsEveryTime => false;

    protected override bool SetsLengths => false;

    protected override IFileSystem Make()
    {
        _site = new FtpSite();
        return _site.Files;
    }
}
