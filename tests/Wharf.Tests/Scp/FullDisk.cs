using System.Buffers;
using Wharf.Files;
using Wharf.Files.Layers;

namespace Wharf.Tests.Scp;

/// <summary>A disk on which no file grows beyond so many bytes; each further byte finds it full.</summary>
internal sealed class FullDisk(IFileSystem inner, long most) : Layer(inner)
{
    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
        new Full(await Inner.OpenAsync(path, mode, cancellationToken), path, most);

    private sealed class Full(IFile inner, VirtualPath path, long most) : LayerFile(inner)
    {
        public override ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) =>
            offset + bytes.Length > most ? throw new FileException(FileError.NoSpace, path) : Inner.WriteAsync(offset, bytes, cancellationToken);
    }
}
