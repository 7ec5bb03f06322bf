using System.Globalization;
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

/// <summary>With a rate that no test reaches: every byte comes by, and none waits.</summary>
public sealed class ThrottleContract : FileSystemContract
{
    protected override IFileSystem Make() => new Throttle(new Memory(TimeProvider.System), 1L << 50, 1L << 50, TimeProvider.System);
}

public sealed class LocalDiskContract() : LocalDiskContracts(LocalDisk.Resolution.Kernel);

public sealed class LocalDiskWalkContract() : LocalDiskContracts(LocalDisk.Resolution.Walk);

/// <summary>Proves nothing about Windows and macOS, only about the code that runs there.</summary>
public sealed class PortableDiskContract() : LocalDiskContracts(LocalDisk.Resolution.Portable)
{
    protected override bool TakesName(string name) =>
        FileNames.IsText(name) && (!OperatingSystem.IsWindows() || WindowsNames.IsPlain(name));
}

/// <summary>LocalDisk in a directory of its own, with each way of resolving. No test may leave a descriptor open.</summary>
public abstract class LocalDiskContracts : FileSystemContract
{
    private readonly LocalDisk.Resolution _resolution;
    private readonly string _root = TemporaryDirectory.Create();

    private protected LocalDiskContracts(LocalDisk.Resolution resolution) => _resolution = resolution;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        var left = OpenDescriptors().ToArray();
        await TemporaryDirectory.Delete(_root);
        GC.SuppressFinalize(this);
        Assert.Empty(left);
    }

    protected override IFileSystem Make()
    {
        Assert.SkipUnless(_resolution == LocalDisk.Resolution.Portable || OperatingSystem.IsLinux(), "Linux only");
        return new LocalDisk(_root, _resolution);
    }

    private IEnumerable<string> OpenDescriptors() => OperatingSystem.IsLinux()
        ? Enumerable.Range(0, 4096)
            .Select(number => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{number}")).LinkTarget)
            .OfType<string>()
            .Where(target => target.StartsWith(_root, StringComparison.Ordinal))
        : [];
}
