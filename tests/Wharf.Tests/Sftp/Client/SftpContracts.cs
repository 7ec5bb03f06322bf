using System.Globalization;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Files;
using Wharf.Tests.Support;

namespace Wharf.Tests.Sftp.Client;

/// <summary>A server of ours over memory.</summary>
public sealed class SftpMemoryContract : SftpContracts
{
    private protected override IFileSystem Served() => new Memory(TimeProvider.System);
}

/// <summary>A server of ours over a disk. No test may leave a descriptor open.</summary>
public sealed class SftpDiskContract : SftpContracts
{
    private readonly string _root = TemporaryDirectory.Create();
    private LocalDisk? _disk;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _disk?.Dispose();
        var left = Enumerable.Range(0, 4096)
            .Select(number => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{number}")).LinkTarget)
            .OfType<string>()
            .Where(target => target.StartsWith(_root, StringComparison.Ordinal))
            .ToArray();
        await TemporaryDirectory.Delete(_root);
        Assert.Empty(left);
    }

    private protected override IFileSystem Served()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux only");
        return _disk = new LocalDisk(_root);
    }
}

/// <summary>The words of IFileSystem, said through SFTP. What version 3 cannot say is left out: exact times, links in a circle, identities.</summary>
public abstract class SftpContracts : FileSystemContract
{
    private SftpRemote? _remote;

    protected override Tells Tells => Tells.None;

    protected override bool SetsEveryTime => false;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_remote is not null)
        {
            await _remote.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected sealed override IFileSystem Make() => (_remote = new SftpRemote(Served())).Files;

    private protected abstract IFileSystem Served();
}
