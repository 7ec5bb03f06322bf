using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;

namespace Wharf.Tests.Files;

public sealed class MemoryContract : FileSystemContract
{
    protected override IFileSystem Make() => new Memory(TimeProvider.System);
}

public sealed class ForwardingLayerContract : FileSystemContract
{
    protected override IFileSystem Make() => new Forward(new Memory(TimeProvider.System));

    private sealed class Forward(IFileSystem inner) : Layer(inner);
}

public sealed class LocalDiskContract() : LocalDiskContracts(LocalDisk.Resolution.Kernel);

public sealed class LocalDiskWalkContract() : LocalDiskContracts(LocalDisk.Resolution.Walk);

public sealed class PortableDiskContract() : LocalDiskContracts(LocalDisk.Resolution.Portable)
{
    protected override bool TakesName(string name) => FileNames.IsText(name) && (!OperatingSystem.IsWindows() || WindowsNames.IsPlain(name));
}

/// <summary>LocalDisk in a directory of its own, with each way of resolving.</summary>
public abstract class LocalDiskContracts : FileSystemContract
{
    private readonly LocalDisk.Resolution _resolution;

    private protected LocalDiskContracts(LocalDisk.Resolution resolution) => _resolution = resolution;

    /// <summary>The root on this machine.</summary>
    protected string Root { get; } = TemporaryDirectory.Create();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await TemporaryDirectory.Delete(Root);
        GC.SuppressFinalize(this);
    }

    protected override IFileSystem Make()
    {
        Assert.SkipUnless(_resolution == LocalDisk.Resolution.Portable || OperatingSystem.IsLinux(), "Linux only");
        return new LocalDisk(Root, _resolution);
    }
}
