using Wharf.Files;
using Wharf.Ftp.Client;
using Wharf.Tests.Files;

namespace Wharf.Tests.Ftp.Client;

/// <summary>The contract over FTP, in clear, on a server of ours in memory.</summary>
public sealed class FtpFilesContract() : FtpFilesContracts(FtpMode.Stream);

/// <summary>The contract in the mode a client has by itself: MODE S, and MODE B for small files.</summary>
public sealed class FtpFilesAutomaticContract() : FtpFilesContracts(FtpMode.Automatic);

/// <summary>The contract in MODE B, where one data connection serves many files.</summary>
public sealed class FtpFilesBlockContract() : FtpFilesContracts(FtpMode.Block);

/// <summary>The contract in MODE Z.</summary>
public sealed class FtpFilesDeflateContract() : FtpFilesContracts(FtpMode.Deflate);

/// <summary>The contract, a mode each.</summary>
public abstract class FtpFilesContracts(FtpMode mode) : FileSystemContract
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
        _site = new FtpSite(client: FtpSite.Anonymous with { Mode = mode });
        return _site.Files;
    }
}
