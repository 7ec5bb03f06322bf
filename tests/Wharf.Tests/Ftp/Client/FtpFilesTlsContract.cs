using Wharf.Files;
using Wharf.Ftp;
using Wharf.Net.Tls;
using Wharf.Tests.Files;

namespace Wharf.Tests.Ftp.Client;

/// <summary>The contract over FTPS, where data connections must resume the control connection's session.</summary>
public sealed class FtpFilesTls13Contract() : FtpFilesTlsContracts(TlsVersion.Tls13);

/// <summary>As <see cref="FtpFilesTls13Contract"/>, in TLS 1.2.</summary>
public sealed class FtpFilesTls12Contract() : FtpFilesTlsContracts(TlsVersion.Tls12);

/// <summary>The contract over FTPS, a version each.</summary>
public abstract class FtpFilesTlsContracts(TlsVersion version) : FileSystemContract
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

    protected override bool TakesName(string name) => !name.Contains('\r') && !name.Contains('\n');

    protected override bool KeepsRemovedFiles => false;

    protected override bool SetsEveryTime => false;

    protected override bool SetsLengths => false;

    protected override IFileSystem Make()
    {
        _site = new FtpSite(
            Support.FtpTls.Options(rules: Support.FtpTls.Rules(version), limits: FtpSite.Options.Limits),
            FtpSite.Anonymous with { Security = Wharf.Ftp.Client.FtpTls.Required, Tls = Support.FtpTls.Client(), AllowsCleartextPassword = false },
            security: new FtpSecurity { Tls = TlsUse.Required, RequiresSessionReuse = true });
        return _site.Files;
    }
}
