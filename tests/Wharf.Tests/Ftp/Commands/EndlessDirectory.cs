using System.Globalization;
using System.Runtime.CompilerServices;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

/// <summary>A root that has ever more files, or so many; and every directory in it again the same.</summary>
internal sealed class EndlessDirectory(int count = int.MaxValue, int subdirectories = 0) : Layer(new Memory(new ManualClock()))
{
    private int _read;

    /// <summary>Entries that were asked for.</summary>
    public int Read => _read;

    public override ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken) =>
        new(path.Name.Contains('*') || path.Name.StartsWith('f') ? null : new Entry { Name = path.Name, Kind = EntryKind.Directory, Mode = 0x1ED });

    public override ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken) => default;

    public override async IAsyncEnumerable<Entry> ListAsync(
        VirtualPath directory, EntryDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _read++;
            bool isDirectory = i < subdirectories;
            yield return new Entry
            {
                Name = (isDirectory ? "d" : "f") + i.ToString(CultureInfo.InvariantCulture),
                Kind = isDirectory ? EntryKind.Directory : EntryKind.File,
                Mode = 0x1A4,
            };
        }
    }
}
